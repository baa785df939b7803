// The Role `tars-oncall` on the real API server: every command runs with it, and none of its rights can be
// taken away without one of them being refused.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binaryPath } from '../testbed/binaries.mjs';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { run } from '../testbed/run.mjs';
import { until } from '../testbed/wait.mjs';
import { PodActor } from './pod-actor.mjs';
import { App, cpuAutoscaler, ROOT, tars } from './support.mjs';

const { ClusterManager, connectCluster } = createRequire(import.meta.url)('cdk8s-tars/ops');
const NAMESPACE = 'oncall';
let plane;
/** The cluster's owner. */
let admin;
let actor;
let role;
let kubeconfig;

before(async () => {
  plane = await startControlPlane();
  admin = await ClusterManager.connect({ kubeconfig: plane.kubeconfig, namespace: NAMESPACE });
  const app = new App();
  new tars.TarsChart(app, 'tars', { namespace: NAMESPACE, oncallRole: true });
  role = tars.subjectOf(app).emitted.manifests.find(({ object }) => object.kind === 'Role').object;
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'oncall', namespace: NAMESPACE } });
  await apply(role);
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tars-oncall' };
  await apply({
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', roleRef },
    ...{ metadata: { name: 'oncall', namespace: NAMESPACE } },
    subjects: [{ kind: 'ServiceAccount', name: 'oncall', namespace: NAMESPACE }],
  });
  const { stdout, stderr } = await plane.kubectl(['create', 'token', 'oncall', '-n', NAMESPACE]);
  assert.notEqual(stdout, '', stderr);
  kubeconfig = join(plane.directory, 'oncall');
  writeFileSync(join(plane.directory, 'tars.cluster.yaml'), `server: ${plane.url}\nnamespace: ${NAMESPACE}\n`);
  writeFileSync(kubeconfig, readFileSync(plane.kubeconfig, 'utf8').replaceAll(plane.token, stdout.trim()));
  actor = new PodActor(await connectCluster({ kubeconfig: plane.kubeconfig }), [NAMESPACE]);
  await apply({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: NAMESPACE } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  for (const [kind, name] of Object.entries({ Deployment: 'web', StatefulSet: 'db', DaemonSet: 'agent' })) {
    for (const image of ['a:1', 'a:2']) {
      await apply(workload(kind, name, image));
      await admin.waitForRollout({ kind, name });
    }
  }
  await apply(cpuAutoscaler(NAMESPACE, 'auto', 1, 3));
  await apply(workload('Deployment', 'auto', 'a:1'));
  await admin.waitForRollout({ name: 'auto' });
});
after(async () => {
  await actor?.stop();
  await plane?.stop();
});

function workload(kind, name, image) {
  const labels = { app: name };
  return {
    ...{ apiVersion: 'apps/v1', kind, metadata: { name, namespace: NAMESPACE } },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 2 }),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
    },
  };
}

async function apply(object) {
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
  assert.equal(code, 0, stderr);
}

/** A pod of the Deployment that serves, and goes on to. */
function aPod() {
  return until('a pod that is ready', async () => {
    const pods = await admin.listPods('app=web');
    return pods.find(({ isReady, status }) => isReady && status !== 'Terminating')?.name;
  });
}

/** Runs `tars …`; what goes on until Ctrl-C is interrupted once it has said what is expected. */
async function command(argv, expected, cwd = plane.directory) {
  const main = join(ROOT, 'build', 'lib', 'cli', 'main.js');
  const PATH = [dirname(binaryPath('kubectl')), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, KUBECONFIG: kubeconfig };
  const child = spawn(process.execPath, [main, ...argv], {
    ...{ stdio: ['ignore', 'pipe', 'pipe'], cwd, env },
  });
  let text = '';
  let isInterrupted = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
      if (expected?.test(text) !== true || isInterrupted) return;
      isInterrupted = true;
      child.kill('SIGINT');
    });
  }
  const [code] = await once(child, 'close');
  return { code, text };
}

/** The command line, how it ends on a cluster without kubelets and metrics, and what it says. */
const COMMANDS = [
  [['status'], [0, 1], /deployment\/web/],
  [['pods'], [0], /web-/],
  [['pods', '--watch'], [130], /web-/],
  // A pod without a node has an empty log.
  [['logs', 'web'], [0], /^$/],
  [['exec', 'web', '--yes', '--', 'true'], [1], /TARS7019/],
  // What is too long for an Event is cut, and not a reason to leave none.
  [['exec', 'web', '--yes', '--', 'echo', 'ä'.repeat(2000)], [1], /TARS7019/],
  [['debug', 'web', '--yes', '--timeout', '1s'], [3], /TARS7013/],
  [['restart', 'web', '--yes'], [0], /rolled out/],
  [['restart', 'sts/db', '--yes', '--no-wait'], [0], /done/],
  [['restart', 'ds/agent', '--yes', '--no-wait'], [0], /done/],
  [['scale', 'web', '3', '--yes', '--wait'], [0], /from 2 to 3/],
  [['scale', 'db', '3', '--yes'], [0], /from 2 to 3/],
  [['scale', 'auto', '2', '--yes'], [5], /TARS7008/],
  [['scale', 'auto', '--pin', '2', '--yes'], [0], /pinned/],
  [['scale', 'auto', '--unpin', '--yes'], [0], /unpinned/],
  [['rollout', 'status', 'web'], [0], /rolled out/],
  [['rollout', 'history', 'web'], [0], /a:1/],
  // Nobody is asked before it is known that there is something to go back to, and what it is: before the restart.
  [['rollout', 'undo', 'web', '--dry-run'], [0], /would take .*web back to revision 2 \(a:2\)/],
  [['rollout', 'undo', 'web', '--to', '99'], [4], /no revision 99/],
  [['rollout', 'undo', 'web', '--yes'], [0], /rolled web back to revision 2 \(a:2\)/],
  [['rollout', 'undo', 'sts/db', '--yes'], [0], /rolled db back/],
  [['forward', 'svc/web', '0:80'], [130], /leads to port 80/],
  [['top'], [1], /TARS7018/],
  [['events'], [0], /ScalingReplicaSet/],
  [['events', '--watch'], [130], /ScalingReplicaSet/],
];

for (const [argv, codes, said] of COMMANDS) {
  test(`tars ${argv.join(' ').slice(0, 80)}`, async () => {
    const { code, text } = await command(argv, codes.includes(130) ? said : undefined);
    assert.doesNotMatch(text, /TARS7002|forbidden|no Event was left/i);
    assert.ok(codes.includes(code), `it ended with ${code}\n${text}`);
    assert.match(text, said);
  });
}

test('tars restart of a pod, by eviction and by deletion', async () => {
  for (const more of [[], ['--delete']]) {
    const { code, text } = await command(['restart', `pod/${await aPod()}`, '--yes', ...more]);
    assert.equal(code, 0, text);
    await admin.waitForRollout({ name: 'web' });
  }
});

test('each change has left an Event with the name that the server knows, also on a pod that is gone', async () => {
  const { stdout } = await plane.kubectl(['get', 'events', '-n', NAMESPACE, '-o', 'json']);
  const events = JSON.parse(stdout).items.filter(({ reportingComponent: by }) => by === 'cdk8s-tars');
  const counts = {};
  for (const { reason, involvedObject, message, reportingInstance } of events) {
    counts[`${reason} ${involvedObject.kind}`] = (counts[`${reason} ${involvedObject.kind}`] ?? 0) + 1;
    assert.match(message, / \(by system:serviceaccount:oncall:oncall, with tars\)$/);
    assert.equal(reportingInstance, `system:serviceaccount:${NAMESPACE}:oncall`);
  }
  assert.deepEqual(counts, {
    ...{ 'Executed Pod': 2, 'Debugged Pod': 1, 'Restarted Pod': 2 },
    ...{ 'Restarted Deployment': 1, 'Restarted StatefulSet': 1, 'Restarted DaemonSet': 1 },
    ...{ 'Scaled Deployment': 1, 'Scaled StatefulSet': 1, 'Pinned Deployment': 1, 'Unpinned Deployment': 1 },
    ...{ 'RolledBack Deployment': 1, 'RolledBack StatefulSet': 1 },
  });
  for (const { involvedObject } of events.filter(
    ({ reason, involvedObject: of }) => reason === 'Restarted' && of.kind === 'Pod',
  )) {
    await until('the pod is gone', async () => {
      const pods = await admin.listPods();
      return pods.every(({ uid }) => uid !== involvedObject.uid);
    });
    const { code, text } = await command(['events', involvedObject.name]);
    assert.equal(code, 0);
    assert.match(text, /Restarted .*restarted pod/);
  }
});

test('what asks by the real kubectl refuses another server than the pinned one, and takes the pinned context', async () => {
  const elsewhere = mkdtempSync(join(plane.directory, 'elsewhere-'));
  const pin = (text) => writeFileSync(join(elsewhere, 'tars.cluster.yaml'), text);
  const { stdout } = await plane.kubectl(['config', 'current-context']);
  const user = await plane.kubectl(['config', 'view', '-o', 'jsonpath={.users[0].name}']);
  const ask = ['config', 'set-context', 'other', '--cluster=other', `--user=${user.stdout}`];
  const set = ['config', 'set-cluster', 'other', '--server=https://127.0.0.1:1'];
  const copy = join(elsewhere, 'kubeconfig');
  writeFileSync(copy, readFileSync(kubeconfig, 'utf8'));
  for (const words of [ask, set]) assert.equal((await plane.kubectl([...words, `--kubeconfig=${copy}`])).code, 0);
  for (const argv of [
    ['doctor', '--target', 'kubernetes'],
    ['diff', '--against', 'cluster'],
  ]) {
    const at = (...more) => command([...argv, '--kubeconfig', copy, ...more], undefined, elsewhere);
    pin(`server: ${plane.url}\n`);
    // Nothing is wrong but that there is no app in this directory.
    assert.match((await at()).text, /main\.ts/);
    const other = await at('--context', 'other');
    assert.equal(other.code, 2);
    assert.match(other.text, /TARS7023 .*and this is https:\/\/127\.0\.0\.1:1$/m);
    pin(`server: https://127.0.0.1:1\ncontext: other\n`);
    assert.match((await at()).text, /main\.ts/);
    assert.equal((await at('--context', stdout.trim())).code, 2);
  }
});

/** A program in a pod, as the kubelet starts it: a ServiceAccount in its folder, the API server in its environment. */
async function inPod(script, token) {
  const folder = '/run/secrets/kubernetes.io/serviceaccount';
  const config = ['config', 'view', '--raw', '--minify', '-o', 'jsonpath={.clusters[0].cluster}'];
  const { stdout } = await plane.kubectl(config);
  const { server, 'certificate-authority-data': ca } = JSON.parse(stdout);
  const files = { token, namespace: NAMESPACE, 'ca.crt': Buffer.from(ca, 'base64').toString() };
  const source = mkdtempSync(join(plane.directory, 'pod-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(source, name), text);
  // In a mount namespace of its own, so that nothing is left on this machine.
  const enter = `mount -t tmpfs none /run; mkdir -p ${folder}; cp ${source}/* ${folder}; exec "$@"`;
  const { hostname, port } = new URL(server);
  const rights = process.getuid() === 0 ? [] : ['--map-root-user'];
  const words = [...rights, '--mount', 'sh', '-euc', enter, 'sh', process.execPath, '-e', script];
  const env = { KUBECONFIG: kubeconfig, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  return run('unshare', words, { cwd: ROOT, env });
}

describe(
  'the ServiceAccount of a pod',
  { skip: process.platform !== 'linux' && 'namespaces of Linux are needed' },
  () => {
    const script = (pod = '') => `
    const { ClusterManager } = require('cdk8s-tars/ops');
    const said = (promise) => promise.then(() => 'done', ({ code }) => code);
    (async () => {
      const manager = await ClusterManager.connect({ inCluster: true });
      const pods = await manager.listPods('app=web');
      const outcomes = {
        where: manager.where,
        pods: pods.length > 0,
        restart: await said(manager.restart({ name: 'web' }, { dryRun: true })),
        watch: await said(manager.waitFor({ kind: 'Pod', name: 'none' }, 'created', { timeoutMs: 300 })),
        exec: await said(manager.executeInPod(${JSON.stringify(pod)}, ['true'])),
        nodes: await said(manager.getNodeInfo('none')),
      };
      manager.close();
      console.log(JSON.stringify(outcomes));
    })().catch(({ code, message }) => console.log(JSON.stringify({ code, message })));`;

    test('serves the library, within its rights', async () => {
      const { stdout: token } = await plane.kubectl(['create', 'token', 'oncall', '-n', NAMESPACE]);
      const { code, stdout, stderr } = await inPod(script(await aPod()), token.trim());
      assert.equal(code, 0, stderr);
      const { where, ...outcomes } = JSON.parse(stdout);
      assert.match(where, new RegExp(`^context inClusterContext \\(${plane.url}\\), namespace ${NAMESPACE}$`));
      assert.deepEqual(outcomes, {
        ...{ pods: true, restart: 'done', watch: 'Timeout', exec: 'ContainerNotReady', nodes: 'Forbidden' },
      });
    });

    test('whose token is not of this cluster is told so', async () => {
      const { stdout } = await inPod(script(), 'none');
      assert.equal(JSON.parse(stdout).code, 'Unauthorized');
    });
  },
);

/** What needs each right, by the library. */
const USES = {
  'pods get': async (m) => m.getPodInfo(await aPod()),
  'pods list': (m) => m.listPods(),
  'pods watch': (m) => m.waitFor({ kind: 'Pod', name: 'none' }, 'created', { timeoutMs: 500 }),
  'pods delete': async (m) => m.restartPod(await aPod(), { delete: true, dryRun: true }),
  'pods/log get': async (m) => first(m.monitorPodLogs({ pod: await aPod(), follow: false })),
  'pods/exec get': async (m) => m.executeInPod(await aPod(), ['true']),
  'pods/exec create': async (m) => m.executeInPod(await aPod(), ['true']),
  'pods/portforward get': (m) => forwarded(m),
  'pods/portforward create': (m) => forwarded(m),
  'pods/eviction create': async (m) => m.restartPod(await aPod(), { dryRun: true }),
  'pods/ephemeralcontainers patch': async (m) => m.debug(await aPod(), { image: 'a:1', dryRun: true }),
  'services get': (m) => forwarded(m, { kind: 'Service', name: 'web', port: 80 }),
  'events list': (m) => m.events(),
  'events watch': (m) => all(m.followEvents({ signal: AbortSignal.timeout(500) })),
  'events create': (m) => m.audit({ kind: 'Deployment', name: 'web', action: 'Tested', message: 'a test' }),
  ...Object.fromEntries(
    Object.entries({ Deployment: 'web', StatefulSet: 'db', DaemonSet: 'agent' }).flatMap(([kind, name]) => {
      const plural = `${kind.toLowerCase()}s`;
      return [
        [`${plural} get`, (m) => m.rolloutStatus({ kind, name })],
        [`${plural} list`, (m) => m.listWorkloads(kind)],
        [`${plural} watch`, (m) => m.waitFor({ kind, name: 'none' }, 'created', { timeoutMs: 500 })],
        [`${plural} patch`, (m) => m.restart({ kind, name }, { dryRun: true })],
        ...(kind === 'DaemonSet'
          ? []
          : [
              [`${plural}/scale get`, (m) => m.scaleDeployment(name, 1, { kind, dryRun: true })],
              [`${plural}/scale update`, (m) => m.scaleDeployment(name, 1, { kind, dryRun: true })],
            ]),
      ];
    }),
  ),
  'replicasets list': (m) => m.revisions({ name: 'web' }),
  'controllerrevisions list': (m) => m.revisions({ kind: 'StatefulSet', name: 'db' }),
  'horizontalpodautoscalers list': (m) => m.autoscalers('web'),
  'horizontalpodautoscalers patch': (m) => m.pin('auto', 2, { dryRun: true }),
  'scaledobjects list': (m) => m.autoscalers('web'),
  'metrics.k8s.io/pods list': (m) => m.top(),
};

async function first(iterator) {
  for await (const one of iterator) return one;
}
async function all(iterator) {
  for await (const one of iterator) assert.ok(one);
}
async function forwarded(manager, target = { name: '', port: 80 }) {
  let failure;
  const to = target.name === '' ? { ...target, name: await aPod() } : target;
  const forward = await manager.portForward(to, { onError: (error) => (failure = error) });
  const socket = connect(forward.port, forward.host).on('error', () => {});
  await once(socket, 'close');
  await forward.close();
  if (failure !== undefined) throw failure;
}

test('each right of the Role is needed, and there is no other', async () => {
  const rights = role.rules.flatMap(({ apiGroups: [group], resources, verbs }) =>
    resources.flatMap((resource) =>
      verbs.map((verb) => ({
        group,
        resource,
        verb,
        name: `${group === 'metrics.k8s.io' ? `${group}/` : ''}${resource} ${verb}`,
      })),
    ),
  );
  assert.deepEqual(rights.map(({ name }) => name).sort(), Object.keys(USES).sort());
  const manager = await ClusterManager.connect({ kubeconfig, namespace: NAMESPACE });
  const isRefused = (use) =>
    use(manager).then(
      () => false,
      ({ code, message }) => code === 'Forbidden' || `${code}: ${message}`,
    );
  for (const { group, resource, verb, name } of rights) {
    const allowed = await isRefused(USES[name]);
    assert.notEqual(allowed, true, `${name}: refused although it is granted`);
    const rules = role.rules.flatMap((rule) =>
      rule.apiGroups[0] !== group
        ? [rule]
        : rule.resources.map((one) => ({
            ...rule,
            resources: [one],
            verbs: rule.verbs.filter((other) => one !== resource || other !== verb),
          })),
    );
    await apply({ ...role, rules: rules.filter(({ verbs }) => verbs.length > 0) });
    // The authorizer watches Roles, and is a little behind.
    await until(`${name} is needed: it is refused`, async () => (await isRefused(USES[name])) === true);
    await apply(role);
    await until(`${name} is granted again`, async () => (await isRefused(USES[name])) !== true);
  }
  manager.close();
});
