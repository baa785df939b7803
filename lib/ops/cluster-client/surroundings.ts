/** What a running system has and a model has not: the time of day and chance. Tests hand in their own. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to, but not, 1. */
  readonly random: () => number;
}

/** The clock and the chance of this machine. This file is the edge of the room: nothing else of it reads them. */
export const MACHINE: Surroundings = { now: () => Date.now(), random: () => Math.random() };
