import { json, useFakeApiServer } from '../support/fake-api-server';
import type { Outcome } from './fake-io';
import { useProject } from './fake-io';

// What is wrong is said before anything is announced, asked or sent; no flag is passed over in silence.

const server = useFakeApiServer();
const project = useProject();

const APPS = '/apis/apps/v1/namespaces/tars';
const HPAS = '/apis/autoscaling/v2/namespaces/tars/horizontalpodautoscalers';
const PODS = '/api/v1/namespaces/tars/pods';
const metadata = { name: 'tars-web', namespace: 'tars', uid: 'u', resourceVersion: '7', generation: 1 };
const deployment = { metadata, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: {} } };
const hpa = {
  metadata: { name: 'web', resourceVersion: '7' },
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'tars-web' }, minReplicas: 2, maxReplicas: 5 },
};
const pod = (name: string, phase: string, isReady = false): object => ({
  metadata: { name, namespace: 'tars', uid: name },
  spec: { containers: [{ name: 'app', image: 'a' }] },
  status: { phase, conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
});
const list = (...items: readonly object[]): ReturnType<typeof json> => json({ metadata: {}, items });

beforeEach(() => {
  server()
    .on(`GET ${APPS}/deployments`, list(deployment))
    .on(`GET ${APPS}/statefulsets`, list())
    .on(`GET ${APPS}/daemonsets`, list())
    .on(`GET ${APPS}/deployments/tars-web`, json(deployment))
    .on(`GET ${PODS}/web-1`, json(pod('web-1', 'Running', true)))
    .on(`GET ${HPAS}`, list(hpa));
});

/** In a terminal, at which nobody answers. */
function tars(line: string): Promise<Outcome> {
  const [own = '', inside] = line.split(' -- ');
  const words = [...own.split(' '), '--kubeconfig', server().kubeconfig()];
  return project().run([...words, ...(inside === undefined ? [] : ['--', ...inside.split(' ')])], { isTTY: true });
}

test.each([
  ['scale web --pin 5 --current-replicas 99', 2, '--current-replicas, --wait and --timeout are not of --pin'],
  ['scale web --pin 5 --wait', 2, '--current-replicas, --wait and --timeout are not of --pin'],
  ['scale web --unpin --timeout 5s', 2, '--current-replicas, --wait and --timeout are not of --pin'],
  ['scale deployment/tars-web/extra 2', 2, "'deployment/tars-web/extra' is no target"],
  ['restart pod/a/b', 2, "'pod/a/b' is no target"],
  ['restart pod/', 2, "'pod/' is no target"],
  ['restart web --delete', 2, '--delete and --force are of a pod'],
  ['restart web --force', 2, '--delete and --force are of a pod'],
  ['logs web -p -f', 2, '--follow and --previous exclude each other'],
  ['restart svc/web', 2, 'service/web is no workload'],
  ['restart deployment/nope', 4, 'TARS7001'],
  ['restart pod/nope', 4, 'TARS7001'],
  ['scale deployment/nope 2', 4, 'TARS7001'],
  ['exec pod/nope -- true', 4, 'TARS7001'],
  ['debug pod/nope -- true', 4, 'TARS7001'],
  ['exec pod/web-1 -c nope -- true', 4, 'web-1 has no container "nope"'],
  ['debug pod/web-1 -c nope -- true', 4, 'choose one of app'],
  ['exec web --container= -- true', 2, 'It is empty'],
  ['debug web --image= -- true', 2, 'It is empty'],
  ['logs web --container=', 2, 'It is empty'],
  ['check --app=', 2, 'It is empty'],
  ['restart pod/web-1 --no-wait', 2, 'nothing is waited for'],
  ['restart pod/web-1 --timeout 5s', 2, 'nothing is waited for'],
  ['restart web --no-wait --timeout 5s', 2, '--no-wait and --timeout exclude each other'],
  ['rollout status web --no-wait --timeout 5s', 2, '--no-wait and --timeout exclude each other'],
  ['scale web --unpin', 1, 'the autoscaler web is not pinned'],
  ['scale web --pin 0', 1, 'cannot be pinned to 0 replicas'],
])('tars %s ends with %i, and asks nobody', async (line, exitCode, message) => {
  const outcome = await tars(line);

  expect([outcome.exitCode, outcome.stderr]).toEqual([exitCode, expect.stringContaining(message) as string]);
  expect(outcome.stderr).not.toMatch(/go on\?|in context/);
  expect(server().seen.filter(({ method }) => method !== 'GET')).toEqual([]);
});

describe('which pod of a workload', () => {
  const [pending, running, ready] = [pod('a', 'Pending'), pod('b', 'Running'), pod('c', 'Running', true)];

  test.each([
    ['a ready one', [pending, running, ready], 'pod c'],
    ['else one that runs', [pending, running], 'pod b'],
  ])('%s', async (_, pods, said) => {
    server().on(`GET ${PODS}`, list(...pods));

    for (const line of ['exec web --dry-run -- true', 'debug web -- true']) {
      expect((await tars(line)).stderr).toContain(said);
    }
  });

  test.each(['exec web -- true', 'debug web -- true'])('none, where none runs: tars %s', async (line) => {
    server().on(`GET ${PODS}`, list(pending));

    const { exitCode, stderr } = await tars(line);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('web has no pod that runs (a: Pending)') as string]);
    expect(stderr).not.toMatch(/go on\?|in context/);
  });
});
