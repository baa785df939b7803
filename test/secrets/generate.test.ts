import * as fc from 'fast-check';
import { GENERATED_LENGTH, generateValue } from '../../lib/secrets/generate';
import { seededRandom } from './sources';

describe('generateValue', () => {
  test('is long, and needs no escaping anywhere', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const value = generateValue(seededRandom(seed));
        expect(value).toMatch(/^[A-Za-z0-9]+$/);
        expect(value).toHaveLength(GENERATED_LENGTH);
        expect(encodeURIComponent(value)).toBe(value);
      }),
    );
    expect(GENERATED_LENGTH).toBeGreaterThanOrEqual(32);
  });

  test('gives each character the same chance', () => {
    const counts = new Map<string, number>();
    const random = seededRandom(7);
    for (let i = 0; i < 2000; i++) {
      for (const char of Array.from(generateValue(random))) counts.set(char, (counts.get(char) ?? 0) + 1);
    }
    const expected = (2000 * GENERATED_LENGTH) / 62;
    expect(counts.size).toBe(62);
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.15);
  });

  test('asks for more when bytes cannot be used fairly', () => {
    let calls = 0;
    const random = (count: number): Uint8Array => new Uint8Array(count).fill(calls++ === 0 ? 255 : 0);
    expect(generateValue(random)).toBe('A'.repeat(GENERATED_LENGTH));
  });

  test('depends on its source alone', () => {
    expect(generateValue(seededRandom(3))).toBe(generateValue(seededRandom(3)));
    expect(generateValue(seededRandom(3))).not.toBe(generateValue(seededRandom(4)));
  });
});
