import type { SecretNeed } from '../../lib/secrets/need';
import type { RandomBytes } from '../../lib/secrets/generate';

/** Bytes that look random and are the same in every run. */
export function seededRandom(seed = 1): RandomBytes {
  let state = seed;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

/** A key that needs a value, unless a test says otherwise. */
export function aNeed(need: Partial<SecretNeed> = {}): SecretNeed {
  return { key: 'PASSWORD', mayBeEmpty: false, inUrl: false, readers: ['tars/backend'], ...need };
}
