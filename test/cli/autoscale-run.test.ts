import { aContainer, answer, useFakeEngine } from '../support/fake-engine';
import { json, refusal, useFakeApiServer } from '../support/fake-api-server';
import { tarsApp } from './apps';
import type { Outcome, World } from './fake-io';
import { useProject } from './fake-io';

const project = useProject();

/** Runs it until somebody presses Ctrl-C, which the world does. */
function autoscale(words: readonly string[], world: World): Promise<Outcome> {
  return project().tars(tarsApp(), ['autoscale', 'run', 'backend', '--yes', '--interval', '1s', ...words], {
    stdin: '',
    ...world,
  });
}

describe('on Compose', () => {
  const engine = useFakeEngine();
  const COMPOSE = JSON.stringify({ services: { backend: {} } });
  const stats = (share: number) =>
    answer({
      read: '2026-01-01T00:00:00Z',
      precpu_stats: { cpu_usage: { total_usage: 0 }, system_cpu_usage: 0, online_cpus: 1 },
      cpu_stats: { cpu_usage: { total_usage: share * 1e9 }, system_cpu_usage: 1e9, online_cpus: 1 },
      memory_stats: { usage: 2 ** 20 },
    });
  let press: () => void = () => undefined;

  const world = (): World => ({
    env: { DOCKER_HOST: engine().host },
    programs: { 'docker compose': { stdout: COMPOSE } },
    onReady: (it) => (press = it),
  });

  beforeEach(() => {
    project().write('compose/docker-compose.yml', 'name: shop\nservices: {}\n');
    engine()
      .has(...[1, 2, 3].map((number) => aContainer('backend', { number })))
      .on('GET /version', answer({ Version: '29.0.0' }));
    for (const number of [2, 3]) engine().on(`GET /containers/id-backend-${number}/stats`, stats(4));
  });
  const onThirdLook = (after: () => void): void => {
    let looks = 0;
    engine().on('GET /containers/id-backend-1/stats', (seen, response) => {
      stats(4)(seen, response);
      // cpu and memory are read one after the other
      if (++looks === 5) after();
    });
  };

  test('a dry run says what it would do, once for each cooldown, and Ctrl-C ends it with 130', async () => {
    onThirdLook(() => {
      press();
    });
    const { exitCode, stdout, stderr, ran } = await autoscale(['--dry-run', '-o', 'json'], world());

    expect({ exitCode, stderr }).toEqual({
      exitCode: 130,
      stderr: expect.stringContaining('ScaleUpCooldown') as string,
    });
    expect(stderr).toContain('would scale backend between 3 and 10, until Ctrl-C');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([expect.objectContaining({ name: 'backend', from: 3, to: 4, reason: 'AboveThreshold', isDryRun: true })]);
    expect(ran.filter((line) => line.includes(' up '))).toEqual([]);
  });

  test('a change is done by Compose, and is a line', async () => {
    onThirdLook(() => {
      press();
    });
    const { stdout, ran } = await autoscale([], world());

    expect(ran.find((line) => line.includes(' up '))).toMatch(/--no-deps --no-recreate --scale backend=4 backend$/);
    // the fake engine has three containers whatever Compose did: somebody else was faster, it thinks
    expect(stdout).toBe('');
  });

  test('two at a time exclude each other', async () => {
    let second: Promise<Outcome> | undefined;
    onThirdLook(() => {
      const first = press;
      second = autoscale([], world()).finally(() => {
        first();
      });
    });
    const { exitCode } = await autoscale([], world());

    const refused = await second;
    expect([exitCode, refused?.exitCode]).toEqual([130, 5]);
    expect(refused?.stderr).toMatch(/TARS\d+ engine: tars autoscale run of .* scales backend already/);
  });

  test.each([
    ['none', undefined, 'compose'],
    ['a pin of the cluster, which says no target', 'namespace: tars\n', 'compose'],
    ['a pin of Compose', 'target: compose\n', 'compose'],
    ['a pin that says Kubernetes', 'target: kubernetes\n', 'kubernetes'],
  ])('where nobody says so: %s', async (_, pin, target) => {
    if (pin !== undefined) project().write('tars.cluster.yaml', pin);
    onThirdLook(() => {
      press();
    });
    const { stderr } = await autoscale(['--dry-run', ...(target === 'kubernetes' ? ['--file', 'x.yml'] : [])], world());
    // an option of the other target is refused, with the name of the one that is meant
    expect(stderr).toContain(target === 'kubernetes' ? 'and this is kubernetes' : 'project shop');
  });

  test('its help says the same', async () => {
    const { stdout } = await project().tars(tarsApp(), ['autoscale', 'run', '--help']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('(default: the one of tars.cluster.yaml, else compose');
  });

  test.each([
    [
      'a service without a policy',
      ['autoscale', 'run', 'postgres'],
      4,
      'it has to be one service with a scaling policy',
    ],
    ['no yes', ['autoscale', 'run', 'backend'], 2, 'nobody can be asked'],
    ['a query for nobody', ['autoscale', 'run', '--query', 'rps=up'], 2, '--prometheus and --query belong together'],
    ['no query', ['autoscale', 'run', '--prometheus', 'http://p', '--query', 'disk=up'], 2, 'Allowed: cpu=QUERY'],
    ['an interval beyond every timer', ['autoscale', 'run', '--interval', '600h'], 2, 'Allowed: 1s to 24h'],
    ['an interval that is mere load', ['autoscale', 'run', '--interval', '10ms'], 2, 'Allowed: 1s to 24h'],
    ['what is not there', ['autoscale', 'explain', '--target', 'compose'], 2, 'see `tars autoscale run`'],
  ])('%s', async (_, argv, exitCode, message) => {
    const outcome = await project().tars(tarsApp(), argv, { ...world(), stdin: '' });
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain(message);
  });
});

describe('on Kubernetes', () => {
  const server = useFakeApiServer();
  const APPS = '/apis/apps/v1/namespaces/tars';
  const HPAS = '/apis/autoscaling/v2/namespaces/tars/horizontalpodautoscalers';
  const LEASE = '/apis/coordination.k8s.io/v1/namespaces/tars/leases';
  const metadata = { name: 'tars-backend', namespace: 'tars', uid: 'u', resourceVersion: '7', generation: 1 };
  const spec = { replicas: 3, selector: { matchLabels: { app: 'x' } }, template: {} };
  const none = json({ metadata: {}, items: [] });
  const hpa = { metadata, spec: { scaleTargetRef: { kind: 'Deployment', name: 'tars-backend' }, maxReplicas: 6 } };
  const run = (world: World = {}) =>
    autoscale(['--target', 'kubernetes', '--kubeconfig', server().kubeconfig()], { ...world });

  beforeEach(() => {
    server()
      .on(`GET ${APPS}/deployments`, json({ metadata: {}, items: [{ metadata, spec, status: { readyReplicas: 3 } }] }))
      .on(`GET ${APPS}/statefulsets`, none)
      .on(`GET ${APPS}/daemonsets`, none)
      .on('GET /apis/keda.sh/v1alpha1/namespaces/tars/scaledobjects', refusal(404, 'NotFound', 'no such kind'));
  });

  test('what a HorizontalPodAutoscaler has is left to it', async () => {
    server().on(`GET ${HPAS}`, json({ metadata: {}, items: [hpa] }));
    const { exitCode, stderr } = await run();

    expect(exitCode).toBe(5);
    expect(stderr).toContain('HorizontalPodAutoscaler tars-backend steers the replicas of tars-backend');
    expect(server().seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('somebody else has the Lease', async () => {
    const held = { holderIdentity: 'a colleague', leaseDurationSeconds: 60, renewTime: '2999-01-01T00:00:00.000000Z' };
    server()
      .on(`GET ${HPAS}`, none)
      .on(`GET ${LEASE}/tars-autoscale-tars-backend`, json({ metadata, spec: held }));
    const { exitCode, stderr } = await run();

    expect(exitCode).toBe(5);
    expect(stderr).toContain('a colleague has the Lease tars-autoscale-tars-backend');
  });

  test('explain: one that is fine, for people and for programs', async () => {
    const target = { type: 'Utilization', averageUtilization: 60 };
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
    const container = { name: 'web', resources: { requests: { cpu: '100m' } } };
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' };
    const pod = {
      metadata: { name: 'p1', namespace: 'tars' },
      spec: { containers: [container] },
      status: { phase: 'Running', startTime: '2020-01-01T00:00:00Z', conditions: [ready] },
    };
    const used = {
      metadata: pod.metadata,
      timestamp: '2020-01-01T00:00:00Z',
      window: '15s',
      containers: [{ name: 'web', usage: { cpu: '63m' } }],
    };
    server()
      .on(
        `GET ${HPAS}`,
        json({ metadata: {}, items: [{ ...hpa, spec: { ...hpa.spec, metrics }, status: { desiredReplicas: 1 } }] }),
      )
      .on(
        `GET ${APPS}/deployments/tars-backend/scale`,
        json({ metadata, spec: { replicas: 1 }, status: { replicas: 1, selector: 'app=x' } }),
      )
      .on('GET /api/v1/namespaces/tars/pods', json({ metadata: {}, items: [pod] }))
      .on('GET /apis/metrics.k8s.io/v1beta1/namespaces/tars/pods', json({ metadata: {}, items: [used] }))
      .on('GET /api/v1/namespaces/tars/events', none);
    const explain = (words: readonly string[]) =>
      project().run(['autoscale', 'explain', ...words, '--kubeconfig', server().kubeconfig()], { stdin: '' });

    const { exitCode, stdout } = await explain(['backend']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 replicas now; the metrics ask for 1; it stays');
    expect(stdout).toMatch(/63% +60% +1\.05 +54% to 66% +1\n/);
    const { autoscalers } = JSON.parse((await explain(['-o', 'json'])).stdout) as { autoscalers: object[] };
    expect(autoscalers).toMatchObject([
      { target: 'Deployment/tars-backend', wanted: 1, desired: 1, controllerDesired: 1 },
    ]);
  });
});
