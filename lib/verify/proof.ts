import type { Issue } from '../model/issues';
import type { SystemModel } from '../model/system-model';
import type { EmittedSet } from './emitted';

/** What a proof is about: what was emitted, and what it was emitted for. */
export interface Subject {
  readonly emitted: EmittedSet;
  /** The models behind it, which say what was meant (links, exposures); empty for manifests of somebody else. */
  readonly systems: readonly SystemModel[];
}

/** One part of `tars check`: it holds, or says as data why it does not. */
export interface Proof {
  /** What the command line calls it, e.g. `admission`. */
  readonly name: string;
  /** What it proves, in one line. */
  readonly summary: string;
  readonly prove: (subject: Subject) => readonly Issue[];
  /** What was looked at, in numbers, for the report: `71 objects for 1.25`. @default - the number of objects */
  readonly extent?: (subject: Subject) => string;
}
