import { serviceApp, tarsApp, twoEnvironments } from './apps';
import { useProject } from './fake-io';

const project = useProject();
const BUILD = [
  'docker build --file docker/Dockerfile --tag tars-backend:0.1.0 app/backend',
  'docker build --file docker/frontend.Dockerfile --tag tars-frontend:0.1.0 app/frontend',
];
const registry = tarsApp({ images: { registry: 'ghcr.io/acme', tag: '2025.11.1' } });

/** A project that was synthesized, with directories where the applications would be. */
async function synthesized(): Promise<void> {
  await project().tars(tarsApp(), ['synth', '--no-secrets']);
  project().write('app/backend/requirements.txt', '');
  project().write('app/frontend/package.json', '{}');
}

describe('tars images build', () => {
  test('builds each image with its Dockerfile, and shows the commands', async () => {
    await synthesized();
    const { exitCode, ran, stderr, stdout } = await project().tars(tarsApp(), ['images', 'build'], {
      programs: { docker: {} },
    });
    expect(exitCode).toBe(0);
    expect(ran).toEqual(BUILD);
    expect(stderr).toBe(BUILD.map((line) => `$ ${line}\n`).join(''));
    expect(stdout).toBe('built tars-backend:0.1.0\nbuilt tars-frontend:0.1.0\n');
  });

  test('--dry-run prints them, and runs nothing', async () => {
    const { exitCode, ran, stdout } = await project().tars(tarsApp(), ['images', 'build', '--dry-run']);
    expect([exitCode, ran]).toEqual([0, []]);
    expect(stdout).toBe(BUILD.map((line) => `${line}\n`).join(''));
  });

  test('names, platform and engine are as one says', async () => {
    const argv = ['images', 'build', '--dry-run', '--platform', 'linux/arm64', '--engine', 'podman'];
    const { stdout } = await project().tars(registry, argv);
    expect(stdout.split('\n')[0]).toBe(
      'podman build --file docker/Dockerfile --tag ghcr.io/acme/tars-backend:2025.11.1 --platform linux/arm64 app/backend',
    );
  });

  test('an image of several environments is built once', async () => {
    const { stdout } = await project().tars(twoEnvironments(), ['images', 'build', '--dry-run']);
    expect(stdout).toBe(BUILD.map((line) => `${line}\n`).join(''));
  });

  test.each([
    ['no Dockerfiles', 'docker/Dockerfile', 'run `tars synth` first', (): Promise<void> => Promise.resolve()],
    [
      'no application',
      'app/backend',
      'set build.context to the directory of the application',
      async (): Promise<void> => {
        await project().tars(tarsApp(), ['synth', '--no-secrets']);
      },
    ],
  ])('%s: says so before it starts', async (_, path, remedy, prepare) => {
    await prepare();
    const { exitCode, ran, stderr } = await project().tars(tarsApp(), ['images', 'build'], {
      programs: { docker: {} },
    });
    expect([exitCode, ran]).toEqual([4, []]);
    expect(stderr).toContain(`error TARS5005 ${path}: `);
    expect(stderr).toContain(`remedy:  ${remedy}`);
  });

  test('no docker: where to get it', async () => {
    await synthesized();
    const { exitCode, stderr } = await project().tars(tarsApp(), ['images', 'build']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('error TARS5005 docker: there is no program "docker"');
    expect(stderr).toContain('remedy:  install Docker, https://docs.docker.com/get-docker, or name another program');
  });

  test('a build that fails ends the run', async () => {
    await synthesized();
    const { exitCode, ran, stderr } = await project().tars(tarsApp(), ['images', 'build'], {
      programs: { docker: { status: 17 } },
    });
    expect([exitCode, ran.length]).toEqual([1, 1]);
    expect(stderr).toContain(`error TARS5005 docker: it failed: ${BUILD[0] ?? ''}\n    given:   exit code 17`);
  });
});

describe('tars images push', () => {
  test('pushes to the registry', async () => {
    const { exitCode, ran } = await project().tars(registry, ['images', 'push'], { programs: { docker: {} } });
    expect(exitCode).toBe(0);
    expect(ran).toEqual([
      'docker push ghcr.io/acme/tars-backend:2025.11.1',
      'docker push ghcr.io/acme/tars-frontend:2025.11.1',
    ]);
  });

  test('without a registry: says where to name one', async () => {
    const { exitCode, ran, stderr } = await project().tars(tarsApp(), ['images', 'push'], { programs: { docker: {} } });
    expect([exitCode, ran]).toEqual([1, []]);
    expect(stderr).toContain('error TARS3004 images.registry: there is no registry to push to');
    expect(stderr).toContain('allowed: a registry and a path, e.g. "ghcr.io/acme"');
  });
});

describe('tars images load', () => {
  const IMAGES = 'tars-backend:0.1.0 tars-frontend:0.1.0';

  test.each([
    ['kind-dev', [`kind load docker-image ${IMAGES} --name dev`]],
    ['k3d-dev', [`k3d image import ${IMAGES} --cluster dev`]],
    [
      'minikube',
      [
        'minikube image load tars-backend:0.1.0 --profile minikube',
        'minikube image load tars-frontend:0.1.0 --profile minikube',
      ],
    ],
    ['docker-desktop', []],
  ])("finds the cluster by kubectl's context %s", async (context, expected) => {
    const programs = { 'kubectl config current-context': { stdout: `${context}\n` }, kind: {}, k3d: {}, minikube: {} };
    const { exitCode, ran } = await project().tars(tarsApp(), ['images', 'load'], { programs });
    expect(exitCode).toBe(0);
    expect(ran.slice(1)).toEqual(expected);
  });

  test('--target and --name are stronger', async () => {
    const argv = ['images', 'load', '--target', 'kind', '--name', 'x'];
    const { ran } = await project().tars(tarsApp(), argv, { programs: { kind: {} } });
    expect(ran).toEqual([`kind load docker-image ${IMAGES} --name x`]);
  });

  test('containerd takes an archive, which does not stay', async () => {
    const removed: unknown[] = [];
    const { ran } = await project().tars(tarsApp(), ['images', 'load', '--target', 'containerd'], {
      programs: { docker: {}, ctr: {} },
      fs: { rmSync: (path) => removed.push(path) },
    });
    const [save = '', load = ''] = ran;
    expect(save).toMatch(new RegExp(`^docker save --output \\S+\\.tar ${IMAGES}$`));
    const archive = save.split(' ')[3];
    expect(load).toBe(`ctr --namespace k8s.io images import ${archive ?? ''}`);
    expect(removed).toContain(archive);
  });

  test.each([
    ['another cluster', { kubectl: { stdout: 'prod\n' } }, 'kubectl\'s context "prod"'],
    ['no kubectl', {}, 'kubectl has no current context'],
  ])('%s: says what there is', async (_, programs, given) => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['images', 'load'], { programs });
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`given:   ${given}\n    allowed: kind, k3d, minikube, containerd, docker`);
  });

  describe('where tars.cluster.yaml pins a cluster', () => {
    const view = (context: string): string =>
      `kubectl --context ${context} config view --minify --output jsonpath={.clusters[0].cluster.server}`;
    const programs = {
      'kubectl config current-context': { stdout: 'kind-dev\n' },
      [view('kind-dev')]: { stdout: 'https://127.0.0.1:6443' },
      [view('kind-prod')]: { stdout: 'https://10.0.0.1:6443' },
      ...{ kind: {}, k3d: {}, minikube: {}, docker: {}, ctr: {} },
    };
    const load = (pin: string, ...more: string[]): ReturnType<ReturnType<typeof project>['tars']> => {
      project().write('tars.cluster.yaml', pin);
      return project().tars(tarsApp(), ['images', 'load', ...more], { programs });
    };
    const loaded = ({ ran }: { readonly ran: readonly string[] }): readonly string[] =>
      ran.filter((line) => !line.startsWith('kubectl'));

    test.each([
      ['server: https://10.0.0.1:6443\n', [], 'server https://10.0.0.1:6443, and this is https://127.0.0.1:6443'],
      ['context: kind-prod\n', ['--target', 'kind', '--name', 'dev'], 'context kind-prod, and this is kind-dev'],
      ['context: kind-prod\n', ['--target', 'kind'], 'context kind-prod, and this is kind-kind'],
      ['context: kind-prod\n', ['--name', 'dev', '--dry-run'], 'context kind-prod, and this is kind-dev'],
      ['context: minikube\n', ['--target', 'k3d'], 'context minikube, and this is k3d-k3s-default'],
      ['server: https://a\n', ['--target', 'minikube'], 'a cluster of which kubectl has no context minikube'],
      ['server: [\n', [], 'cannot be understood'],
    ])('%j: %j is refused', async (pin, more, message) => {
      const outcome = await load(pin, ...more);
      expect([outcome.exitCode, loaded(outcome)]).toEqual([2, []]);
      expect(outcome.stderr).toContain('error TARS7023 ');
      expect(outcome.stderr).toContain(message);
      expect(outcome.stderr).not.toContain('--context');
    });

    test.each([
      ['context: kind-prod\n', [], `kind load docker-image ${IMAGES} --name prod`],
      ['server: https://10.0.0.1:6443/\n', ['--target', 'kind', '--name', 'prod'], / --name prod$/],
      ['namespace: tars\n', [], / --name dev$/],
      ['context: kind-prod\n', ['--target', 'containerd'], /^ctr /],
    ])('%j: %j is loaded into', async (pin, more, line) => {
      const outcome = await load(pin, ...more);
      expect([outcome.exitCode, loaded(outcome).at(-1)]).toEqual([0, expect.stringMatching(line) as string]);
    });

    test('and that is none on this machine', async () => {
      const outcome = await load('context: production\n');
      expect([outcome.exitCode, loaded(outcome)]).toEqual([4, []]);
      expect(outcome.stderr).toContain('given:   tars.cluster.yaml\'s context "production"');
    });
  });

  test.each(['containerd', 'docker'])('--name is not of %s', async (target) => {
    const argv = ['images', 'load', '--target', target, '--name', 'x'];
    const { exitCode, stderr, ran } = await project().tars(tarsApp(), argv, { programs: { docker: {}, ctr: {} } });
    expect([exitCode, ran]).toEqual([2, []]);
    expect(stderr).toContain(`--name is of kind, k3d, minikube, and this is ${target}`);
  });

  test('a tool that is missing', async () => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['images', 'load', '--target', 'kind']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('remedy:  install kind, https://kind.sigs.k8s.io/');
  });
});

describe('tars images list', () => {
  test('what is built from what', async () => {
    const { stdout } = await project().tars(tarsApp(), ['images', 'list']);
    expect(stdout).toMatch(/^tars-backend:0\.1\.0 +docker\/Dockerfile +app\/backend +tars\/backend$/m);
    const json = await project().tars(registry, ['images', 'list', '-o', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      images: [
        { reference: 'ghcr.io/acme/tars-backend:2025.11.1', services: ['tars/backend'] },
        { context: 'app/frontend' },
      ],
    });
  });

  test('a system that builds nothing', async () => {
    const { stdout } = await project().tars(serviceApp(), ['images', 'list', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual({ images: [] });
  });
});
