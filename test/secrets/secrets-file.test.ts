import * as fc from 'fast-check';
import { parseEnvFile, renderEnvFile } from '../../lib/model/env-file';
import { completeSecrets, setSecret } from '../../lib/secrets/secrets-file';
import { aNeed, seededRandom } from './sources';

const complete = (text: string, ...needs: Parameters<typeof aNeed>[0][]): ReturnType<typeof completeSecrets> =>
  completeSecrets(
    text,
    needs.map((need) => aNeed(need)),
    seededRandom(),
    'secrets/cluster.env',
  );

const anyName = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,6}$/);
const anyValue = fc.string({ unit: fc.constantFrom(...Array.from('\'"\\$ {}#\n\rna=0X')) });
const anyFile = fc.dictionary(anyName, anyValue).map((values) => renderEnvFile(new Map(Object.entries(values))));

describe('completeSecrets', () => {
  test.each([
    ['a key that is missing', 'A=1\n', { key: 'B' }, /^A=1\nB='[A-Za-z0-9]{40}'\n$/, ['B']],
    ['a key that may be empty', '', { key: 'B', mayBeEmpty: true }, /^B=''\n$/, ['B']],
    ['a last line without its end', 'A=1', { key: 'B', mayBeEmpty: true }, /^A=1\nB=''\n$/, ['B']],
    ['a key that stands empty, in its place', 'B=\nA=1\n', { key: 'B' }, /^B='[A-Za-z0-9]{40}'\nA=1\n$/, ['B']],
    ['the comment behind it stays', 'B="" # mine\n', { key: 'B' }, /^B='[A-Za-z0-9]{40}' # mine\n$/, ['B']],
    ['a value of the user', 'B=x\n', { key: 'B' }, /^B=x\n$/, []],
    ['a value of the user, however it is written', 'export B: "x"\n', { key: 'B' }, /^export B: "x"\n$/, []],
    ['an empty value that will do', 'B=\n', { key: 'B', mayBeEmpty: true }, /^B=\n$/, []],
    ["a name alone stands for the caller's variable", 'B\n', { key: 'B' }, /^B\n$/, []],
    [
      'comments and unknown keys',
      '# c\n\n  Z = 1  \n',
      { key: 'B', mayBeEmpty: true },
      /^# c\n\n {2}Z = 1 {2}\nB=''\n$/,
      ['B'],
    ],
  ] as const)('%s', (_, text, need, expected, added) => {
    const result = complete(text, need);
    expect(result.text).toMatch(expected);
    expect(result.added).toEqual(added);
  });

  test("never invents the value of somebody else's Secret", () => {
    const result = complete('', { key: 'THEIRS_TOKEN', foreign: { secretName: 'theirs', key: 'token' } });
    expect(result.text).toBe("THEIRS_TOKEN=''\n");
    expect(result.open.map(({ key }) => key)).toEqual(['THEIRS_TOKEN']);
  });

  test('gives each key a value of its own', () => {
    const values = [...parseEnvFile(complete('', { key: 'A' }, { key: 'B' }).text).values()];
    expect(new Set(values).size).toBe(2);
  });

  test('no value is ever changed or lost, and a second run changes nothing', () => {
    fc.assert(
      fc.property(anyFile, fc.uniqueArray(anyName, { maxLength: 5 }), fc.nat(), (text, keys, seed) => {
        const needs = keys.map((key) => aNeed({ key }));
        const once = completeSecrets(text, needs, seededRandom(seed), 'f');
        const before = parseEnvFile(text);
        const after = parseEnvFile(once.text);
        const kept = [...before].filter(([key, value]) => value !== '' || !keys.includes(key));
        expect([...after]).toEqual(expect.arrayContaining(kept));
        for (const key of keys) expect(after.get(key)).not.toBe('');
        const again = completeSecrets(once.text, needs, seededRandom(seed + 1), 'f');
        expect(again).toEqual({ text: once.text, added: [], open: [] });
      }),
    );
  });

  test('names the file and the line that cannot be read', () => {
    expect(() => complete("A='\n", { key: 'B' })).toThrow(/TARS4003 secrets\/cluster\.env:1/);
  });
});

describe('setSecret', () => {
  test.each([
    ['in its place', '# c\nA=1\nB=2\n', "# c\nA='x'\nB=2\n"],
    ['at the end', 'B=2', "B=2\nA='x'\n"],
    ['the last of two, which counts', 'A=1\nA=2\n', "A=1\nA='x'\n"],
    ['behind export', 'export A=1 # c\n', "export A='x' # c\n"],
  ])('%s', (_, text, expected) => {
    expect(setSecret(text, 'A', 'x', 'f')).toBe(expected);
  });

  test('any value, in any file: it is read back, and all others stay', () => {
    fc.assert(
      fc.property(anyFile, anyName, anyValue, (text, key, value) => {
        const expected = { ...Object.fromEntries(parseEnvFile(text)), [key]: value };
        expect(Object.fromEntries(parseEnvFile(setSecret(text, key, value, 'f')))).toEqual(expected);
      }),
    );
  });

  test('refuses what the file cannot hold', () => {
    expect(() => setSecret('', 'A', 'x\0', 'f')).toThrow(/TARS4004/);
  });
});
