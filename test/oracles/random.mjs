// A random source that can be started again: the same seed gives the same cases.

/** @param {number} seed */
export function randomSource(seed) {
  let state = seed >>> 0;
  /** A number from 0 to 1. @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    /** @param {number} limit */
    below: (limit) => Math.floor(next() * limit),
    /** @template T @param {readonly T[]} list @returns {T} */
    pick: (list) => list[Math.floor(next() * list.length)],
    /** @param {number} share */
    chance: (share) => next() < share,
  };
}
