// `tars autoscale run --target kubernetes` and what it is made of, on the real API server: the scale subresource, the
// Lease, conflicts. Pods use what the test says, by a metrics API of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { apiServices, startMetricsServer } from './autoscaling/metrics-server.mjs';
import { Cluster } from './cluster.mjs';
import { PodActor } from './pod-actor.mjs';
import { cpuAutoscaler, ROOT } from './support.mjs';

const { AutoScaler, connectCluster, kubernetesTarget } = createRequire(import.meta.url)('cdk8s-tars/ops');
const NAMESPACE = 'scaler';
const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/backend`;
const POLICY =
  '{ minReplicas: 1, maxReplicas: 4, scaleUpCooldownSecs: 1, scaleDownCooldownSecs: 1, memoryTarget: 0, metricAggregationWindowSecs: 3 }';

let plane;
let cluster;
let client;
let actor;
let server;
let project;
/** What each pod uses, in thousandths of a processor; it asks for 100. */
let used = 0;

before(async () => {
  plane = await startControlPlane();
  cluster = new Cluster(plane);
  client = await connectCluster({ kubeconfig: plane.kubeconfig });
  server = await startMetricsServer(async ({ namespace }) => {
    const { items } = await client.call({ method: 'GET', path: `/api/v1/namespaces/${namespace}/pods` });
    return items.map(({ metadata }) => ({
      ...{ metadata: { name: metadata.name, namespace }, timestamp: new Date().toISOString(), window: '1s' },
      containers: [{ name: 'web', usage: { cpu: `${used}m`, memory: '1Mi' } }],
    }));
  });
  const labels = { app: 'backend' };
  const resources = { requests: { cpu: '100m' }, limits: { memory: '100Mi' } };
  const spec = { containers: [{ name: 'web', image: 'web:1', resources }] };
  await apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'backend', namespace: NAMESPACE } },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    ...apiServices(server.port),
  );
  actor = new PodActor(await connectCluster({ kubeconfig: plane.kubeconfig }), [NAMESPACE]);
  await cluster.until('the metrics API', async () => {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/pods`;
    return client.call({ method: 'GET', path }).then(
      ({ items }) => items.length > 0,
      () => false,
    );
  });
  project = mkdtempSync(join(tmpdir(), 'tars-scaler-'));
  for (const file of ['package.json', 'cdk8s.yaml']) cpSync(join(ROOT, file), join(project, file));
  for (const folder of ['build', 'node_modules']) symlinkSync(join(ROOT, folder), join(project, folder));
  const imports = "import { App } from 'cdk8s';\nimport { TarsChart } from 'cdk8s-tars';\nconst app = new App();\n";
  const chart = `new TarsChart(app, 'tars', { autoscalingPolicy: ${POLICY} });\nexport default app;\n`;
  writeFileSync(join(project, 'main.ts'), imports + chart);
  writeFileSync(
    join(project, 'tars.cluster.yaml'),
    `target: kubernetes\nserver: ${plane.url}\nnamespace: ${NAMESPACE}\n`,
  );
});
after(async () => {
  if (project !== undefined) rmSync(project, { recursive: true, force: true });
  await actor?.stop();
  client?.close();
  await plane?.stop();
  await server?.stop();
});

async function apply(...items) {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', '-'], { input: list });
  assert.equal(code, 0, stderr);
}

const replicas = async () => (await client.call({ method: 'GET', path: `${DEPLOYMENT}/scale` })).spec.replicas ?? 0;
const touch = () =>
  client.call({
    ...{ method: 'PATCH', path: DEPLOYMENT, contentType: 'application/merge-patch+json' },
    body: { metadata: { annotations: { touched: String(Math.random()) } } },
  });

/** Where it scales is said by tars.cluster.yaml. */
function autoscale() {
  const main = join(ROOT, 'build', 'lib', 'cli', 'main.js');
  const argv = [main, 'autoscale', 'run', 'backend', '--yes', '--interval', '1s', '-o', 'json'];
  const env = { ...process.env, KUBECONFIG: plane.kubeconfig };
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], cwd: project, env });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (chunk) => (said[stream] += chunk));
  const done = once(child, 'close').then(([code]) => ({ code, ...said }));
  return { said, done, interrupt: () => child.kill('SIGINT') };
}

test('it follows the load, with a second one refused, and gives the Lease back', async () => {
  used = 95;
  const run = autoscale();
  try {
    await cluster.until('four replicas', async () => (await replicas()) === 4);
    const second = await autoscale().done;
    assert.equal(second.code, 5, second.stdout + second.stderr);
    assert.match(second.stdout, /has the Lease tars-autoscale-backend/);
    used = 5;
    await cluster.until('one replica', async () => (await replicas()) === 1);
  } finally {
    run.interrupt();
  }
  const { code, stdout, stderr } = await run.done;
  assert.equal(code, 130, stderr);
  const changes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    changes.map(({ from, to }) => [from, to]),
    [
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 3],
      [3, 2],
      [2, 1],
    ],
    stderr,
  );
  const lease = await cluster.json('lease', 'tars-autoscale-backend', '-n', NAMESPACE);
  assert.equal(lease.spec.holderIdentity ?? '', '');
  const { items } = await cluster.json('events', '-n', NAMESPACE);
  assert.ok(items.some(({ message }) => message.includes('scaled backend from 3 to 4: AboveThreshold')));
});

test('what a HorizontalPodAutoscaler has is left to it', async () => {
  await apply(cpuAutoscaler(NAMESPACE, 'backend', 1, 3));
  used = 95;
  const { code, stdout, stderr } = await autoscale().done;
  await cluster.kubectl('delete', 'hpa', 'backend', '-n', NAMESPACE);
  assert.equal(code, 5, stderr);
  assert.match(stdout, /HorizontalPodAutoscaler backend steers the replicas of backend/);
});

/** An AutoScaler that wants more, and somebody who writes just before its first change does. */
async function raced(somebody) {
  const codes = [];
  let isFirst = true;
  const racing = Object.create(client, {
    call: {
      value: async (request) => {
        if (request.method === 'PUT' && request.path === `${DEPLOYMENT}/scale` && isFirst) {
          isFirst = false;
          await somebody();
        }
        return client.call(request).catch((error) => {
          codes.push(error.code);
          throw error;
        });
      },
    },
  });
  const target = kubernetesTarget(racing, { namespace: NAMESPACE });
  const scaler = new AutoScaler('backend', { target, now: Date.now }).addPolicy({ metricType: 'cpu', minReplicas: 1 });
  const begun = await replicas();
  await cluster.until('every pod is ready', async () => (await target.read('backend')).ready === begun);
  scaler.recordMetric({ metricType: 'cpu', value: 95 });
  const decision = await scaler.checkAndScale();
  await scaler.close();
  return { decision, codes: codes.filter((code) => code === 'Conflict'), begun };
}

test('a controller that writes in between costs no round', async () => {
  const { decision, codes, begun } = await raced(touch);
  // One of the test's own; controllers may be the cause of more.
  assert.ok(codes.length >= 1);
  assert.equal(decision.isScaled, true, decision.message);
  assert.equal(await replicas(), begun + 1);
});

test('somebody who scales in between is not overruled', async () => {
  const { decision, codes } = await raced(() =>
    cluster.kubectl('scale', 'deployment/backend', '--replicas=7', '-n', NAMESPACE),
  );
  assert.deepEqual(codes, ['Conflict']);
  assert.equal(decision.reason, 'FailedUpdateScale');
  assert.match(decision.message, /and are 7/);
  assert.equal(await replicas(), 7);
});
