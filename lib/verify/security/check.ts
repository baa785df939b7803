import type { IssueCode, Severity } from '../../model/issues';
import type { EmittedSet, JsonObject } from '../emitted';
import type { PodContainer, PodTemplate } from '../pods';
import type { TemplateIndex } from '../template-index';

/** What is wrong, and where. */
export interface Finding {
  /** As issues write it. */
  readonly path: string;
  readonly message: string;
  readonly given?: string | undefined;
  readonly allowed?: string | undefined;
  /** Where it differs from that of the check. */
  readonly severity?: Severity;
}

/** What every check is given. */
export interface SecuritySubject {
  readonly emitted: EmittedSet;
  /** Minor version of the server, e.g. 25. */
  readonly minor: number;
  readonly templates: readonly PodTemplate[];
  /** The same, to be found by their labels. */
  readonly pods: TemplateIndex;
  /** The objects of a kind. */
  readonly ofKind: (kind: string) => readonly JsonObject[];
  readonly containers: readonly (PodContainer & { readonly template: PodTemplate })[];
}

/** One rule of the hardening guides, with the text of its page. */
export interface SecurityCheck {
  readonly code: IssueCode;
  readonly severity: Severity;
  readonly title: string;
  /** What it guards against. */
  readonly why: string;
  readonly remedy: string;
  /** The checks of other tools that ask for the same. */
  readonly alsoIn: readonly string[];
  readonly find: (subject: SecuritySubject) => readonly Finding[];
}
