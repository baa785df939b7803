// The operations library before the real API server and its controllers: each method that needs no
// kubelet, each error, the races; and its verdicts on rollouts beside those of kubectl.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { until as patiently } from '../testbed/wait.mjs';
import { PodActor } from './pod-actor.mjs';
import { cpuAutoscaler } from './support.mjs';

const { ClusterManager, connectCluster, observe } = createRequire(import.meta.url)('cdk8s-tars/ops');

const NAMESPACE = 'ops';
const SMALL = 'ops-small';
const RESTRICTED = 'ops-restricted';
/** What pods of that namespace have to say. */
const RESTRAINED = {
  pod: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
  container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
};
/** @type {Awaited<ReturnType<typeof startControlPlane>>} */
let plane;
let client;
let manager;
let actor;

before(async () => {
  plane = await startControlPlane();
  client = await connectCluster({ kubeconfig: plane.kubeconfig });
  manager = new ClusterManager(client, NAMESPACE);
  const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: RESTRICTED, labels: enforce } });
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: SMALL } });
  await apply({
    ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota', namespace: SMALL } },
    spec: { hard: { pods: '2' } },
  });
  for (const name of ['one', 'two']) await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
  for (const namespace of [NAMESPACE, RESTRICTED, SMALL]) {
    await until('the ServiceAccount', async () => {
      const { code } = await plane.kubectl(['get', 'serviceaccount', 'default', '-n', namespace]);
      return code === 0;
    });
  }
  actor = new PodActor(await connectCluster({ kubeconfig: plane.kubeconfig }), [NAMESPACE, SMALL, RESTRICTED]);
});
after(async () => {
  await actor?.stop();
  manager?.close();
  await plane?.stop();
});

async function apply(object) {
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
  assert.equal(code, 0, stderr);
}

/** A minute long; what is not there is not so yet. */
const until = (what, question) => patiently(what, question, { timeoutMs: 60_000 });

/** A workload whose pods do so. */
function workload(
  name,
  {
    kind = 'Deployment',
    namespace = NAMESPACE,
    replicas = 2,
    does = 'run',
    image = 'a:1',
    finalizers = [],
    security = {},
    spec = {},
  } = {},
) {
  const labels = { app: name };
  // No kubelet says that the nodes are ready.
  const anywhere = { tolerations: [{ operator: 'Exists' }] };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, does }, finalizers },
        spec: {
          ...security.pod,
          ...(kind === 'DaemonSet' && anywhere),
          containers: [{ name: 'app', image, ...security.container }],
        },
      },
      ...spec,
    },
  };
}

async function deployed(name, options = {}) {
  const object = workload(name, options);
  await apply(object);
  const at = new ClusterManager(client, options.namespace ?? NAMESPACE);
  await at.waitForRollout({ kind: object.kind, name }, { timeoutMs: 60_000 });
  return object;
}

const fails = (promise, code, message) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.code, code, error.stack);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  });

/** How often somebody asked for something until now. */
async function uidOf(kind, name) {
  const { stdout } = await plane.kubectl(['get', kind, name, '-n', NAMESPACE, '-o', 'jsonpath={.metadata.uid}']);
  return stdout;
}

describe('what is there', () => {
  before(() => deployed('web'));

  test('pods, and one of them', async () => {
    const pods = await manager.listPods('app=web');
    assert.equal(pods.length, 2);
    const one = await manager.getPodInfo(pods[0].name);
    assert.equal(one.status, 'Running');
    assert.equal(one.isReady, true);
    assert.match(one.owner, /^ReplicaSet\/web-/);
  });

  test('a Deployment', async () => {
    const { desired, ready, available, problems, images } = await manager.getDeploymentStatus('web');
    assert.deepEqual(
      { desired, ready, available, problems, images },
      { desired: 2, ready: 2, available: 2, problems: [], images: ['a:1'] },
    );
  });

  test('the cluster and its nodes', async () => {
    const info = await manager.getClusterInfo();
    assert.equal(info.nodes.total, 2);
    assert.equal(info.pods.Running, (await manager.listPods()).filter(({ phase }) => phase === 'Running').length);
    assert.equal(info.used, undefined, 'there are no metrics here');
    const [node] = await manager.getNodeInfo('one');
    assert.equal(node.name, 'one');
    assert.equal(node.isReady, false);
  });

  test('events, and those that come', async () => {
    // Controllers write their Events beside their work.
    await until('an event', async () =>
      (await manager.events({ name: 'web' })).some(({ reason }) => reason === 'ScalingReplicaSet'),
    );
    const abort = new AbortController();
    const seen = [];
    for await (const event of manager.followEvents({ name: 'web', signal: abort.signal })) {
      seen.push(event.reason);
      if (seen.length === 1)
        await manager.audit({ kind: 'Deployment', name: 'web', action: 'Tested', message: 'a test' });
      if (event.reason === 'Tested') break;
    }
    assert.ok(seen.includes('Tested'));
  });
});

describe('each error that needs no kubelet', () => {
  before(() => deployed('errors'));

  test('NotFound', () => fails(manager.getPodInfo('none'), 'NotFound', /pods "none" not found/));
  test('NotFound of a revision', () => fails(manager.rollback({ name: 'errors' }), 'NotFound', /no earlier revision/));
  test('Unauthorized', async () => {
    const { readFileSync, writeFileSync } = await import('node:fs');
    const file = `${plane.directory}/wrong`;
    writeFileSync(file, readFileSync(plane.kubeconfig, 'utf8').replaceAll(plane.token, 'wrong'));
    const other = new ClusterManager(await connectCluster({ kubeconfig: file }), NAMESPACE);
    await fails(other.listPods(), 'Unauthorized');
  });
  test('Refused', () => fails(manager.scaleDeployment('errors', -1), 'Refused'));
  test('Refused by the server', () =>
    fails(
      client.call({ method: 'POST', path: '/api/v1/namespaces/ops/pods', body: { metadata: { name: 'x' } } }),
      'Refused',
      /containers: Required/,
    ));
  test('Refused: a pod without an owner', async () => {
    await apply({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name: 'alone', namespace: NAMESPACE },
      spec: { containers: [{ name: 'a', image: 'a:1' }] },
    });
    await fails(manager.restartPod('alone'), 'Refused', /no owner/);
    assert.equal((await manager.getPodInfo('alone')).name, 'alone');
    await manager.restartPod('alone', { force: true });
    await until('its end', () =>
      manager.getPodInfo('alone').then(
        () => false,
        ({ code }) => code === 'NotFound',
      ),
    );
  });
  test('PreconditionFailed', () =>
    fails(manager.scaleDeployment('errors', 3, { currentReplicas: 7 }), 'PreconditionFailed'));
  test('MetricsUnavailable', () => fails(manager.top(), 'MetricsUnavailable'));
  test('TooManyRequests: a budget forbids an eviction', async () => {
    await apply({
      ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'errors', namespace: NAMESPACE } },
      spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'errors' } } },
    });
    const [pod] = await manager.listPods('app=errors');
    await until('the budget', async () => {
      const { stdout } = await plane.kubectl([
        'get',
        'pdb',
        'errors',
        '-n',
        NAMESPACE,
        '-o',
        'jsonpath={.status.observedGeneration}',
      ]);
      return stdout === '1';
    });
    await fails(manager.restartPod(pod.name), 'TooManyRequests', /disruption budget/);
    // By deletion as by eviction, a dry run leaves it as it is.
    await manager.restartPod(pod.name, { delete: true, dryRun: true });
    const { uid, status } = await manager.getPodInfo(pod.name);
    assert.deepEqual([uid, status], [pod.uid, 'Running']);
    await manager.restartPod(pod.name, { delete: true });
    await until('its end', () =>
      manager.getPodInfo(pod.name).then(
        () => false,
        ({ code }) => code === 'NotFound',
      ),
    );
  });
  test('RolloutPaused', async () => {
    await apply(workload('paused', { spec: { paused: true } }));
    await fails(manager.restart({ name: 'paused' }), 'RolloutPaused');
    await until('its controller', async () => (await manager.getDeploymentStatus('paused')).isObserved);
    await fails(manager.waitForRollout({ name: 'paused' }), 'RolloutPaused');
  });
  test('Timeout', () =>
    fails(
      manager.waitFor({ kind: 'Deployment', name: 'errors' }, { condition: 'Never' }, { timeoutMs: 300 }),
      'Timeout',
    ));
  test('Aborted', () => fails(manager.listPods(undefined, AbortSignal.abort()), 'Aborted'));
  test('ApiUnavailable', async () => {
    const { writeFileSync, readFileSync } = await import('node:fs');
    const file = `${plane.directory}/nowhere`;
    writeFileSync(file, readFileSync(plane.kubeconfig, 'utf8').replaceAll(plane.url, 'https://127.0.0.1:1'));
    const other = new ClusterManager(await connectCluster({ kubeconfig: file }), NAMESPACE);
    await fails(other.restart({ name: 'errors' }, { signal: AbortSignal.timeout(20_000) }), 'ApiUnavailable');
  });
  test('ContainerNotReady: no log, no exec before a pod runs', async () => {
    await apply(workload('early', { replicas: 1, does: 'wait' }));
    const [pod] = await until('the pod', async () => {
      const pods = await manager.listPods('app=early');
      return pods.length === 1 && pods;
    });
    const read = async () => {
      for await (const line of manager.monitorPodLogs({ pod: pod.name, follow: false })) assert.fail(line.text);
    };
    await fails(read(), 'ContainerNotReady');
    await fails(manager.executeInPod(pod.name, ['true']), 'ContainerNotReady');
    await fails(manager.portForward({ kind: 'Deployment', name: 'early', port: 80 }), 'ContainerNotReady');
  });
  test('ApiUnavailable: of many pods, whose node is away is said at the end', async () => {
    const far = workload('far');
    // Of a pod without a node the server serves an empty log. Nobody listens at this one.
    Object.assign(far.spec.template.spec, { nodeName: 'one' });
    await apply(far);
    await until('their containers', async () => {
      const containers = (await manager.listPods('app=far')).flatMap((pod) => pod.containers);
      return containers.filter(({ state }) => state === 'running').length === 2;
    });
    const read = async () => {
      for await (const line of manager.monitorPodLogs({ labelSelector: 'app=far', follow: false })) {
        assert.fail(line.text);
      }
    };
    await fails(read(), 'ApiUnavailable', /^2 of 2 logs could not be read: far-\S+\/app: .*; far-\S+\/app: /);
  });
});

describe('restart and rollback', () => {
  test('a restart replaces every pod, as kubectl does it', async () => {
    await deployed('again');
    const before = (await manager.listPods('app=again')).map(({ uid }) => uid);
    await manager.restart({ name: 'again' });
    await manager.waitForRollout({ name: 'again' });
    const now = (await manager.listPods('app=again'))
      .filter(({ status }) => status !== 'Terminating')
      .map(({ uid }) => uid);
    assert.equal(now.length, 2);
    assert.ok(now.every((uid) => !before.includes(uid)));
  });

  for (const kind of ['Deployment', 'StatefulSet']) {
    test(`a ${kind} goes back, and forward again`, async () => {
      const name = `back-${kind.toLowerCase()}`;
      await deployed(name, { kind });
      await deployed(name, { kind, image: 'a:2' });
      const ref = { kind, name };
      const images = async () => [
        ...new Set(
          (await manager.listPods(`app=${name}`)).flatMap(({ containers }) => containers.map(({ image }) => image)),
        ),
      ];
      await until('the new image', async () => (await images()).join() === 'a:2');
      assert.equal((await manager.rollback(ref, { dryRun: true })).images[0], 'a:1');
      assert.equal((await manager.rollback(ref)).images[0], 'a:1');
      await manager.waitForRollout(ref);
      await until('the old image', async () => (await images()).join() === 'a:1');
      await manager.rollback(ref);
      await manager.waitForRollout(ref);
      await until('the new image again', async () => (await images()).join() === 'a:2');
    });
  }

  for (const kind of ['Deployment', 'StatefulSet']) {
    test(`a ${kind} whose newest version its controller has not seen yet goes back from that, and no further`, async () => {
      const name = `unseen-${kind.toLowerCase()}`;
      await deployed(name, { kind });
      await deployed(name, { kind, image: 'a:2' });
      const { pid } = plane.processes.find((one) => one.name === 'kube-controller-manager');
      let back;
      process.kill(pid, 'SIGSTOP');
      try {
        await apply(workload(name, { kind, image: 'a:3' }));
        back = manager.rollback({ kind, name });
        back.catch(() => {});
        await sleep(500);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      assert.equal((await back).images[0], 'a:2');
    });
  }

  test('nothing of the template is left of the revision that was left', async () => {
    const object = workload('clean');
    object.spec.template.spec.containers[0].env = [{ name: 'ONLY', value: 'first' }];
    await apply(object);
    await manager.waitForRollout({ name: 'clean' });
    await deployed('clean', { image: 'a:2' });
    await manager.rollback({ name: 'clean' });
    const { stdout } = await plane.kubectl([
      'get',
      'deployment',
      'clean',
      '-n',
      NAMESPACE,
      '-o',
      'jsonpath={.spec.template}',
    ]);
    const template = JSON.parse(stdout);
    assert.deepEqual(template.spec.containers[0].env, [{ name: 'ONLY', value: 'first' }]);
    assert.deepEqual(template.metadata.labels, { app: 'clean', does: 'run' });
  });
});

describe('somebody else writes between a read and the write that rests on it', () => {
  /** A manager before each of whose first writes another one is made, as a controller writes a status. */
  function raced(
    writes,
    kind,
    name,
    change = () => plane.kubectl(['annotate', kind, name, '-n', NAMESPACE, '--overwrite', `at=${writes}`]),
  ) {
    const meddled = Object.create(client, {
      call: {
        value: async (operation) => {
          if (operation.method !== 'GET' && operation.query?.dryRun === undefined && writes-- > 0) {
            assert.equal((await change()).code, 0);
          }
          return client.call(operation);
        },
      },
    });
    return { manager: new ClusterManager(meddled, NAMESPACE), left: () => writes };
  }

  const current = async (ref) => (await manager.revisions(ref)).find(({ isCurrent }) => isCurrent);

  for (const kind of ['Deployment', 'StatefulSet']) {
    test(`a ${kind} goes back all the same`, async () => {
      const name = `raced-${kind.toLowerCase()}`;
      await deployed(name, { kind });
      await deployed(name, { kind, image: 'a:2' });
      const { manager: meddled, left } = raced(2, kind, name);
      assert.equal((await meddled.rollback({ kind, name })).images[0], 'a:1');
      assert.ok(left() < 0, 'two writes met a conflict; more, if controllers write as well');
      await manager.waitForRollout({ kind, name });
      assert.equal((await current({ kind, name })).images[0], 'a:1');
    });

    test(`a ${kind} that somebody else has changed meanwhile does not go back from that`, async () => {
      const name = `changed-${kind.toLowerCase()}`;
      await deployed(name, { kind });
      await deployed(name, { kind, image: 'a:2' });
      const other = raced(1, kind, name, async () => {
        await deployed(name, { kind, image: 'a:3' });
        return { code: 0 };
      });
      await fails(other.manager.rollback({ kind, name }), 'PreconditionFailed', /somebody else/);
      await manager.waitForRollout({ kind, name });
      assert.equal((await current({ kind, name })).images[0], 'a:3');
    });
  }

  test('an autoscaler is pinned, and given back', async () => {
    await deployed('raced-auto');
    await apply(cpuAutoscaler(NAMESPACE, 'raced-auto', 2, 5));
    const pinned = raced(2, 'hpa', 'raced-auto');
    assert.deepEqual((await pinned.manager.pin('raced-auto', 4)).minReplicas, 4);
    assert.ok(pinned.left() < 0);
    const back = raced(2, 'hpa', 'raced-auto');
    await back.manager.unpin('raced-auto');
    assert.ok(back.left() < 0);
    const [{ minReplicas, maxReplicas }] = await manager.autoscalers('raced-auto');
    assert.deepEqual([minReplicas, maxReplicas], [2, 5]);
  });
});

describe('scaling', () => {
  test('up and down, and waited for', async () => {
    await deployed('scaled');
    assert.deepEqual(await manager.scaleDeployment('scaled', 4, { wait: true }), { from: 2, to: 4, isChanged: true });
    assert.equal((await manager.getDeploymentStatus('scaled')).available, 4);
    assert.equal((await manager.scaleDeployment('scaled', 4)).isChanged, false);
    await manager.scaleDeployment('scaled', 1, { wait: true, dryRun: true });
    assert.equal((await manager.getDeploymentStatus('scaled')).desired, 4);
    await manager.scaleDeployment('scaled', 0, { wait: true });
    assert.equal((await manager.listPods('app=scaled')).filter(({ status }) => status !== 'Terminating').length, 0);
  });

  test('a StatefulSet', async () => {
    await deployed('ordered', { kind: 'StatefulSet' });
    await manager.scaleDeployment('ordered', 3, { kind: 'StatefulSet', wait: true });
    assert.equal((await manager.listPods('app=ordered')).length, 3);
  });

  test('beside an autoscaler it is refused, pinned, and given back', async () => {
    await deployed('auto');
    await apply(cpuAutoscaler(NAMESPACE, 'auto', 2, 5));
    await fails(manager.scaleDeployment('auto', 3), 'ManagedByAutoscaler', /between 2 and 5/);
    assert.equal((await manager.scaleDeployment('auto', 3, { despiteAutoscaler: true })).isChanged, true);
    const bounds = async () => {
      const [{ minReplicas, maxReplicas }] = await manager.autoscalers('auto');
      return [minReplicas, maxReplicas];
    };
    await manager.pin('auto', 4);
    assert.deepEqual(await bounds(), [4, 4]);
    await manager.pin('auto', 3);
    assert.deepEqual(await bounds(), [3, 3]);
    await manager.unpin('auto');
    assert.deepEqual(await bounds(), [2, 5]);
    // Other bounds are applied over a pin: the ones before are of long ago, and an apply leaves the note of them.
    await manager.pin('auto', 3);
    await apply(cpuAutoscaler(NAMESPACE, 'auto', 4, 20));
    await fails(manager.unpin('auto'), 'Refused', /not pinned/);
    await manager.pin('auto', 8);
    await manager.unpin('auto');
    assert.deepEqual(await bounds(), [4, 20]);
    await fails(manager.unpin('auto'), 'Refused', /not pinned/);
    await fails(manager.pin('auto', 0), 'Refused');
  });

  test('against somebody who writes all the time, every step is right in the end', async () => {
    await deployed('contended');
    let isOver = false;
    const other = (async () => {
      for (let i = 0; !isOver; i++) {
        await plane.kubectl(['annotate', 'deployment', 'contended', '-n', NAMESPACE, '--overwrite', `i=${i}`]);
      }
    })();
    try {
      for (let replicas = 3; replicas <= 7; replicas++) {
        assert.equal((await manager.scaleDeployment('contended', replicas)).to, replicas);
        assert.equal((await manager.getDeploymentStatus('contended')).desired, replicas);
      }
    } finally {
      isOver = true;
      await other;
    }
  });

  test('two at once with the same precondition: one wins', async () => {
    await deployed('raced');
    const results = await Promise.allSettled(
      [3, 4, 5, 6].map((n) => manager.scaleDeployment('raced', n, { currentReplicas: 2 })),
    );
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected', 'rejected']);
    for (const { reason } of results.filter(({ status }) => status === 'rejected')) {
      assert.equal(reason.code, 'PreconditionFailed');
    }
  });

  test('somebody else scales while it is waited for', async () => {
    await deployed('stolen', { does: 'run' });
    const object = workload('stolen', { does: 'wait' });
    await apply(object);
    const waiting = fails(
      manager.scaleDeployment('stolen', 5, { wait: true, timeoutMs: 60_000 }),
      'ScaleSuperseded',
      /to 1 while 5/,
    );
    await until('the scale', async () => (await manager.getDeploymentStatus('stolen')).desired === 5);
    await plane.kubectl(['scale', 'deployment', 'stolen', '-n', NAMESPACE, '--replicas=1']);
    await waiting;
  });

  test('it is deleted while it is waited for, also when it comes again at once', async () => {
    for (const comesAgain of [false, true]) {
      await apply(workload('gone', { does: 'wait' }));
      const waiting = fails(manager.scaleDeployment('gone', 5, { wait: true, timeoutMs: 60_000 }), 'ObjectDeleted');
      await until('the scale', async () => (await manager.getDeploymentStatus('gone')).desired === 5);
      await plane.kubectl(['delete', 'deployment', 'gone', '-n', NAMESPACE, '--wait=false']);
      if (comesAgain) await apply(workload('gone', { does: 'wait', replicas: 5 }));
      await waiting;
    }
  });
});

describe('rollouts, beside kubectl', () => {
  const never = { does: 'wait', image: 'a:2' };
  const soon = { progressDeadlineSeconds: 4 };
  const quota = { namespace: SMALL, replicas: 4, spec: { progressDeadlineSeconds: 20 } };
  const set = { kind: 'StatefulSet' };
  const daemon = { kind: 'DaemonSet' };
  const onDelete = { updateStrategy: { type: 'OnDelete' } };
  const partition = (from) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: from } } });
  /** What is there (one after the other), what comes over it, the verdict, and whether ours comes before kubectl's. */
  const ROLLOUTS = {
    'a first one': [undefined, {}, 'done'],
    'one replica': [undefined, { replicas: 1 }, 'done'],
    'no replica': [undefined, { replicas: 0 }, 'done'],
    'ten replicas': [undefined, { replicas: 10 }, 'done'],
    'another image': [{}, { image: 'a:2' }, 'done'],
    'another image, one by one': [
      {},
      { image: 'a:2', spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } },
      'done',
    ],
    'another image, all at once': [{}, { image: 'a:2', spec: { strategy: { type: 'Recreate' } } }, 'done'],
    'more replicas and another image': [{}, { image: 'a:2', replicas: 5 }, 'done'],
    'nothing new': [{}, {}, 'done'],
    'a StatefulSet': [undefined, { kind: 'StatefulSet' }, 'done'],
    'a StatefulSet, another image': [{ kind: 'StatefulSet' }, { kind: 'StatefulSet', image: 'a:2' }, 'done'],
    'a StatefulSet, down to its partition': [
      { kind: 'StatefulSet', replicas: 3 },
      {
        kind: 'StatefulSet',
        replicas: 3,
        image: 'a:2',
        spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      },
      'done',
    ],
    'a DaemonSet': [undefined, { kind: 'DaemonSet' }, 'done'],
    'a DaemonSet, another image': [{ kind: 'DaemonSet' }, { kind: 'DaemonSet', image: 'a:2' }, 'done'],
    'pods that do not become ready': [{}, { ...never, spec: soon }, 'ProgressDeadlineExceeded'],
    'pods that crash': [{}, { does: 'crash', image: 'a:2', spec: soon }, 'ProgressDeadlineExceeded'],
    'a first one that does not become ready': [undefined, { ...never, spec: soon }, 'ProgressDeadlineExceeded'],
    'a full quota': [undefined, quota, 'RolloutRefused', true],
    'pods that Pod Security refuses': [
      undefined,
      { namespace: RESTRICTED, spec: { progressDeadlineSeconds: 20 } },
      'RolloutRefused',
      true,
    ],
    'a StatefulSet that deletes its pods only by hand': [undefined, { ...set, spec: onDelete }, 'Refused'],
    'a StatefulSet without replicas': [undefined, { ...set, replicas: 0 }, 'done'],
    'a StatefulSet, another image and fewer replicas': [{ ...set, replicas: 3 }, { ...set, image: 'a:2' }, 'done'],
    'a StatefulSet, all at once': [
      { ...set, spec: { podManagementPolicy: 'Parallel' } },
      { ...set, image: 'a:2', spec: { podManagementPolicy: 'Parallel' } },
      'done',
    ],
    'a StatefulSet whose partition is beyond its pods': [set, { ...set, image: 'a:2', spec: partition(5) }, 'done'],
    'a StatefulSet half way back, whose last new pod does not go': [
      [set, { ...set, image: 'a:2', spec: partition(1), finalizers: ['tars.test/held'] }],
      { ...set, spec: partition(0) },
      'Timeout',
    ],
    'a StatefulSet in a full quota': [undefined, { ...set, namespace: SMALL, replicas: 4 }, 'RolloutRefused', true],
    'a DaemonSet that Pod Security refuses': [undefined, { ...daemon, namespace: RESTRICTED }, 'RolloutRefused', true],
    'a DaemonSet, another version that Pod Security refuses': [
      { ...daemon, namespace: RESTRICTED, security: RESTRAINED },
      { ...daemon, namespace: RESTRICTED, image: 'a:2' },
      'RolloutRefused',
      true,
    ],
    'a DaemonSet that deletes its pods only by hand': [undefined, { ...daemon, spec: onDelete }, 'Refused'],
    'no progress deadline': [{}, { image: 'a:2', spec: { progressDeadlineSeconds: 2 ** 31 - 1 } }, 'done'],
    'no progress deadline, and no progress': [
      {},
      { ...never, spec: { progressDeadlineSeconds: 2 ** 31 - 1 } },
      'Timeout',
    ],
    'a pause, and nothing new': [{}, { spec: { paused: true } }, 'done'],
    'a pause, and more replicas': [{}, { replicas: 5, spec: { paused: true } }, 'done'],
    'a pause in the middle': [{}, { ...never, spec: { paused: true } }, 'RolloutPaused', true],
    'a StatefulSet that does not become ready': [{ kind: 'StatefulSet' }, { kind: 'StatefulSet', ...never }, 'Timeout'],
  };

  Object.entries(ROLLOUTS).forEach(([name, [from, to, verdict, isEarlier]], i) => {
    test(`${name}: ${verdict}`, async () => {
      const app = `rollout-${i}`;
      const { kind = 'Deployment', namespace = NAMESPACE } = to;
      for (const earlier of [from ?? []].flat()) await deployed(app, earlier);
      await apply(workload(app, to));
      const at = new ClusterManager(client, namespace);
      const seconds = { Timeout: 6, RolloutPaused: 15, RolloutRefused: 30 }[verdict] ?? 40;
      const began = Date.now();
      const timed = (promise) => promise.then((result) => ({ result, took: Date.now() - began }));
      const outcome = at.waitForRollout({ kind, name: app }, { timeoutMs: seconds * 1000 }).then(
        ({ state }) => state,
        ({ code }) => code,
      );
      const [ours, theirs] = await Promise.all([
        timed(outcome),
        timed(
          plane.kubectl([
            'rollout',
            'status',
            `${kind.toLowerCase()}/${app}`,
            '-n',
            namespace,
            `--timeout=${seconds}s`,
          ]),
        ),
      ]);
      assert.equal(ours.result, verdict);
      assert.equal(theirs.result.code === 0, verdict === 'done', theirs.result.stdout + theirs.result.stderr);
      if (isEarlier === true)
        assert.ok(ours.took < theirs.took, `ours after ${ours.took} ms, kubectl's after ${theirs.took} ms`);
      if (namespace === SMALL) await emptied(kind, app);
    });
  });

  /** Gives the quota back. */
  async function emptied(kind, app) {
    await plane.kubectl(['delete', kind, app, '-n', SMALL]);
    const at = new ClusterManager(client, SMALL);
    await until('its pods are gone', async () => (await at.listPods(`app=${app}`)).length === 0);
    await until('the quota counts none of them', async () => {
      const args = ['get', 'quota', 'quota', '-n', SMALL, '-o', 'jsonpath={.status.used.pods}'];
      return (await plane.kubectl(args)).stdout === '0';
    });
  }

  test('a StatefulSet in a full quota, with the time that a refusal has by default', async () => {
    const ref = { kind: 'StatefulSet', name: 'full' };
    await apply(workload('full', { ...set, namespace: SMALL, replicas: 4 }));
    const at = new ClusterManager(client, SMALL);
    await fails(at.waitForRollout(ref), 'RolloutRefused', /1 of 4 pods|2 of 4 pods.*exceeded quota: quota.*pods=2/s);
    // What was said of four is no word against two.
    await apply(workload('full', { ...set, namespace: SMALL, replicas: 2 }));
    assert.equal((await at.waitForRollout(ref, { refusalMs: 0 })).state, 'done');
    await emptied('statefulset', 'full');
  });

  test('a refusal that has been mended does not count: pods came, and one of them is not ready', async () => {
    const ref = { kind: 'StatefulSet', name: 'mended' };
    const at = new ClusterManager(client, RESTRICTED);
    await apply(workload('mended', { ...set, namespace: RESTRICTED }));
    await fails(at.waitForRollout(ref, { refusalMs: 0 }), 'RolloutRefused', /violates PodSecurity/);
    await apply(workload('mended', { ...set, namespace: RESTRICTED, security: RESTRAINED, does: 'wait' }));
    await until('a pod', async () => (await at.listPods('app=mended')).length > 0);
    // By OrderedReady the second pod is not tried before the first is ready.
    await fails(at.waitForRollout(ref, { refusalMs: 0, timeoutMs: 8_000 }), 'Timeout', /2 of 2 pods are not ready/);
    assert.deepEqual((await at.rolloutStatus(ref)).reasons, []);
  });

  test('a StatefulSet waits for a broken pod of an earlier version, and the reasons say what replaces it', async () => {
    const ref = { kind: 'StatefulSet', name: 'broken' };
    await deployed('broken', set);
    await apply(workload('broken', { ...set, image: 'a:2', does: 'crash' }));
    await until('the broken pod', async () => (await manager.getPodInfo('broken-1')).status === 'CrashLoopBackOff');
    await apply(workload('broken', { ...set, image: 'a:3' }));
    await until('its controller', async () =>
      (await manager.rolloutStatus(ref)).reasons.some((reason) => reason.startsWith('broken-1: ')),
    );
    await fails(
      manager.waitForRollout(ref, { timeoutMs: 5_000 }),
      'Timeout',
      /1 of 2 pods are not ready; broken-1: .*`tars restart pod\/broken-1 --delete`.*; broken-1\/app: CrashLoopBackOff/,
    );
    assert.deepEqual((await manager.getPodInfo('broken-1')).containers[0].image, 'a:2', 'the controller waits, too');
    await manager.restartPod('broken-1', { delete: true });
    assert.equal((await manager.waitForRollout(ref)).state, 'done');
  });

  test('DaemonSets have pods here', async () => {
    await deployed('everywhere', daemon);
    assert.equal((await manager.listPods('app=everywhere')).length, 2);
  });

  test('what new pods wait for is said', async () => {
    await apply(workload('said', { does: 'crash' }));
    const status = await until('the reasons', async () => {
      const now = await manager.rolloutStatus({ name: 'said' });
      return now.reasons.length === 2 && now;
    });
    assert.equal(status.state, 'waiting');
    assert.match(status.reasons[0], /^said-.*\/app: CrashLoopBackOff: back-off/);
  });

  test('deletion while it is waited for', async () => {
    await apply(workload('deleted', { does: 'wait' }));
    let isBegun = false;
    const onChange = () => (isBegun = true);
    const waiting = manager.waitForRollout({ name: 'deleted' }, { timeoutMs: 60_000, onChange });
    const seen = fails(waiting, 'ObjectDeleted');
    await until('the wait', () => isBegun);
    await plane.kubectl(['delete', 'deployment', 'deleted', '-n', NAMESPACE, '--wait=false']);
    await seen;
  });
});

describe('waiting', () => {
  test('until it is there, until it is gone', async () => {
    const there = manager.waitFor({ kind: 'Deployment', name: 'late' }, 'created');
    await apply(workload('late'));
    assert.equal((await there).metadata.uid, await uidOf('deployment', 'late'));
    assert.ok(await manager.waitFor({ kind: 'Deployment', name: 'late' }, { condition: 'Available' }));
    const gone = manager.waitFor({ kind: 'Deployment', name: 'late' }, 'deleted');
    await plane.kubectl(['delete', 'deployment', 'late', '-n', NAMESPACE]);
    assert.equal(await gone, undefined);
  });

  test('what is observed is what is there, while others write', async () => {
    const abort = new AbortController();
    const resource = { kind: 'ConfigMap', root: '/api/v1', plural: 'configmaps', isNamespaced: true };
    const goal = 40;
    const write = (async () => {
      for (let i = 0; i < goal; i++) {
        const body = { metadata: { name: `note-${i}`, labels: { is: 'note' } } };
        await client.call({ method: 'POST', path: `/api/v1/namespaces/${NAMESPACE}/configmaps`, body });
      }
    })();
    let last = 0;
    for await (const state of observe(client, resource, {
      namespace: NAMESPACE,
      labelSelector: 'is=note',
      signal: abort.signal,
    })) {
      assert.ok(state.size >= last, 'none is lost');
      last = state.size;
      if (last === goal) break;
    }
    await write;
    assert.equal(last, goal);
  });
});
