import { json, refusal, useFakeApiServer } from '../support/fake-api-server';
import type { Outcome, World } from './fake-io';
import { useProject } from './fake-io';

const server = useFakeApiServer();
const project = useProject();

const APPS = '/apis/apps/v1/namespaces/tars';
const SCALE = `${APPS}/deployments/tars-web/scale`;
const PIPE = { stdin: '' };
const meta = { name: 'tars-web', namespace: 'tars', uid: 'u', resourceVersion: '7', generation: 1 };
const deployment = { metadata: meta, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: {} } };
const none = json({ metadata: {}, items: [] });

function tars(argv: readonly string[], world: World = {}): Promise<Outcome> {
  return project().run([...argv, '--kubeconfig', server().kubeconfig()], world);
}

beforeEach(() => {
  server()
    .on(`GET ${APPS}/deployments`, json({ metadata: {}, items: [deployment] }))
    .on(`GET ${APPS}/statefulsets`, none)
    .on(`GET ${APPS}/daemonsets`, none)
    .on(`GET ${APPS}/deployments/tars-web`, json(deployment))
    .on('GET /apis/autoscaling/v2/namespaces/tars/horizontalpodautoscalers', none)
    .on(`GET ${SCALE}`, json({ metadata: meta, spec: { replicas: 2 } }))
    .on(`PUT ${SCALE}`, json({}))
    .on('POST /api/v1/namespaces/tars/events', json({}));
});

test('a change names the cluster, is done, and leaves an Event', async () => {
  const { exitCode, stdout, stderr } = await tars(['scale', 'web', '5', '--yes'], PIPE);

  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'done: scaled tars-web from 2 to 5\n' });
  expect(stderr).toContain(`in context fake (http://127.0.0.1:${server().port}), namespace tars`);
  const event = server().seen.find(({ path }) => path.endsWith('/events'))?.body ?? '';
  expect(JSON.parse(event)).toMatchObject({
    reason: 'Scaled',
    involvedObject: { kind: 'Deployment', name: 'tars-web' },
  });
});

test('a dry run asks nobody, is checked by the server, and leaves nothing', async () => {
  const { exitCode, stdout } = await tars(['scale', 'web', '5', '--dry-run'], PIPE);

  expect(exitCode).toBe(0);
  expect(stdout).toBe('would have scaled tars-web from 2 to 5 (dry run; nothing speaks against it)\n');
  expect(
    server()
      .seen.find(({ method }) => method === 'PUT')
      ?.query.get('dryRun'),
  ).toBe('All');
  expect(server().count('POST /api/v1/namespaces/tars/events')).toBe(0);
});

test.each([
  ['in a pipe', PIPE, 2],
  ['no', { isTTY: true, answer: 'n' }, 2],
  ['Ctrl-C', { isTTY: true }, 130],
])('nothing is changed without a yes: %s', async (_, world, exitCode) => {
  expect((await tars(['scale', 'web', '5'], world)).exitCode).toBe(exitCode);
  expect(server().count(`PUT ${SCALE}`)).toBe(0);
});

test('yes on the terminal', async () => {
  expect((await tars(['scale', 'web', '5'], { isTTY: true, answer: 'y' })).exitCode).toBe(0);
  expect(server().count(`PUT ${SCALE}`)).toBe(1);
});

test.each([
  ['server: https://elsewhere.example:6443', 'tars.cluster.yaml says server https://elsewhere.example:6443'],
  ['namespace: other', undefined],
  ['server: [', 'it is no YAML'],
  ['sever: x', 'unknown key "sever"'],
])('the pin %s', async (pin, message) => {
  project().write('tars.cluster.yaml', pin);

  const { exitCode, stderr } = await tars(['scale', 'web', '5', '--yes', '-n', 'tars'], PIPE);

  expect(exitCode).toBe(2);
  expect(stderr).toContain(message ?? 'tars.cluster.yaml says namespace other, and this is tars');
  expect(server().count(`PUT ${SCALE}`)).toBe(0);
});

test('a pin that fits', async () => {
  project().write('tars.cluster.yaml', `server: http://127.0.0.1:${server().port}/\nnamespace: tars\n`);

  expect((await tars(['scale', 'web', '5', '--yes'], PIPE)).exitCode).toBe(0);
});

test.each([
  ['not there', ['scale', 'nothing', '1', '--yes'], undefined, 4],
  ['another number', ['scale', 'web', '1', '--current-replicas', '9', '--yes'], undefined, 5],
  ['forbidden', ['scale', 'web', '1', '--yes'], refusal(403, 'Forbidden', 'no'), 1],
  ['no number', ['scale', 'web', 'many', '--yes'], undefined, 2],
  ['nothing said', ['scale', 'web', '--yes'], undefined, 2],
  ['no metrics', ['top'], undefined, 1],
  ['a context that is not there', ['pods', '--context', 'none'], undefined, 1],
] as const)('exit code: %s', async (_, argv, answer, exitCode) => {
  if (answer !== undefined) server().on(`PUT ${SCALE}`, answer);

  expect((await tars(argv, PIPE)).exitCode).toBe(exitCode);
});

test('a failure as data', async () => {
  const { stdout, exitCode } = await tars(['top', '-o', 'json'], PIPE);

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ issues: [{ code: 'TARS7018' }], exitCode: 1 });
});

test.each([[[]], [['-o', 'json']]])(
  'the status of nothing is 4, and says how another place is named: %j',
  async (more) => {
    server()
      .on(`GET ${APPS}/deployments`, none)
      .on('GET /version', json({ gitVersion: 'v1.37.2' }));
    for (const path of ['/api/v1/namespaces/tars/pods', '/api/v1/nodes']) server().on(`GET ${path}`, none);

    const { exitCode, stdout, stderr } = await tars(['status', ...more], PIPE);

    expect(exitCode).toBe(4);
    expect(stdout + stderr).toMatch(/there is no workload in context fake \(http:.*\), namespace tars/);
    expect(stdout + stderr).toContain('-n NAMESPACE or by `namespace:` in tars.cluster.yaml');
  },
);

test.each([
  ['a,b=c', 'involvedObject.name=a\\,b\\=c'],
  ['a\\b', 'involvedObject.name=a\\\\b'],
  ['tars-web.1', 'involvedObject.name=tars-web.1'],
])('events of %s are asked for by that name', async (name, selector) => {
  server().on('GET /api/v1/namespaces/tars/events', none);

  expect((await tars(['events', name], PIPE)).exitCode).toBe(0);
  expect(server().seen.map(({ query }) => query.get('fieldSelector'))).toEqual([selector]);
});

test('the status of what does not have its replicas is 1, as a table and as data', async () => {
  server().on('GET /version', json({ gitVersion: 'v1.37.2' }));
  for (const path of ['/api/v1/namespaces/tars/pods', '/api/v1/nodes']) server().on(`GET ${path}`, none);

  const { stdout, exitCode } = await tars(['status'], PIPE);
  const data = await tars(['status', '-o', 'json'], PIPE);

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/deployment\/tars-web +0\/2 +0 .*not yet/);
  expect(JSON.parse(data.stdout)).toMatchObject({
    isWell: false,
    workloads: [{ name: 'tars-web', desired: 2, ready: 0 }],
  });
});
