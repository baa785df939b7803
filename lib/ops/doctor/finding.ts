import type { IssueCode } from '../../model/issues';
import type { ComposeSnapshot } from './compose-snapshot';
import type { KubernetesSnapshot } from './kubernetes-snapshot';

/** Something that is wrong with a running system, with its true cause. */
export interface Finding {
  /** `TARS73` and two digits; see docs/errors.md. */
  readonly code: IssueCode;
  /** What has it, e.g. `Deployment/tars-backend`, `Secret/tars-secrets`, `service/cache`. */
  readonly object: string;
  /** What is wrong, in lower case, without a full stop. */
  readonly message: string;
  /** What was seen, in the words of whoever said it: events, states, ends of logs. */
  readonly evidence: readonly string[];
  /** Why. */
  readonly cause: string;
  /** Commands that mend it, in their order, ready to be pasted. A line with `#` is said to a person. */
  readonly remedies: readonly string[];
  /** Objects that suffer from it and have nothing wrong of their own. */
  readonly affected: readonly string[];
}

/**
 * How a finding stands to others. A `cause` explains symptoms of its components and of all that need
 * them. A `symptom` is a finding only where nothing explains it. What is `apart` does neither.
 */
export type Rank = 'cause' | 'symptom' | 'apart';

/** What a check has found, before causes and consequences are told apart. */
export interface Found extends Omit<Finding, 'code' | 'affected'> {
  readonly rank: Rank;
  /** Names of the components that it is about: of a cause, those that it keeps from working. */
  readonly components: readonly string[];
  /** @default - none beside those that are explained by it */
  readonly affected?: readonly string[];
}

/** One kind of fault, on both targets. */
export interface Fault {
  readonly code: IssueCode;
  /** What it is, as docs/errors.md says it. */
  readonly title: string;
  /** What follows from it, for the page of the code. */
  readonly why: string;
  readonly kubernetes?: (snapshot: KubernetesSnapshot) => readonly Found[];
  readonly compose?: (snapshot: ComposeSnapshot) => readonly Found[];
}
