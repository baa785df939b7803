import { symlinkSync } from 'node:fs';
import type { JsonObject } from '../../lib/verify/emitted';
import { textOf } from '../../lib/verify/read';
import type { ProgramResult } from '../../lib/cli/io';
import { subjectOf } from '../../lib/synth';
import { serviceApp, tarsApp, twoEnvironments } from './apps';
import type { Outcome, Project } from './fake-io';
import { useProject } from './fake-io';

const project = useProject();

/** What `tars diff -o json` prints. */
interface Printed {
  readonly environments: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly objects: readonly {
      readonly change: string;
      readonly object: string;
      readonly fields: readonly unknown[];
    }[];
    readonly findings: readonly { readonly code: string; readonly path: string; readonly steps: readonly string[] }[];
    readonly notes: readonly string[];
  }[];
}

const parsed = ({ stdout }: Outcome): Printed => JSON.parse(stdout) as Printed;
const codes = (outcome: Outcome): string[] =>
  parsed(outcome).environments.flatMap(({ findings }) => findings.map(({ code }) => code));

describe('tars diff, against the output on this disk', () => {
  test('after a synth nothing differs, secrets included', async () => {
    await project().tars(tarsApp(), ['synth']);
    const { exitCode, stdout, stderr, ran } = await project().tars(tarsApp(), ['diff', '--detailed-exitcode']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toBe('compared with dist/ and compose/ on this disk\nnothing differs\n');
    expect(ran).toEqual([]);
  });

  test('writes nothing, and makes no secrets', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['diff']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('+ Deployment/tars-backend\n');
    expect([...project().files().keys()]).toEqual([]);
  });

  test.each([
    ['in place', [], 0],
    ['in place', ['--detailed-exitcode'], 6],
  ])('a change that is applied %s, %j: exit code %i', async (_, more, exitCode) => {
    await project().tars(tarsApp(), ['synth']);
    const outcome = await project().tars(tarsApp({ images: { tag: '0.2.0' } }), ['diff', ...more]);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stdout).toContain('~ Deployment/tars-backend\n');
    expect(outcome.stdout).toContain(
      '    spec.template.spec.containers[backend].image: tars-backend:0.1.0 → tars-backend:0.2.0\n',
    );
    expect(outcome.stdout).toMatch(/\n\d+ changed, 1 added, 1 no longer made: a plain apply does all of it\n$/);
  });

  test('a change that needs hands: the finding, its steps, exit code 7', async () => {
    await project().tars(tarsApp({ autoscaling: false }), ['synth']);
    const { exitCode, stdout } = await project().tars(tarsApp(), ['diff']);
    expect(exitCode).toBe(7);
    expect(stdout).toContain('\nwarning TARS6606 Deployment/tars-backend.spec.replicas: the replicas fall to 1');
    expect(stdout).toMatch(/ {4}steps:\n {6}1\. kubectl -n tars apply view-last-applied deployment\/tars-backend /);
  });

  test('no value of a secret is ever shown', async () => {
    await project().tars(tarsApp(), ['synth']);
    const old = /REDIS_PASSWORD='([^']+)'/.exec(project().read('secrets/cluster.env'))?.[1] ?? '';
    expect(old.length).toBeGreaterThan(20);
    await project().tars(tarsApp(), ['secrets', 'set', 'REDIS_PASSWORD'], { stdin: 'another-value-of-the-secret' });
    for (const format of ['table', 'json']) {
      const { exitCode, stdout, stderr } = await project().tars(tarsApp(), ['diff', '-o', format]);
      expect([exitCode, stderr]).toEqual([7, '']);
      expect(stdout).toContain('TARS6601');
      for (const value of [old, 'another-value-of-the-secret']) {
        expect(stdout).not.toContain(value);
        expect(stdout).not.toContain(Buffer.from(value).toString('base64'));
      }
    }
  });

  test('every environment, or one', async () => {
    const make = twoEnvironments();
    await project().tars(make, ['synth']);
    const changed = twoEnvironments({ autoscaling: false });
    const all = await project().tars(changed, ['diff', '-o', 'json']);
    expect(parsed(all).environments.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['default', 'same'],
      ['staging', 'needs-hands'],
    ]);
    const one = await project().tars(changed, ['diff', '--env', 'default']);
    expect([one.exitCode, one.stdout]).toEqual([0, expect.stringContaining('nothing differs')]);
  });

  test('mistakes of the model come first', async () => {
    const { exitCode, stderr } = await project().tars(serviceApp({ image: 'nginx:latest' }), ['diff']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error TARS1008 shop/api.image');
  });
});

describe('tars diff --against a directory', () => {
  test('another checkout, or its manifests alone', async () => {
    await project().tars(tarsApp(), ['synth']);
    for (const path of ['dist/tars.k8s.yaml', 'compose/docker-compose.yml']) {
      project().write(`old/${path}`, project().read(path));
    }
    const make = tarsApp({ images: { tag: '0.2.0' } });
    const checkout = await project().tars(make, ['diff', '--against', 'old', '-o', 'json']);
    expect(parsed(checkout).environments[0]).toMatchObject({ verdict: 'in-place', notes: [] });
    const manifests = await project().tars(make, ['diff', '--against', 'old/dist']);
    expect(manifests.exitCode).toBe(0);
    expect(manifests.stdout).toContain('not compared: compose files, of which there are none there\n');
  });

  test.each([
    ['nothing', 'nowhere', 'TARS6620', 'there is no such directory', 4],
    ['a directory without manifests', 'empty', 'TARS6620', 'there is no manifest in it', 4],
    ['broken YAML', 'broken', 'TARS6705', 'a.yaml:', 1],
    ['a file that no manifest is', 'huge', 'TARS6704', '33.0 MiB', 1],
    ['a link', 'link', 'TARS6704', 'it is a symbolic link', 1],
  ])('%s: a message and an exit code', async (_, directory, code, message, exitCode) => {
    project().write('empty/readme.txt', '');
    project().write('broken/a.yaml', 'a: [1\nb: }');
    project().write('link/readme.txt', '');
    symlinkSync('/etc/hostname', project().path('link', 'a.yaml'));
    if (directory === 'huge') project().write('huge/a.yaml', `a: ${'x'.repeat(33 * 1024 * 1024)}`);
    const outcome = await project().tars(tarsApp(), ['diff', '--against', directory]);
    expect([outcome.exitCode, outcome.stdout]).toEqual([exitCode, '']);
    expect(outcome.stderr).toContain(`error ${code}`);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('tars diff --against git:REVISION', () => {
  const COMMIT = 'f'.repeat(40);

  /** A repository whose one commit holds the output of a run. */
  async function committed(one: Project): Promise<Record<string, Partial<ProgramResult>>> {
    await one.tars(tarsApp(), ['synth']);
    const files = [...one.files()].filter(([path]) => /^(dist|compose)\//.test(path) && !/\.env$|secrets/.test(path));
    return {
      'git rev-parse': { stdout: `${COMMIT}\n` },
      'git ls-tree': { stdout: files.map(([path]) => `${path}\0`).join('') },
      ...Object.fromEntries(files.map(([path, text]) => [`git show ${COMMIT}:./${path}`, { stdout: text }])),
    };
  }

  test('reads what the revision holds; secrets are in none', async () => {
    const programs = await committed(project());
    const same = await project().tars(tarsApp(), ['diff', '--against', 'git:main', '--detailed-exitcode'], {
      programs,
    });
    expect([same.exitCode, same.stdout]).toEqual([0, 'compared with git:main\nnothing differs\n']);
    expect(same.ran[0]).toBe('git rev-parse --verify --quiet --end-of-options main^{commit}');
    const without = await project().tars(tarsApp({ adminer: false }), ['diff', '--against', 'git:main', '-o', 'json'], {
      programs,
    });
    expect(without.exitCode).toBe(7);
    expect(codes(without)).toEqual(expect.arrayContaining(['TARS6609', 'TARS6610']));
  });

  test.each<[string, string, Record<string, Partial<ProgramResult>>, string]>([
    ['no git', 'git:main', {}, 'there is no program "git"'],
    ['no such revision', 'git:nope', { 'git rev-parse': { status: 1 } }, 'cannot be read: git knows no such revision'],
    ['an option in place of a revision', 'git:--upload-pack=x', { git: {} }, 'that is no revision'],
    ['no output in it', 'git:main', { git: { stdout: '' } }, 'this revision has no manifests in dist/'],
  ])('%s: a message and exit code 4', async (_, against, programs, message) => {
    const outcome = await project().tars(tarsApp(), ['diff', '--against', against], { programs });
    expect([outcome.exitCode, outcome.stdout]).toEqual([4, '']);
    expect(outcome.stderr).toContain(message);
  });
});

describe('tars diff --against cluster', () => {
  /** A cluster that holds what an app emits, as kubectl would print it, defaults and annotations added. */
  function running(make: ReturnType<typeof tarsApp>, patch: (object: JsonObject) => JsonObject): JsonObject[] {
    const { manifests } = subjectOf(make().app).emitted;
    return manifests.map(({ object }) => {
      const last = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object) };
      const metadata = object['metadata'] as JsonObject;
      const annotations = { ...(metadata['annotations'] as JsonObject | undefined), ...last };
      const live = { ...object, metadata: { ...metadata, annotations, uid: '1', resourceVersion: '7' }, status: {} };
      return patch(live);
    });
  }

  function kubectl(objects: readonly JsonObject[]): Record<string, Partial<ProgramResult>> {
    const list = (items: readonly JsonObject[]): Partial<ProgramResult> => ({
      stdout: JSON.stringify({ kind: 'List', items }),
    });
    const kinds = [...new Set(objects.map((object) => textOf(object['kind']) ?? ''))];
    return {
      'kubectl config current-context': { stdout: 'kind-dev\n' },
      'kubectl get resourcequotas,': list(objects.filter((one) => one['kind'] !== 'Namespace')),
      ...Object.fromEntries(
        kinds.flatMap((kind) => {
          const own = list(objects.filter((one) => one['kind'] === kind));
          return [`${kind.toLowerCase()} `, `${kind.toLowerCase()}.`].map((start) => [`kubectl get ${start}`, own]);
        }),
      ),
      // Of other kinds there is nothing.
      'kubectl get ': { stdout: '' },
    };
  }

  test('what the server added is no difference, and the context is named', async () => {
    const objects = running(tarsApp(), (object) =>
      object['kind'] === 'Deployment'
        ? { ...object, spec: { ...(object['spec'] as JsonObject), replicas: 5, paused: false } }
        : object,
    );
    const { exitCode, stdout, stderr } = await project().tars(tarsApp(), ['diff', '--against', 'cluster'], {
      programs: kubectl(objects),
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^compared with cluster \(kind-dev\)\n/);
    expect(stdout).not.toContain('Deployment/tars-backend');
    // The frontend's replicas are stated, so an apply sets them back.
    expect(stdout).toContain('~ Deployment/tars-frontend\n    spec.replicas: 5 → 1\n');
  });

  test('what the last apply had set and is not stated any more is taken away', async () => {
    const programs = kubectl(running(tarsApp({ autoscaling: false }), (object) => object));
    const outcome = await project().tars(tarsApp(), ['diff', '--against', 'cluster', '-o', 'json'], { programs });
    expect(outcome.exitCode).toBe(7);
    expect(codes(outcome)).toContain('TARS6606');
  });

  test('what is no longer made is found by its labels', async () => {
    const programs = kubectl(running(tarsApp(), (object) => object));
    const make = tarsApp({ adminer: false });
    const outcome = await project().tars(make, ['diff', '--against', 'cluster', '-o', 'json'], { programs });
    const removed = parsed(outcome).environments[0]?.objects.filter(({ change }) => change === 'removed');
    expect(removed?.map(({ object }) => object)).toContain('Deployment/tars-adminer');
  });

  test('Secrets that may not be read are said, and not taken for missing', async () => {
    await project().tars(tarsApp(), ['synth']);
    const programs = {
      'kubectl get secret ': { status: 1, stderr: 'Error from server (Forbidden): secrets "x" is forbidden' },
      ...kubectl(running(tarsApp(), (object) => object)),
    };
    const { exitCode, stdout } = await project().tars(tarsApp(), ['diff', '--against', 'cluster'], { programs });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('not compared: you may not read objects of kind Secret\n');
    expect(stdout).not.toContain('Secret/tars-secrets');
  });

  test.each<[string, Record<string, Partial<ProgramResult>>, number, string]>([
    ['no kubectl', {}, 4, 'there is no program "kubectl"'],
    [
      'a cluster that does not answer',
      {
        kubectl: { status: 1, stderr: 'E1125 12:00:00 memcache.go:265] x\nUnable to connect to the server: dial tcp' },
      },
      1,
      'given:   Unable to connect to the server: dial tcp',
    ],
    [
      'a user without rights',
      { kubectl: { status: 1, stderr: 'Error from server (Forbidden): namespaces "tars" is forbidden' } },
      1,
      'the cluster does not let you read what is compared',
    ],
    ['a program of that name that is none', { kubectl: { stdout: 'hello' } }, 1, 'something that is no JSON'],
  ])('%s: a message, an exit code, no stack', async (_, programs, exitCode, message) => {
    const outcome = await project().tars(tarsApp(), ['diff', '--against', 'cluster'], { programs });
    expect([outcome.exitCode, outcome.stdout]).toEqual([exitCode, '']);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });
});
