import { tarsApp, twoEnvironments } from './apps';
import type { Outcome } from './fake-io';
import { useProject } from './fake-io';

const project = useProject();

const FILE = 'tars.waivers.yaml';
const GOOD = `# Looked at, and right.
waivers:
  - tool: tars
    rule: TARS3001
    object: tars/backend
    reason: one node in this cluster
`;

/** `tars check` beside a file of waivers. */
async function check(text: string, argv: readonly string[] = [], make = tarsApp()): Promise<Outcome> {
  project().write(FILE, text);
  return project().tars(make, ['check', ...argv]);
}

describe('a waiver', () => {
  test('takes its finding out of the report, and says how many', async () => {
    const { exitCode, stdout } = await check(GOOD);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/rules +\d+ rules on 8 services, 1 waived\n/);
    expect(stdout).not.toContain('TARS3001 tars/backend');
    const json = await check(GOOD, ['-o', 'json']);
    const { environments } = JSON.parse(json.stdout) as { environments: [{ proofs: [{ waived: unknown }] }] };
    expect(environments[0].proofs[0].waived).toMatchObject([
      { issue: { code: 'TARS3001', path: 'tars/backend' }, reason: 'one node in this cluster' },
    ]);
  });

  test('holds for synth as well', async () => {
    project().write(FILE, GOOD);
    const { exitCode, stderr } = await project().tars(tarsApp(), ['synth', '--no-secrets']);
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain('TARS3001 tars/backend');
  });

  test('that matches nothing fails, in a whole run', async () => {
    const stale = GOOD.replace('tars/backend', 'tars/backand');
    const { exitCode, stdout } = await check(stale);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /fails {2}waivers +1 in tars\.waivers\.yaml\n {4}error TARS6711 tars\.waivers\.yaml waivers\[0\]/,
    );
    expect((await check(stale, ['--only', 'objects'])).exitCode).toBe(0);
    const synth = await project().tars(tarsApp(), ['synth', '--no-secrets']);
    expect([synth.exitCode, [...project().files().keys()]]).toEqual([1, [FILE]]);
    expect(synth.stderr).toContain('error TARS6711 ');
  });

  test('may be about one environment', async () => {
    const staging = `${GOOD}    environment: staging\n`;
    const { exitCode, stdout } = await check(staging, [], twoEnvironments());
    expect(exitCode).toBe(0);
    expect(stdout.match(/TARS3001 tars\/backend/g)).toHaveLength(1);
    expect((await check(staging)).exitCode).toBe(1);
    expect((await check(GOOD.replace(/$/, '    environment: default\n'))).exitCode).toBe(0);
  });

  test('cannot hide a mistake of the model', async () => {
    const waiver = GOOD.replace('TARS3001', 'TARS1013').replace('tars/backend', 'tars.replicas');
    const { exitCode, stdout } = await check(waiver, [], tarsApp({ replicas: -1 }));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('error TARS1013 ');
  });
});

test.each<[what: string, text: string, said: RegExp]>([
  ['broken YAML', 'waivers: [\n', /TARS6710 tars\.waivers\.yaml:\d+:\d+: the file cannot be read as YAML/],
  [
    'an empty list is fine, a text is not',
    'waivers: yes please\n',
    /TARS6710 tars\.waivers\.yaml:1 waivers: there is no list/,
  ],
  ['another key', `${GOOD}waiver: []\n`, /tars\.waivers\.yaml:7 waiver: unknown key[^]*did you mean "waivers"/],
  ['a misspelt key', GOOD.replace('reason', 'raeson'), /tars\.waivers\.yaml:6 waivers\[0\]\.raeson: unknown key/],
  ['a missing reason', GOOD.replace(/ +reason.*\n/, ''), /waivers\[0\]\.reason: reason is missing/],
  [
    'an empty reason',
    GOOD.replace(/reason: .*/, 'reason: " "'),
    /tars\.waivers\.yaml:6 waivers\[0\]\.reason: not a text/,
  ],
  [
    'an unknown tool',
    GOOD.replace('tool: tars', 'tool: kubescore'),
    /tool: there is nothing[^]*did you mean "kube-score"/,
  ],
  [
    'an unknown rule',
    GOOD.replace('TARS3001', 'TARS3099'),
    /tars\.waivers\.yaml:4 waivers\[0\]\.rule: there is nothing/,
  ],
  ['the same twice', GOOD + (GOOD.split('waivers:\n')[1] ?? ''), /waivers\[1\]: the same as waivers\[0\]/],
  ['two documents', `${GOOD}---\n${GOOD}`, /there are two documents/],
])('a file of waivers with %s', async (_, text, said) => {
  const { exitCode, stdout, stderr } = await check(text);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(said);
});

test('what is no file is not read: a pipe or a device would never end', async () => {
  project().write(`${FILE}/x`, '');
  const { exitCode, stdout, stderr } = await project().tars(tarsApp(), ['check']);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^error TARS6710 tars\.waivers\.yaml: there is something of this name that is no file\n/);
});

test('a broken file of waivers is no output of ours: synth would not write it anew', async () => {
  const { stderr } = await check('waivers: [\n');
  expect(stderr).toContain('remedy:  mend the file\n');
  expect((await check(GOOD.replace(/ +reason.*\n/, ''))).stderr).not.toContain('undefined');
});

test('a file of waivers that is empty waives nothing', async () => {
  expect((await check('# nothing yet\n')).exitCode).toBe(0);
});
