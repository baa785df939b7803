import type { IssueCode, Severity } from '../../model/issues';
import type { JsonObject } from '../emitted';
import type { Keys } from '../read';

/** One value of a known type of the API, wherever it stands. */
export interface Visit {
  readonly value: JsonObject;
  /** Keys from the object to the value. */
  readonly keys: Keys;
  /** The object that it stands in. */
  readonly object: JsonObject;
  /** Minor version of the server, e.g. 25. */
  readonly minor: number;
  /**
   * Reports what is wrong at a field.
   * @param keys from the value to the field
   * @param message what, in lower case
   * @param allowed what would be right
   */
  readonly say: (keys: Keys, message: string, allowed?: string) => void;
}

/** Who says no. */
export type RefusedBy =
  /** The API server, when the object is applied. */
  | 'server'
  /** The API server, when a controller makes the pods of the object; or the kubelet, which never starts them. */
  | 'pods';

/** What one check is about: enough for its page of documentation. */
export interface CheckText {
  readonly code: IssueCode;
  readonly severity: Severity;
  readonly refusedBy: RefusedBy;
  /** What it looks for, in a few words. */
  readonly title: string;
  /** What would happen, in a sentence or two. */
  readonly why: string;
  readonly remedy: string;
}

/** A check on values of certain types, wherever in a manifest they stand. */
export interface Check extends CheckText {
  /** By type of the API, e.g. `core/v1.Container`. */
  readonly on: Readonly<Record<string, (visit: Visit) => void>>;
}
