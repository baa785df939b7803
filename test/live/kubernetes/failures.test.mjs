// @ts-check
// Every way in which an operation fails, provoked on a real cluster; and the races.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../../testbed/run.mjs';
import { until } from '../../testbed/wait.mjs';
import { root } from '../project.mjs';
import { kubectl } from './cluster.mjs';
import { autoscaler, budget, cannotStart, deployment, echo, neverReady, place, pod, podSpec } from './ops-objects.mjs';
import {
  apply,
  clientOf,
  fails,
  kubeconfigWith,
  managerOf,
  placeDown,
  placeUp,
  readyPod,
  throughProxy,
} from './ops-place.mjs';
import { tars } from './tars.mjs';

const require = createRequire(import.meta.url);
const { ComposeManager } = require('cdk8s-tars/ops');
/** @type {{ CLUSTER_ERRORS: Record<string, { code: string }> }} */
const { CLUSTER_ERRORS } = require(join(root, 'build', 'lib', 'ops', 'cluster-client', 'cluster-error.js'));

/** @type {any} */
let manager;
/** A pod that serves. @type {string} */
let server;
/** A folder without a project. @type {string} */
let elsewhere;

before(async () => {
  elsewhere = mkdtempSync(join(tmpdir(), 'tars-elsewhere-'));
  await placeUp();
  manager = await managerOf();
  await apply(deployment('server', podSpec(echo), { replicas: 1 }), budget('server'));
  server = await readyPod(manager, 'server');
});
after(async () => {
  manager?.close();
  rmSync(elsewhere, { recursive: true, force: true });
  await placeDown();
});

/** How each kind of failure comes about on a real cluster. @type {Record<string, () => Promise<void>>} */
const PROVOKED = {
  NotFound: () => fails(manager.getPodInfo('none'), 'NotFound', /pods "none" not found/),

  Forbidden: async () => {
    const token = (await kubectl(['create', 'token', 'default', '-n', place])).trim();
    const file = await kubeconfigWith(({ user }) => renew(user, { token }));
    await fails((await managerOf({ kubeconfig: file })).listPods(), 'Forbidden', /cannot list resource "pods"/);
  },

  Unauthorized: async () => {
    const file = await kubeconfigWith(({ user }) => renew(user, { token: 'wrong' }));
    await fails((await managerOf({ kubeconfig: file })).listPods(), 'Unauthorized');
  },

  Refused: async () => {
    const { client } = manager;
    const body = { metadata: { name: 'x' } };
    const path = `/api/v1/namespaces/${place}/pods`;
    await fails(client.call({ method: 'POST', path, body }), 'Refused', /containers: Required value/);
  },

  Conflict: async () => {
    const { client } = manager;
    const path = `/apis/apps/v1/namespaces/${place}/deployments/server/scale`;
    const old = await client.call({ method: 'GET', path });
    await kubectl(['annotate', 'deployment', 'server', '-n', place, '--overwrite', `at=${Date.now()}`]);
    const body = { ...old, spec: { replicas: 1 } };
    await fails(client.call({ method: 'PUT', path, body }), 'Conflict', /object has been modified/);
  },

  PreconditionFailed: () =>
    fails(manager.scaleDeployment('server', 2, { currentReplicas: 7 }), 'PreconditionFailed', /should be 7, and is 1/),

  ScaleSuperseded: async () => {
    await apply(deployment('never', neverReady));
    const scaled = manager.scaleDeployment('never', 3, { wait: true, timeoutMs: 300_000 });
    const failed = fails(scaled, 'ScaleSuperseded', /to 2 while 3/);
    await until('it is scaled', async () => (await manager.getDeploymentStatus('never')).desired === 3);
    await kubectl(['scale', 'deployment', 'never', '-n', place, '--replicas=2']);
    await failed;
  },

  ManagedByAutoscaler: async () => {
    await apply(deployment('auto', podSpec(echo)), autoscaler('auto'));
    await fails(manager.scaleDeployment('auto', 3), 'ManagedByAutoscaler', /between 1 and 2/);
  },

  ProgressDeadlineExceeded: async () => {
    await apply(deployment('late', neverReady, { progressDeadlineSeconds: 3 }));
    const rollout = manager.waitForRollout({ name: 'late' });
    await fails(rollout, 'ProgressDeadlineExceeded', /exceeded its progress deadline/);
  },

  RolloutRefused: async () => {
    const { securityContext, ...spec } = podSpec(echo);
    assert.ok(securityContext);
    await apply(deployment('careless', spec));
    const rollout = manager.waitForRollout({ name: 'careless' }, { refusalMs: 500 });
    await fails(rollout, 'RolloutRefused', /violates PodSecurity/);
  },

  RolloutPaused: async () => {
    await apply(deployment('paused', podSpec(echo), { paused: true }));
    await fails(manager.restart({ name: 'paused' }), 'RolloutPaused');
  },

  ObjectDeleted: async () => {
    await apply(pod('gone', podSpec(echo)));
    const waiting = manager.waitFor({ kind: 'Pod', name: 'gone' }, { condition: 'Never' });
    const failed = fails(waiting, 'ObjectDeleted');
    await until('it is there', () => manager.getPodInfo('gone'));
    await kubectl(['delete', 'pod', 'gone', '-n', place]);
    await failed;
  },

  Timeout: () => fails(manager.executeInPod(server, ['sleep', '60'], { timeoutMs: 500 }), 'Timeout'),

  Aborted: async () => {
    const abort = new AbortController();
    const lines = manager.monitorPodLogs({ pod: server, signal: abort.signal });
    const waiting = lines.next();
    abort.abort();
    await fails(waiting, 'Aborted');
  },

  TooManyRequests: async () => {
    await until('the budget is seen', async () => {
      const { status } = JSON.parse(await kubectl(['get', 'pdb', 'server', '-n', place, '-o', 'json']));
      return status.currentHealthy === 1;
    });
    await fails(manager.restartPod(server), 'TooManyRequests', /disruption budget/);
  },

  ApiUnavailable: async () => {
    const file = await kubeconfigWith(({ cluster }) => (cluster.server = 'https://127.0.0.1:1'));
    const other = await managerOf({ kubeconfig: file });
    await fails(other.executeInPod(server, ['true']), 'ApiUnavailable', /ECONNREFUSED/);
  },

  ConnectionLost: async () => {
    const { proxy, kubeconfig } = await throughProxy();
    const shaky = await managerOf({ kubeconfig });
    const onOutput = () => void proxy.cut();
    await fails(shaky.executeInPod(server, ['yes'], { onOutput }), 'ConnectionLost');
    await proxy.close();
  },

  MetricsUnavailable: async () => {
    const name = 'v1beta1.metrics.k8s.io';
    const { apiVersion, kind, metadata, spec } = JSON.parse(await kubectl(['get', 'apiservice', name, '-o', 'json']));
    const { labels, annotations } = metadata;
    const own = { apiVersion, kind, metadata: { name, labels, annotations }, spec };
    try {
      // Registered, and nobody behind it; then not even that.
      await kubectl(['patch', 'apiservice', name, '--type=merge', '-p', '{"spec":{"service":{"name":"nobody"}}}']);
      await until('it is away', () => fails(manager.top(), 'MetricsUnavailable').then(() => true));
      await kubectl(['delete', 'apiservice', name]);
      await until('it is gone', () => fails(manager.top(), 'MetricsUnavailable').then(() => true));
      assert.equal((await manager.getClusterInfo()).used, undefined);
    } finally {
      await apply(own);
    }
    await until('there are metrics again', () => manager.top(), { timeoutMs: 300_000 });
  },

  ContainerNotReady: async () => {
    await apply(pod('stuck', cannotStart));
    await until('it has a node', async () => (await manager.getPodInfo('stuck')).node !== undefined);
    await fails(manager.executeInPod('stuck', ['true']), 'ContainerNotReady');
    await fails(manager.portForward({ name: 'stuck', port: 7000 }), 'ContainerNotReady');
  },

  ExecFailed: () => fails(manager.executeInPod(server, ['/no/such/program']), 'ExecFailed', /no such file/),

  NoCluster: () => fails(clientOf(join(elsewhere, 'none')), 'NoCluster', /cannot be read/),

  ClientMissing: async () => {
    // The library as it is, in a folder where of the packages that it can use that one is not installed.
    const own = join(elsewhere, 'build', 'lib');
    mkdirSync(own, { recursive: true });
    for (const file of ['ops.js', 'core.js']) {
      copyFileSync(join(root, 'build', 'lib', file), join(own, file));
    }
    for (const name of Object.keys(require(join(root, 'package.json')).dependencies)) {
      const link = join(elsewhere, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), link);
    }
    const program = `require(${JSON.stringify(join(own, 'ops.js'))}).ClusterManager.connect()
      .catch((error) => console.log(error.code, error.remedy))`;
    const { stdout, stderr } = await run(process.execPath, ['-e', program], { cwd: elsewhere });
    assert.match(stdout, /^ClientMissing npm install .*@kubernetes\/client-node@/, stderr);
  },

  WrongCluster: async () => {
    writeFileSync(join(elsewhere, 'tars.cluster.yaml'), 'server: https://production.example.com:6443\n');
    try {
      const { code, text } = await tars(['scale', 'server', '2', '--yes', '-n', place], elsewhere);
      assert.equal(code, 2, text);
      assert.match(text, /TARS7023/);
    } finally {
      rmSync(join(elsewhere, 'tars.cluster.yaml'));
    }
    assert.equal((await manager.getDeploymentStatus('server')).desired, 1);
  },

  Unconfirmed: async () => {
    const { code, text } = await tars(['scale', 'server', '2', '-n', place], elsewhere);
    assert.equal(code, 2, text);
    assert.match(text, /TARS7024/);
    assert.equal((await manager.getDeploymentStatus('server')).desired, 1);
  },

  // Of engines alone, and said without asking one; the suite `operations` of Compose does it on a real one.
  Unsupported: () =>
    fails(ComposeManager.connect({ project: 'none', host: 'unix:///none.sock' }).rollback(), 'Unsupported'),
};

describe('each kind of failure', () => {
  test('is provoked here', () => {
    assert.deepEqual(Object.keys(PROVOKED).sort(), Object.keys(CLUSTER_ERRORS).sort());
  });
  for (const [code, provoke] of Object.entries(PROVOKED)) {
    test(code, provoke);
  }
});

describe('races', () => {
  test('scaling beside somebody who writes all the time, and among several who scale', async () => {
    await apply(deployment('raced', podSpec(echo)));
    await manager.waitForRollout({ name: 'raced' });
    const abort = new AbortController();
    const annotate = (/** @type {number} */ i) =>
      kubectl(['annotate', 'deployment', 'raced', '-n', place, '--overwrite', `i=${i}`]);
    const other = (async () => {
      for (let i = 0; !abort.signal.aborted; i++) await annotate(i);
    })();
    try {
      for (const replicas of [2, 3, 1]) {
        await manager.scaleDeployment('raced', replicas, { wait: true });
        assert.equal((await manager.getDeploymentStatus('raced')).available, replicas);
      }
      const several = [2, 3, 4].map((to) => manager.scaleDeployment('raced', to, { currentReplicas: 1 }));
      const codes = (await Promise.allSettled(several)).flatMap((one) => ('reason' in one ? [one.reason.code] : []));
      assert.deepEqual(codes, ['PreconditionFailed', 'PreconditionFailed']);
    } finally {
      abort.abort();
      await other;
    }
  });

  test('a workload that is deleted while it is scaled, also when it comes again at once', async () => {
    await apply(deployment('brief', neverReady));
    const failed = fails(manager.scaleDeployment('brief', 2, { wait: true }), 'ObjectDeleted');
    await until('it is scaled', async () => (await manager.getDeploymentStatus('brief')).desired === 2);
    await kubectl(['delete', 'deployment', 'brief', '-n', place, '--wait=false']);
    await apply(deployment('brief', neverReady, { replicas: 2 }));
    await failed;
  });
});

/** @param {any} user @param {object} credentials */
function renew(user, credentials) {
  for (const key of Object.keys(user)) {
    delete user[key];
  }
  Object.assign(user, credentials);
}
