// `tars fit` against the real kube-scheduler: on nodes that nobody runs, pod by pod. Each decision of
// the scheduler has to be one of those that ours allows, with the same reason where there is no place;
// so the choice among nodes of equal score, which is left to chance, does not blur the comparison.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { until } from '../testbed/wait.mjs';
import { ApiServer } from './api-server.mjs';
import { randomCase } from './fit/cases.mjs';
import { makeNodes, removeNodes } from './fit/nodes.mjs';
import { decided, provision, STORAGE_CLASS } from './fit/real.mjs';

const require = createRequire(import.meta.url);
const { emptyCluster, placed } = require('../../build/lib/verify/fit/cluster.js');
const { decide } = require('../../build/lib/verify/fit/schedule.js');
const { fit } = require('../../build/lib/verify/fit/fit.js');
const { readNodes } = require('../../build/lib/verify/fit/read-nodes.js');
const { App } = require('cdk8s');
const tars = require('cdk8s-tars');
const { namespaceLabels, podsOf } = require('../../build/lib/verify/fit/workload-pods.js');

const CASES = Number(process.env.FIT_CASES ?? 50);
const FIRST_SEED = Number(process.env.FIT_SEED ?? 1);

/** @type {Awaited<ReturnType<typeof startControlPlane>>} */
let plane;
/** @type {ApiServer} */
let api;
const counted = { decisions: 0, waiting: 0, ties: 0, reasons: new Map() };

before(async () => {
  plane = await startControlPlane({
    scheduler: true,
    // Nobody says that the nodes are well, and nobody has to.
    controllerManagerArgs: ['--controllers=*,-node-lifecycle-controller'],
  });
  api = new ApiServer(plane);
  await api.create(STORAGE_CLASS);
});
after(async () => {
  api?.close();
  await plane?.stop();
  const reasons = [...counted.reasons].map(([reason, count]) => `${count} × ${reason}`).sort();
  console.log(
    `${counted.decisions} decisions of the scheduler, ${counted.ties} by chance among equals, ${counted.waiting} pods without a place: ${reasons.join('; ')}`,
  );
});

describe('the scheduler places every pod where tars fit would', () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed += 1) {
    test(`case ${seed}`, async () => {
      const namespace = `case-${seed}`;
      const { nodes, objects, pods } = randomCase(seed, namespace);
      await begin(namespace, nodes, objects);
      try {
        await compare(namespace, nodes, objects, pods);
      } finally {
        await removeNodes(api, namespace);
        await sleep(200);
      }
    });
  }
});

describe('the TARS stack, made by the real controllers', () => {
  for (const size of ['3x8cpu16Gi', '3x4cpu16Gi', '4x2cpu4Gi', '2x8cpu6Gi', '1x16cpu32Gi']) {
    test(`on ${size}`, async () => {
      const app = new App();
      new tars.TarsChart(app, 'tars', { namespace: `stack-${size.toLowerCase()}`, kubernetesVersion: '1.37' });
      const { emitted } = tars.subjectOf(app);
      const { nodes } = readNodes(size);
      const [peak] = fit(emitted, nodes, 0).scenarios;
      const waiting = await ranTheStack(emitted, nodes, `stack-${size.toLowerCase()}`);
      const owners = (pods) => [...new Set(pods)].sort();
      const said = { fits: peak.failed === 0, owners: owners(peak.unplaced.map(({ pod }) => pod.labels.component)) };
      console.log(`${size}: ${waiting.length} pods of the stack wait; ours: ${peak.unplaced.length}`);
      assert.deepEqual({ fits: waiting.length === 0, owners: owners(waiting) }, said);
    });
  }
});

/** Applies everything, scales as an autoscaler would, and waits until nothing moves. */
async function ranTheStack(emitted, nodes, namespace) {
  try {
    await begin(namespace, nodes, []);
    for (const { object } of emitted.manifests) {
      // The namespace is there, and the test scales by itself: nobody measures anything here.
      if (!['Namespace', 'HorizontalPodAutoscaler'].includes(object.kind)) await api.create(object);
    }
    const scale = (replicas) =>
      api.send(
        'PATCH',
        `/apis/apps/v1/namespaces/${namespace}/deployments/tars-backend`,
        { spec: { replicas } },
        'application/merge-patch+json',
      );
    await scale(3);
    await settled(namespace, nodes);
    await scale(10);
    const pods = await settled(namespace, nodes);
    return pods.filter(({ spec }) => spec.nodeName === undefined).map(({ metadata }) => metadata.labels.component);
  } finally {
    for (const kind of ['deployments', 'statefulsets']) {
      await api.send('DELETE', `/apis/apps/v1/namespaces/${namespace}/${kind}?propagationPolicy=Background`);
    }
    for (const kind of ['cronjobs', 'jobs']) {
      await api.send('DELETE', `/apis/batch/v1/namespaces/${namespace}/${kind}?propagationPolicy=Background`);
    }
    // What makes pods has to be gone before them, or they come again, on the nodes of the next.
    await until('the owners of pods are gone', async () => {
      const paths = [
        'apps/v1/namespaces/NS/replicasets',
        'apps/v1/namespaces/NS/statefulsets',
        'batch/v1/namespaces/NS/jobs',
      ];
      const lists = await Promise.all(paths.map((path) => api.send('GET', `/apis/${path.replace('NS', namespace)}`)));
      return lists.every(({ body }) => body.items.length === 0);
    });
    await until('the pods are gone', async () => {
      await removeNodes(api, namespace);
      return (await api.send('GET', `/api/v1/namespaces/${namespace}/pods`)).body.items.length === 0;
    });
    await sleep(500);
  }
}

/** The pods, once no new one has come and none has got a place for some time. */
async function settled(namespace, nodes) {
  let before = '';
  for (let quiet = 0; ;) {
    const { body } = await api.send('GET', `/api/v1/namespaces/${namespace}/pods`);
    for (const pod of body.items) await provision(api, pod, nodes);
    const now = JSON.stringify(body.items.map(({ metadata, spec }) => [metadata.name, spec.nodeName]));
    quiet = now === before && body.items.length > 0 ? quiet + 1 : 0;
    // A pod without a place is tried again within ten seconds of what may help it.
    const waits = body.items.some(({ spec }) => spec.nodeName === undefined);
    if (quiet >= (waits ? 24 : 6) && body.items.every(isTried) && (await areMade(namespace))) return body.items;
    before = now;
    await sleep(500);
  }
}

/** Whether the scheduler has said something about a pod. */
function isTried({ spec, status }) {
  return spec.nodeName !== undefined || status.conditions?.some(({ type }) => type === 'PodScheduled') === true;
}

/** Whether the controllers have made every pod that is wanted. */
async function areMade(namespace) {
  const [deployments, sets, jobs] = await Promise.all(
    ['apps/v1/deployments', 'apps/v1/statefulsets', 'batch/v1/jobs'].map(async (path) => {
      const [group, version, plural] = path.split('/');
      return (await api.send('GET', `/apis/${group}/${version}/namespaces/${namespace}/${plural}`)).body.items;
    }),
  );
  const isScaled = ({ metadata, spec, status }) =>
    status.observedGeneration === metadata.generation && (status.replicas ?? 0) === spec.replicas;
  return [...deployments, ...sets].every(isScaled) && jobs.every(({ status }) => (status.active ?? 0) > 0);
}

/**
 * Waits until the scheduler has seen all nodes, as they are, and no other. It says so of a pod that no node is good for: how many
 * there are, and whether one still has the taint with which it was born.
 */
async function nodesAreSeen(namespace, nodes) {
  let tries = 0;
  await until('the scheduler has seen the nodes', async () => {
    tries += 1;
    const pod = {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: `nowhere-${tries}`, namespace } },
      spec: { nodeSelector: { nobody: 'here' }, containers: [{ name: 'one', image: 'one:1' }] },
    };
    const { reason } = await decided(api, pod, nodes);
    await api.send('DELETE', `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}?gracePeriodSeconds=0`);
    return reason.startsWith(`0/${nodes.length} nodes`) && !reason.includes('node.kubernetes.io/not-ready');
  });
}

async function begin(namespace, nodes, objects) {
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await makeNodes(api, nodes);
  for (const object of objects) await api.create(object);
  // Pods of a namespace are refused before its account is there.
  for (;;) {
    const { status } = await api.send('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`);
    if (status === 200) break;
    await sleep(20);
  }
  await sleep(300);
  await nodesAreSeen(namespace, nodes);
}

async function compare(namespace, nodes, objects, pods) {
  const emitted = {
    kubernetesVersion: '1.37',
    manifests: [...objects, ...pods].map((object, document) => ({ file: 'case.yaml', document, object })),
    compose: [],
  };
  const ours = podsOf(emitted, 37, nodes);
  let cluster = emptyCluster(nodes, namespaceLabels(emitted));
  for (const [i, pod] of pods.entries()) {
    const { best, reason } = decide(ours[i], cluster);
    const real = await decided(api, pod, nodes);
    counted.decisions += 1;
    const where = { pod: pod.metadata.name, ...(real.node === undefined ? {} : { node: real.node }) };
    if (real.node === undefined) {
      counted.waiting += 1;
      const said = real.reason.split(/(?<=\.) /)[0] ?? '';
      for (const one of said.replace(/^.*: |\.$/g, '').split(', ')) {
        const word = one.replace(/^\d+ /, '');
        counted.reasons.set(word, (counted.reasons.get(word) ?? 0) + 1);
      }
      assert.deepEqual(
        { ...where, reason, best: best.map(({ node }) => node.name) },
        { ...where, reason: said, best: [] },
      );
      // It would be tried again, at a moment of its own.
      await api.send('DELETE', `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}?gracePeriodSeconds=0`);
      continue;
    }
    if (best.length > 1) counted.ties += 1;
    const chosen = best.find(({ node }) => node.name === real.node);
    assert.ok(
      chosen,
      `${pod.metadata.name} is on ${real.node}; ours: ${best.map(({ node }) => node.name).join(' or ') || reason}`,
    );
    cluster = placed(cluster, ours[i], chosen);
  }
}
