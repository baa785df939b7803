import type { IssueCode } from 'cdk8s-tars';
import type { EmittedSet } from '../../../lib/verify/emitted';

/** One realistic change of what was emitted, and the proof that is there for it. */
export interface Mutation {
  /** What a person did, e.g. `a Service selects a label that no pod has`. */
  readonly name: string;
  /** Name of the proof that has to catch it. */
  readonly proof: string;
  readonly mutate: (set: EmittedSet) => EmittedSet;
  /** What the proof has to say, and where: an issue with just this code and path. */
  readonly code: IssueCode;
  readonly path: string;
}
