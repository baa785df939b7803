/** A source of random bytes: the caller decides which, so that this room stays pure. */
export type RandomBytes = (count: number) => Uint8Array;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Bytes below it give each character the same chance. */
const FAIR = 256 - (256 % ALPHABET.length);

/** Characters of a generated value: 238 bits. */
export const GENERATED_LENGTH = 40;

/**
 * A strong value of letters and digits: nothing in it needs escaping in a URL, a shell, a YAML file
 * or redis.conf, and none starts with a dash, which programs take for an option.
 */
export function generateValue(random: RandomBytes): string {
  let value = '';
  while (value.length < GENERATED_LENGTH) {
    for (const byte of random(GENERATED_LENGTH)) {
      if (byte < FAIR && value.length < GENERATED_LENGTH) value += ALPHABET[byte % ALPHABET.length] ?? '';
    }
  }
  return value;
}
