// @ts-check
// The operations library on the running stack: each method of ClusterManager before a real kubelet.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { drained } from './changes.mjs';
import { get, kubectl, namespace, podsOf } from './cluster.mjs';
import { images } from './ops-objects.mjs';
import { managerOf } from './ops-place.mjs';
import { stackUp } from './stack.mjs';

const backend = 'component=backend';

describe('the operations library on the running stack', () => {
  /** @type {any} */
  let manager;

  before(async () => {
    await stackUp();
    await drained();
    manager = await managerOf({ namespace });
  });
  after(async () => {
    manager?.close();
    await stackUp();
    await drained();
  });

  test('listPods, getPodInfo', async () => {
    const pods = await manager.listPods(backend);
    assert.deepEqual(pods.map(nameOf).sort(), (await podsOf('backend')).map(({ metadata }) => metadata.name).sort());
    for (const one of pods) {
      assert.equal(one.status, 'Running');
      assert.equal(one.isReady, true);
      assert.match(one.owner, /^ReplicaSet\/tars-backend-/);
    }
    const database = await manager.getPodInfo('tars-postgres-0');
    const { status, spec } = await get('pod', 'tars-postgres-0');
    assert.equal(database.ip, status.podIP);
    assert.equal(database.node, spec.nodeName);
    assert.equal(database.owner, 'StatefulSet/tars-postgres');
    assert.equal(database.containers.find(isMain).image, images.postgres);
  });

  test('listWorkloads, getDeploymentStatus, rolloutStatus', async () => {
    for (const kind of ['Deployment', 'StatefulSet']) {
      const workloads = await manager.listWorkloads(kind);
      const { items } = await get(kind);
      assert.deepEqual(workloads.map(nameOf), items.map((/** @type {any} */ { metadata }) => metadata.name).sort());
      for (const { name, desired, ready, problems } of workloads) {
        assert.equal(ready, desired, name);
        assert.deepEqual(problems, []);
        assert.equal((await manager.rolloutStatus({ kind, name })).state, 'done', name);
      }
    }
    const { images: used, isObserved } = await manager.getDeploymentStatus('tars-frontend');
    assert.deepEqual(used, ['tars-frontend:0.1.0']);
    assert.equal(isObserved, true);
  });

  test('getNodeInfo, getClusterInfo, top', async () => {
    const usage = await until('there are metrics of each pod', () => measured(), {
      timeoutMs: 300_000,
      intervalMs: 500,
    });
    for (const { pod, memoryBytes, cpuMillis, requests, limits } of usage) {
      assert.ok(memoryBytes > 2 ** 20, `${pod} uses ${memoryBytes} bytes`);
      assert.ok(Number.isFinite(cpuMillis));
      assert.ok(requests.memoryBytes > 0 && limits.memoryBytes >= requests.memoryBytes, pod);
    }
    // The metrics server may miss a node, or a moment.
    const nodes = await until('there are metrics of each node', async () => {
      const all = await manager.getNodeInfo();
      return all.every((/** @type {any} */ { used }) => used !== undefined) && all;
    });
    const { items } = await get('nodes', '--all-namespaces');
    assert.deepEqual(
      nodes.map(nameOf),
      items.map((/** @type {any} */ { metadata }) => metadata.name),
    );
    const [node] = nodes;
    assert.equal(node.isReady, true);
    assert.deepEqual(node.problems, []);
    assert.equal(node.version, items[0].status.nodeInfo.kubeletVersion);
    assert.ok(node.used.memoryBytes > 2 ** 27);
    assert.deepEqual(await manager.getNodeInfo(node.name).then((/** @type {any[]} */ all) => all.map(nameOf)), [
      node.name,
    ]);
    const info = await until('there are metrics of the cluster', async () => {
      const all = await manager.getClusterInfo();
      return all.used !== undefined && all;
    });
    assert.equal(info.nodes.ready, items.length);
    assert.equal(info.pods.Running, (await manager.listPods()).filter(isRunning).length);
    assert.ok(info.used.memoryBytes > 2 ** 27);
  });

  async function measured() {
    const usage = await manager.top();
    const running = (await manager.listPods()).filter(isRunning).map(nameOf);
    return (
      running.every((/** @type {string} */ name) => usage.some((/** @type {any} */ { pod }) => pod === name)) && usage
    );
  }

  test('events, followEvents, audit', async () => {
    const [name] = (await manager.listPods(backend)).map(nameOf);
    const known = await manager.events({ name, kind: 'Pod' });
    assert.ok(known.some((/** @type {any} */ { reason, source }) => reason === 'Started' && source === 'kubelet'));
    const abort = new AbortController();
    for await (const event of manager.followEvents({ name, signal: abort.signal })) {
      if (event.reason === 'Started') {
        await manager.audit({ kind: 'Pod', name, action: 'Tested', message: 'by a test' });
      }
      if (event.reason === 'Tested') break;
    }
    assert.match((await kubectl(['describe', 'pod', name, '-n', namespace])) ?? '', /Tested.*by a test/);
  });

  test('restartPod: by eviction, and another one comes', async () => {
    const [victim] = await manager.listPods('component=frontend');
    const began = performance.now();
    await manager.restartPod(victim.name);
    assert.equal(await manager.waitFor({ kind: 'Pod', name: victim.name }, 'deleted'), undefined);
    await manager.waitForRollout({ name: 'tars-frontend' });
    figure('eviction until another pod is available', (performance.now() - began) / 1000, 's');
    await until('the kubelet has said so', async () => {
      const events = await manager.events({ name: victim.name });
      return events.some((/** @type {any} */ { reason }) => reason === 'Killing');
    });
  });

  test('restart, waitForRollout, revisions, rollback', async () => {
    const ref = { name: 'tars-adminer' };
    const before = await get('deployment', ref.name);
    const [old] = await manager.listPods('component=adminer');
    await manager.restart(ref);
    /** @type {string[]} */
    const said = [];
    const status = await manager.waitForRollout(ref, {
      onChange: (/** @type {any} */ { message }) => said.push(message),
    });
    assert.equal(status.state, 'done');
    assert.ok(said.length > 1, `it goes on: ${said.join('; ')}`);
    const after = await manager.listPods('component=adminer');
    const running = after.filter((/** @type {any} */ { status }) => status !== 'Terminating');
    assert.ok(running.length > 0 && running.every((/** @type {any} */ { uid }) => uid !== old.uid));
    const revisions = await manager.revisions(ref);
    assert.equal(revisions.filter((/** @type {any} */ { isCurrent }) => isCurrent).length, 1);
    await manager.rollback(ref);
    await manager.waitForRollout(ref);
    assert.deepEqual((await get('deployment', ref.name)).spec.template, before.spec.template);
  });

  test('scaleDeployment', async () => {
    const { desired } = await manager.getDeploymentStatus('tars-frontend');
    const { from, to } = await manager.scaleDeployment('tars-frontend', desired + 1, {
      wait: true,
      currentReplicas: desired,
    });
    assert.deepEqual([from, to], [desired, desired + 1]);
    assert.equal((await podsOf('frontend')).length, desired + 1);
    await manager.scaleDeployment('tars-frontend', desired, { wait: true });
    assert.equal((await manager.getDeploymentStatus('tars-frontend')).available, desired);
  });

  test('autoscalers, pin, unpin: the real controller obeys', async () => {
    const [{ minReplicas, maxReplicas }] = await manager.autoscalers('tars-backend');
    assert.equal((await get('hpa', 'tars-backend')).spec.maxReplicas, maxReplicas);
    await manager.pin('tars-backend', minReplicas + 1);
    await until(
      'the autoscaler has scaled',
      async () => {
        return (await manager.getDeploymentStatus('tars-backend')).desired === minReplicas + 1;
      },
      { timeoutMs: 300_000, intervalMs: 300 },
    );
    await manager.unpin('tars-backend');
    const [bounds] = await manager.autoscalers('tars-backend');
    assert.deepEqual([bounds.minReplicas, bounds.maxReplicas], [minReplicas, maxReplicas]);
    // It would go down by itself, after minutes.
    await manager.scaleDeployment('tars-backend', minReplicas, { despiteAutoscaler: true });
    await manager.waitForRollout({ name: 'tars-backend' });
  });

  test('waitFor', async () => {
    assert.ok(await manager.waitFor({ kind: 'Deployment', name: 'tars-backend' }, { condition: 'Available' }));
    assert.ok(await manager.waitFor({ kind: 'Pod', name: 'tars-redis-0' }, { condition: 'Ready' }));
    const { items } = await get('jobs');
    for (const { metadata } of items) {
      assert.ok(await manager.waitFor({ kind: 'Job', name: metadata.name }, { condition: 'Complete' }));
    }
    assert.ok(items.length > 0);
  });

  test('monitorPodLogs, executeInPod', async () => {
    await drained(); // of a pod on its way out the kubelet may have nothing but its own words
    const pods = (await manager.listPods(backend)).map(nameOf).sort();
    const seen = new Set();
    for await (const { pod, text, timestamp } of manager.monitorPodLogs({
      labelSelector: backend,
      follow: false,
      tailLines: 3,
    })) {
      assert.notEqual(text, '');
      assert.ok(Number.isFinite(Date.parse(timestamp)));
      seen.add(pod);
    }
    assert.deepEqual([...seen].sort(), pods);
    const { exitCode, stdout } = await manager.executeInPod(pods[0], ['python', '-c', 'print(6 * 7)']);
    assert.deepEqual([exitCode, stdout], [0, '42\n']);
  });

  test('portForward: to a pod, a workload and a Service', async () => {
    const [{ name }] = await manager.listPods(backend);
    for (const target of [
      { name, port: 8000 },
      { kind: 'Deployment', name: 'tars-backend', port: 8000 },
      { kind: 'Service', name: 'tars-backend', port: 8000 },
    ]) {
      const forward = await manager.portForward(target);
      try {
        const answer = await fetch(`http://${forward.host}:${forward.port}/health`);
        assert.equal(answer.status, 200, await answer.text());
      } finally {
        await forward.close();
      }
    }
  });

  test('debug: under `restricted`, with tools that the pod lacks, in its network and among its processes', async () => {
    const { metadata } = await get('namespace', namespace);
    assert.equal(metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
    const [{ name }] = await manager.listPods(backend);
    assert.notEqual((await manager.executeInPod(name, ['sh', '-c', 'command -v pg_isready'])).exitCode, 0);
    const container = await manager.debug(name, { image: images.postgres });
    const ready = await manager.executeInPod(name, ['pg_isready', '--host=tars-postgres', '--username=nobody'], {
      container,
    });
    assert.equal(ready.exitCode, 0, ready.stdout + ready.stderr);
    const others = await manager.executeInPod(name, ['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'], {
      container,
    });
    assert.match(others.stdout, /python api\/main\.py/);
    const { containers, isReady } = await manager.getPodInfo(name);
    assert.equal(containers.find((/** @type {any} */ one) => one.name === container).kind, 'ephemeral');
    assert.equal(isReady, true);
    // It cannot be taken out of the pod.
    await manager.restartPod(name);
    await manager.waitForRollout({ name: 'tars-backend' });
  });
});

/** @param {any} pod */
function nameOf({ name }) {
  return name;
}

/** @param {any} pod */
function isRunning({ phase }) {
  return phase === 'Running';
}

/** @param {any} container */
function isMain({ kind }) {
  return kind === 'main';
}
