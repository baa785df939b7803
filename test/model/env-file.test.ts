import * as fc from 'fast-check';
import { envIssue, envLine, parseEnvFile, readEnvStatements, renderEnvFile } from '../../lib/model/env-file';
import { TarsError } from '../../lib/model/issues';
import { readDotenv } from '../support/compose-reader';

const TRICKY = [
  ...[
    '',
    'plain',
    ' blank ',
    'a#b',
    'a #b',
    '$HOME',
    '$$',
    '${X}',
    '${X:-y}',
    '$(X)',
    '"',
    "'",
    '\\',
    '\\\\',
    "\\'",
    "'\\",
  ],
  ...[
    "it's",
    `it's "so"`,
    '\\n',
    '\\$',
    '\n',
    'a\nb',
    '\r\n',
    'a\r',
    '\t',
    '#',
    '=',
    ':',
    'é😀',
    '`x`',
    "$'x'",
    '\\"$\\',
  ],
];

/** Any text that an environment variable can hold. */
const anyValue = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from('\'"\\$ {}#\n\rna=0X')) }),
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
);
const anyName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);

describe('envLine', () => {
  test.each([
    ['single quotes', 'p@$s w#rd', "K='p@$s w#rd'"],
    ['an empty value', '', "K=''"],
    ['a single quote inside', "it's", `K="it's"`],
    ['a backslash at the end', 'a\\', 'K="a\\\\"'],
    ['both quotes and a dollar', `'"$`, `K="'\\"$$"`],
    ['a carriage return', 'a\r\nb', 'K="a\\r\\nb"'],
    ['lines', 'a\nb', "K='a\nb'"],
  ])('%s', (_, value, line) => {
    expect(envLine('K', value)).toBe(line);
  });

  test.each([
    ['NUL', 'K', 'a\0b', 'a value that no environment variable can hold'],
    ['half a surrogate pair', 'K', '\uD800', 'a value that no environment variable can hold'],
    ['a name with a dash', 'a-b', 'x', 'not the name of a variable that Compose can refer to'],
    ['a name that starts with a digit', '1A', 'x', 'not the name of a variable that Compose can refer to'],
  ])('refuses %s', (_, name, value, message) => {
    expect(envIssue(name, value)).toMatchObject({ code: 'TARS4004', severity: 'error', message });
    expect(() => envLine(name, value)).toThrow(TarsError);
  });

  test('never shows the value', () => {
    expect(JSON.stringify(envIssue('K', 'hunter2\0'))).not.toContain('hunter2');
  });
});

describe('renderEnvFile', () => {
  const entries = TRICKY.map((value, index): [string, string] => [`K${index}`, value]);

  test('keeps the order that it is given', () => {
    expect(
      renderEnvFile(
        new Map([
          ['B', '1'],
          ['A', '2'],
        ]),
      ),
    ).toBe("B='1'\nA='2'\n");
  });

  test('reports every value that it cannot hold, at once', () => {
    const act = (): string =>
      renderEnvFile(
        new Map([
          ['A', '\0'],
          ['B', 'fine'],
          ['C', '\0'],
        ]),
      );
    expect(act).toThrow(/\.env:A[^]*\.env:C/);
  });

  test.each(['1.17', '2.10'] as const)('is read by Compose (compose-go %s) as it was meant', (version) => {
    expect(readDotenv(renderEnvFile(new Map(entries)), version)).toEqual(Object.fromEntries(entries));
  });

  test('any values survive: Compose of both generations and our own reader', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(anyName, anyValue), { selector: ([name]) => name }), (pairs) => {
        const text = renderEnvFile(new Map(pairs));
        const expected = Object.fromEntries(pairs);
        expect(Object.fromEntries(parseEnvFile(text))).toEqual(expected);
        expect(readDotenv(text, '1.17')).toEqual(expected);
        expect(readDotenv(text, '2.10')).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('readEnvStatements', () => {
  test('says where each statement stands, without what is around it', () => {
    const text = '# c\n  export A=1 # one\nB = "x\\ny"\nALONE\nC: z  \n';
    const found = readEnvStatements(text).map(({ name, value, start, end }) => [name, value, text.slice(start, end)]);
    expect(found).toEqual([
      ['A', '1', 'A=1'],
      ['B', 'x\ny', 'B = "x\\ny"'],
      ['ALONE', undefined, 'ALONE'],
      ['C', 'z', 'C: z'],
    ]);
  });

  test('a broken line names the file and shows nothing of the line', () => {
    const act = (): unknown => readEnvStatements('A=1\nhunter2 hunter3\n', 'secrets/cluster.env');
    expect(act).toThrow(/secrets\/cluster\.env:2/);
    expect(act).not.toThrow(/hunter/);
  });
});

describe('parseEnvFile', () => {
  test.each([
    ['comments and blank lines', '# one\n\n  # two\nA=1\n', { A: '1' }],
    ['a comment behind a value', 'A=1 # one\nB=1#2\n', { A: '1', B: '1#2' }],
    ['blanks around', '  A = x y  \n', { A: 'x y' }],
    ['a colon', 'A: 1\n', { A: '1' }],
    ['export', 'export A=1\n', { A: '1' }],
    ['no line end', 'A=1', { A: '1' }],
    ['an empty value', 'A=\nB=2\n', { A: '', B: '2' }],
    ['a byte order mark', '\uFEFFA=1\n', { A: '1' }],
    ['Windows line ends', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['the last one of two', 'A=1\nA=2\n', { A: '2' }],
    ['a name alone', 'A\nB=2\n', { B: '2' }],
    ['an earlier variable', "A=1\nB=$A-${A}-$$A-$\nC='$A'\n", { A: '1', B: '1-1-$A-$', C: '$A' }],
    ['escapes in double quotes', 'A="a\\nb\\t\\"\\\\ \\$x \\0101"\n', { A: 'a\nb\t"\\ $x A' }],
    ['an escaped quote in single quotes', "A='it\\'s'\n", { A: "it's" }],
  ])('%s', (_, text, expected) => {
    expect(Object.fromEntries(parseEnvFile(text))).toEqual(expected);
  });

  test.each([
    ['a quote that does not end', "A=1\nB='x\n", '.env:2', "a value without its closing '"],
    ['a name with a blank', 'A B=1\n', '.env:1', 'a line that does not start with the name of a variable'],
    [
      'a reference with an operator',
      'A=1\nB=${A:-x}\n',
      '.env:2',
      'a reference that this tool does not read: use single quotes',
    ],
  ])('refuses %s', (_, text, path, message) => {
    let thrown: unknown;
    try {
      parseEnvFile(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ issues: [{ code: 'TARS4003', path, message }] });
  });
});
