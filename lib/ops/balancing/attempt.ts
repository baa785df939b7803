import type { Peer } from './peer';

/** One request on its way to a backend: it may need several tries. */
export interface Attempt {
  /** Backends that it was sent to already; undefined on the first try. */
  tried: Set<Peer> | undefined;
  /** Where hashing stands; each strategy has its own meaning for it. */
  hash: number;
  /** Draws and hashes that led to a backend that could not be asked. */
  misses: number;
  /** Hashes so far. */
  rehashes: number;
}

export function newAttempt(): Attempt {
  return { tried: undefined, hash: 0, misses: 0, rehashes: 0 };
}

/** After so many misses a request is given out by round robin, as nginx does it. */
export const MOST_MISSES = 20;
