import type { ProgramResult } from '../../lib/cli/io';
import { forPlace } from '../../lib/cli/kubectl-place';
import { subjectOf } from '../../lib/synth';
import type { JsonObject } from '../../lib/verify/emitted';
import { textOf } from '../../lib/verify/read';
import { serviceApp, tarsApp } from './apps';
import type { Outcome, World } from './fake-io';
import { useProject } from './fake-io';

// The commands that ask a cluster by kubectl: they ask the one that is meant, and no other.

const project = useProject();
const COMMANDS = [['doctor', '--target', 'kubernetes'], ['doctor'], ['diff', '--against', 'cluster']];
const OURS = 'https://ours.example:6443';

type Programs = Record<string, Partial<ProgramResult>>;

/** kubectl, of a kubeconfig whose contexts are these servers; the cluster holds nothing. */
function kubectl(words: string, servers: Readonly<Record<string, string>>, current?: string): Programs {
  const view = 'config view --minify --output jsonpath={.clusters[0].cluster.server}';
  const named = Object.entries(servers).map(([context, server]) => [
    `kubectl${words} --context ${context} ${view}`,
    { stdout: server },
  ]);
  const failed = { status: 1, stderr: 'error: current-context must exist in order to minify' };
  const answers: Programs = {
    ...(Object.fromEntries(named) as Programs),
    [`kubectl${words} ${view}`]: current === undefined ? failed : { stdout: servers[current] ?? '' },
    [`kubectl${words} config current-context`]: current === undefined ? failed : { stdout: `${current}\n` },
  };
  return { ...answers, kubectl: { stdout: '' } };
}

function tars(argv: readonly string[], world: World, make = tarsApp()): Promise<Outcome> {
  return project().tars(make, argv, world);
}

/** A cluster that does not have the namespace, and nothing else. */
const empty = (words: string, namespace: string): Programs => ({
  [`kubectl${words} get namespace ${namespace} `]: { stdout: '' },
  'kubectl config current-context': { stdout: 'dev\n' },
  kubectl: { stdout: '{"items":[]}' },
});

/** What was asked of a cluster, without what was asked of the kubeconfig. */
const asked = ({ ran }: Outcome): readonly string[] =>
  ran.filter((line) => line.startsWith('kubectl') && !/ config (view|current-context)/.test(line));

describe.each(COMMANDS.map((argv) => [argv.join(' '), argv] as const))('tars %s', (_, argv) => {
  test('refuses another server than the pinned one, and asks it nothing', async () => {
    project().write('tars.cluster.yaml', `server: ${OURS}/\n`);

    const outcome = await tars(argv, { programs: kubectl('', { dev: 'https://other.example' }, 'dev') });

    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain(
      `TARS7023 cluster: tars.cluster.yaml says server ${OURS}, and this is https://other.example\n`,
    );
    expect(asked(outcome)).toEqual([]);
  });

  test('refuses another server although it was asked for by name', async () => {
    project().write('tars.cluster.yaml', `server: ${OURS}\n`);
    const programs = kubectl(' --kubeconfig k', { dev: 'https://other.example', prod: OURS }, 'prod');

    const outcome = await tars([...argv, '--kubeconfig', 'k', '--context', 'dev'], { programs });

    expect([outcome.exitCode, asked(outcome)]).toEqual([2, []]);
    expect(outcome.stderr).toContain('and this is https://other.example');
  });

  test('refuses the cluster of the pod that it runs in, where another one is pinned', async () => {
    project().write('tars.cluster.yaml', `server: ${OURS}\n`);
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

    const outcome = await tars(argv, { env, programs: kubectl('', {}) });

    expect([outcome.exitCode, asked(outcome)]).toEqual([2, []]);
    expect(outcome.stderr).toContain('and this is https://[fd00::1]:443');
  });

  test('asks the pinned context in the pinned namespace', async () => {
    project().write('tars.cluster.yaml', `server: ${OURS}\ncontext: prod\nnamespace: tars\n`);

    const outcome = await tars(argv, { programs: kubectl('', { dev: 'https://other.example', prod: OURS }, 'dev') });

    expect(outcome.stderr).not.toContain('TARS7023');
    expect(asked(outcome).length).toBeGreaterThan(0);
    expect(asked(outcome).filter((line) => !line.startsWith('kubectl --context prod --namespace tars '))).toEqual([]);
  });

  test('asks the context and the kubeconfig that are named, rather than the pinned ones', async () => {
    project().write('tars.cluster.yaml', 'context: prod\n');

    const outcome = await tars([...argv, '--context', 'dev', '--kubeconfig', 'k'], {
      programs: kubectl('', {}),
    });

    expect(asked(outcome).length).toBeGreaterThan(0);
    expect(asked(outcome).filter((line) => !line.startsWith('kubectl --kubeconfig k --context dev '))).toEqual([]);
  });

  test('asks what kubectl would, where nothing is pinned', async () => {
    const outcome = await tars(argv, { programs: kubectl('', { dev: 'https://other.example' }, 'dev') });

    expect(asked(outcome).filter((line) => !/^kubectl (get|logs|exec) /.test(line))).toEqual([]);
    expect(outcome.ran.filter((line) => line.includes('config view'))).toEqual([]);
  });

  test('a pin that cannot be understood is said', async () => {
    project().write('tars.cluster.yaml', 'sever: x\n');

    const { exitCode, stderr } = await tars(argv, { programs: kubectl('', {}) });

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('unknown key "sever"') as string]);
  });
});

test('tars doctor asks no cluster where Compose is pinned', async () => {
  project().write('tars.cluster.yaml', `target: compose\nserver: ${OURS}\n`);

  const { ran } = await tars(['doctor'], { programs: { docker: { stdout: '' } } });

  expect(ran.filter((line) => line.startsWith('kubectl'))).toEqual([]);
  expect(ran.some((line) => line.startsWith('docker'))).toBe(true);
});

test('tars doctor shows commands that reach the cluster that it looked at', async () => {
  project().write('tars.cluster.yaml', 'context: prod\n');

  const { stdout } = await tars(['doctor', '--target', 'kubernetes'], {
    programs: empty(' --context prod', 'tars'),
  });

  expect(stdout).toContain('context "prod", namespace tars\n');
  expect(stdout).toContain('kubectl --context prod apply -f dist\n');
});

test('commands for people are told which cluster, wherever kubectl begins one', () => {
  const place = { cluster: ['--context', "o'neill"], context: "o'neill", namespace: undefined };
  const where = `--context 'o'\\''neill'`;

  expect(
    forPlace(
      [
        'kubectl apply -f dist',
        'kubectl get x -o yaml | kubectl -n tars apply -f -',
        'tars diff --against cluster',
        'tars synth',
      ],
      place,
    ),
  ).toEqual([
    `kubectl ${where} apply -f dist`,
    `kubectl ${where} get x -o yaml | kubectl ${where} -n tars apply -f -`,
    `tars diff --against cluster ${where}`,
    'tars synth',
  ]);
});

test('tars diff --context is of --against cluster alone', async () => {
  const { exitCode, stderr } = await tars(['diff', '--context', 'dev'], {});

  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('belong to --against cluster') as string]);
});

describe('an app that says no namespace', () => {
  /** What the server holds of it, in the namespace where it was applied. */
  function live(): JsonObject[] {
    return subjectOf(serviceApp()().app).emitted.manifests.map(({ object }) => {
      const last = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object) };
      const metadata = object['metadata'] as JsonObject;
      return { ...object, metadata: { ...metadata, namespace: 'team', annotations: last } };
    });
  }

  test('is compared with what is in the pinned namespace', async () => {
    project().write('tars.cluster.yaml', 'namespace: team\n');
    const of = (kind: string): Partial<ProgramResult> => {
      const items = live().filter((object) => textOf(object['kind'])?.toLowerCase() === kind);
      return { stdout: JSON.stringify({ kind: 'List', items }) };
    };
    const kinds = [...new Set(live().map((object) => textOf(object['kind'])?.toLowerCase() ?? ''))];
    const programs = {
      'kubectl --namespace team get resourcequotas': { stdout: JSON.stringify({ kind: 'List', items: live() }) },
      ...Object.fromEntries(
        kinds.flatMap((kind) => [' ', '.'].map((end) => [`kubectl --namespace team get ${kind}${end}`, of(kind)])),
      ),
    };

    const outcome = await tars(['diff', '--against', 'cluster'], { programs }, serviceApp());

    expect([outcome.exitCode, outcome.stdout]).toEqual([0, 'compared with cluster\nnothing differs\n']);
    expect(asked(outcome).filter((line) => !line.startsWith('kubectl --namespace team get '))).toEqual([]);
  });

  test('is looked for by the doctor in the pinned namespace', async () => {
    project().write('tars.cluster.yaml', 'namespace: team\n');

    const outcome = await tars(
      ['doctor', '--target', 'kubernetes'],
      { programs: empty(' --namespace team', 'team') },
      serviceApp(),
    );

    expect(asked(outcome)[0]).toContain('get namespace team ');
    expect(outcome.stdout).toContain('namespace team\n');
  });
});
