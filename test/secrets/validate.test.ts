import { secretsIssues, valueIssues } from '../../lib/secrets/validate';
import { aNeed } from './sources';

const FILE = 'secrets/cluster.env';

describe('valueIssues', () => {
  test.each([
    ['no value', {}, undefined, 'TARS4002', 'nothing', 'a value', /tars secrets init/],
    ['an empty value', {}, '', 'TARS4002', 'an empty value', 'a value', /tars secrets init/],
    ...['p@ss', 'a/b', '50%', 'a:b', 'a b', 'ä'].map(
      (value) =>
        [
          `${value} in a URL`,
          { inUrl: true },
          value,
          'TARS4001',
          /^a value with /,
          'letters, digits, "-", ".", "_" and "~"',
          /tars secrets set PASSWORD/,
        ] as const,
    ),
    ['NUL', {}, 'a\0', 'TARS4004', /NUL/, /without NUL/, /base64/],
  ] as const)('%s', (_, need, value, code, given, allowed, remedy) => {
    const issues = valueIssues(aNeed(need), value, FILE);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ code, severity: 'error', path: `${FILE}:PASSWORD` });
    expect(issues[0]?.given).toMatch(given);
    expect(issues[0]?.allowed).toMatch(allowed);
    expect(issues[0]?.remedy).toMatch(remedy);
  });

  test.each([
    ['any text outside of URLs', {}, 'p@ss/50% "x" $y'],
    ['unreserved characters in a URL', { inUrl: true }, 'aZ09-._~'],
    ['nothing, where that will do', { mayBeEmpty: true }, undefined],
    ['an empty value, where that will do', { mayBeEmpty: true, inUrl: true }, ''],
  ])('takes %s', (_, need, value) => {
    expect(valueIssues(aNeed(need), value, FILE)).toEqual([]);
  });

  test("sends to its owner for the value of somebody else's Secret", () => {
    const [issue] = valueIssues(aNeed({ foreign: { secretName: 'theirs', key: 'token' } }), '', FILE);
    expect(issue?.remedy).toBe('run `tars secrets set PASSWORD` with the value that the Secret theirs has under token');
  });

  test('shows no value, and not how long it is', () => {
    const issues = ['hunter2@', 'hunter2@hunter2@'].map((v) => valueIssues(aNeed({ inUrl: true }), v, FILE));
    expect(JSON.stringify(issues)).not.toContain('hunter2');
    expect(issues[0]).toEqual(issues[1]);
  });
});

test('secretsIssues looks at every value', () => {
  const needs = [aNeed({ key: 'A' }), aNeed({ key: 'B', inUrl: true }), aNeed({ key: 'C' })];
  const issues = secretsIssues(
    needs,
    new Map([
      ['B', '@'],
      ['C', 'fine'],
    ]),
    FILE,
  );
  expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([`TARS4002 ${FILE}:A`, `TARS4001 ${FILE}:B`]);
});
