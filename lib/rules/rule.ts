import type { Issue } from '../model/issues';
import type { SystemModel } from '../model/system-model';

/** One rule about a whole system: facts that no single construct can know. */
export interface Rule {
  /** What it looks for, in a few words. */
  readonly name: string;
  readonly check: (model: SystemModel) => readonly Issue[];
}
