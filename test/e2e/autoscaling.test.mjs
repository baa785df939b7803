// The autoscaler's engine beside the real kube-controller-manager, in real time: it looks each second, at metrics of
// the test's own that come through the metrics APIs. Each of its rounds is decided by the engine as well.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { until as patiently } from '../testbed/wait.mjs';
import { apiServices, startMetricsServer } from './autoscaling/metrics-server.mjs';
import { SCENARIOS } from './autoscaling/scenarios.mjs';
import { PITCH, SETTINGS, Story } from './autoscaling/story.mjs';

const { connectCluster, takeLease } = createRequire(import.meta.url)('cdk8s-tars/ops');

let plane;
let server;
let client;
/** @type {Map<string, Story>} */
const stories = new Map();

before(async () => {
  plane = await startControlPlane({
    controllerManagerArgs: [
      '--horizontal-pod-autoscaler-sync-period=1s',
      `--horizontal-pod-autoscaler-downscale-stabilization=${SETTINGS.downscaleStabilizationSeconds}s`,
      // each waits for its round
      `--concurrent-horizontal-pod-autoscaler-syncs=${Object.keys(SCENARIOS).length + 5}`,
    ],
  });
  client = await connectCluster({ kubeconfig: plane.kubeconfig });
  for (const [name, scenario] of Object.entries(SCENARIOS)) stories.set(name, new Story(client, name, scenario));
  server = await startMetricsServer(async ({ namespace, api, path, isController }) => {
    const story = stories.get(namespace);
    return isController ? story.answer(api, path) : story.items(api, path);
  });
  await apply(apiServices(server.port));
  const all = [...stories.values()];
  await apply(all.flatMap((story) => story.workload()));
  await until('the metrics APIs', async () => {
    const { items } = await client.call({ method: 'GET', path: '/apis/apiregistration.k8s.io/v1/apiservices' });
    const ours = items.filter(({ spec }) => spec.service?.name === 'metrics');
    return (
      ours.length === 3 &&
      ours.every(({ status }) => status?.conditions?.some((c) => c.type === 'Available' && c.status === 'True'))
    );
  });
  await until('the pods', async () => (await Promise.all(all.map((story) => story.isThere()))).every(Boolean));
  await Promise.all(all.map((story) => story.begin()));
  await apply(all.flatMap((story) => story.autoscalers()));
  await sleep(2 * PITCH);
  await Promise.all(
    all.map(async (story) => {
      while (!story.isOver || !story.isJudged) {
        if (story.scenario.quiet) await story.quietRound();
        await sleep(PITCH / 4);
        if (Date.now() > deadline) throw new Error(`${story.name}: ${story.rounds.length} rounds until now`);
      }
    }),
  );
});
const deadline = Date.now() + 240_000;

after(async () => {
  client?.close();
  await plane?.stop();
  await server?.stop();
});

async function apply(objects) {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(list) });
  assert.equal(code, 0, stderr);
}

/** What is not there is not so yet. */
const until = (what, question) => patiently(what, question, { timeoutMs: deadline - Date.now(), intervalMs: 200 });

describe('at each round the engine decides as the controller does', () => {
  for (const name of Object.keys(SCENARIOS)) {
    test(name, (context) => {
      const { rounds, closeCalls } = stories.get(name);
      const replicas = rounds.map(({ controller }) => controller.replicas ?? '-').join(' ');
      context.diagnostic(`replicas ${replicas}; in ${closeCalls} rounds the moment mattered`);
      rounds.forEach(({ engine, controller }, index) => {
        assert.deepEqual(engine, controller, `round ${index} (the engine, then the controller)`);
      });
    });
  }
});

test('an explanation comes to the number of replicas that the controller has', (context) => {
  let numbers = 0;
  let silent = 0;
  for (const [name, { explanations }] of stories) {
    for (const { explained, desired, isSilent, round } of explanations) {
      if (explained.desired === undefined && isSilent) {
        silent += 1;
        continue;
      }
      assert.equal(explained.desired, desired, `${name}, round ${round}: ${JSON.stringify(explained)}`);
      numbers += 1;
    }
  }
  context.diagnostic(`${numbers} explanations with a number, ${silent} of rounds in which the controller had none`);
  const without = [...stories].filter(([, { explanations }]) => explanations.length === 0).map(([name]) => name);
  assert.deepEqual(without, []);
});

test('the events are those that the engine foresaw', async () => {
  const path = '/api/v1/events';
  const query = { fieldSelector: 'reason=SuccessfulRescale' };
  const { items } = await client.call({ method: 'GET', path, query });
  for (const [name, { events }] of stories) {
    const told = items.filter(({ metadata }) => metadata.namespace === name);
    const messages = told.flatMap(({ message, count = 1 }) => Array.from({ length: count }, () => message));
    assert.deepEqual(messages.sort(), events.toSorted(), name);
  }
});

test('of many that want a Lease at once one gets it, and after it the next', async () => {
  const take = (holder) => takeLease(client, { namespace: 'default', name: 'web', holder, durationSeconds: 60 });
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => take(`holder-${index}`)));
  const [lease, ...others] = outcomes.flatMap(({ value }) => (value === undefined ? [] : [value]));
  assert.equal(others.length, 0);
  const refused = outcomes.flatMap(({ reason }) => (reason === undefined ? [] : [reason.code]));
  assert.deepEqual(new Set(refused), new Set(['ManagedByAutoscaler']));
  await lease.renew();
  await assert.rejects(take('late'), { code: 'ManagedByAutoscaler' });
  await lease.release();
  await take('late');
});

test('every way of deciding was seen', () => {
  const seen = new Set();
  for (const { rounds } of stories.values()) {
    for (const { controller } of rounds)
      for (const text of controller.conditions) seen.add(text.split(' ').slice(0, 3).join(' '));
  }
  const wanted = [
    ...['AbleToScale False FailedGetScale', 'AbleToScale True ReadyForNewScale', 'AbleToScale True SucceededRescale'],
    ...[
      'AbleToScale True ScaleDownStabilized',
      'AbleToScale True ScaleUpStabilized',
      'AbleToScale True SucceededGetScale',
    ],
    ...['ScalingActive False AmbiguousSelector', 'ScalingActive False FailedGetExternalMetric'],
    ...['ScalingActive False FailedGetResourceMetric', 'ScalingActive False ScalingDisabled'],
    ...['ScalingActive True ValidMetricFound', 'ScalingLimited False DesiredWithinRange'],
    ...['ScalingLimited True ScaleDownLimit', 'ScalingLimited True ScaleUpLimit'],
    ...['ScalingLimited True TooFewReplicas', 'ScalingLimited True TooManyReplicas', 'ScaledToZero True ScaledToZero'],
  ];
  assert.deepEqual(
    wanted.filter((one) => !seen.has(one)),
    [],
  );
});
