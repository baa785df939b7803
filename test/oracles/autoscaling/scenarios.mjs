// Random scenarios of an autoscaler: a spec, and hours of what its controller sees. The engine's own
// decisions move the target, so that one scenario tells a story and is not a heap of unrelated moments.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const engine = require('../../../build/lib/ops/autoscaling/hpa-engine.js');
const { NEW_HPA_STATE } = require('../../../build/lib/ops/autoscaling/hpa-state.js');
const { readHpa } = require('../../../build/lib/ops/autoscaling/read-hpa.js');

/** @typedef {ReturnType<typeof import('../random.mjs').randomSource>} Random */

const START = 1_800_000_000_000;

/**
 * A scenario as the oracle takes it, and what the engine said at each of its steps.
 *
 * @param {Random} random
 */
export function playScenario(random) {
  const settings = {
    tolerance: random.pick([0.1, 0.1, 0.05, 0, 0.3]),
    downscaleStabilizationSeconds: random.pick([300, 60, 0]),
    cpuInitializationSeconds: random.pick([300, 120, 0]),
    initialReadinessDelaySeconds: random.pick([30, 10, 0]),
  };
  let fields = randomSpec(random);
  let spec = readHpa(fields);
  let replicas = random.below(fields.maxReplicas + 3);
  let state = NEW_HPA_STATE;
  let now = START + random.below(1000);
  let level = random.next() * 2;
  let pods = [];
  let serial = 0;
  const pace = random.pick([15_000, 15_000, 1_000, 60_000]);
  const steps = [];
  const said = [];
  const containers = random.pick([['web'], ['web', 'log']]);
  const length = 3 + random.below(random.chance(0.05) ? 240 : 20);
  for (let index = 0; index < length; index += 1) {
    // now and then the spec is edited, a person scales by hand, time makes a leap
    const edited = index === 0 || random.chance(0.02);
    if (edited && index > 0) {
      fields = { ...randomSpec(random), metrics: fields.metrics };
      spec = readHpa(fields);
    }
    if (random.chance(0.02)) replicas = random.below(fields.maxReplicas + 3);
    level = random.chance(0.15) ? random.next() * 3 : Math.max(0, level + (random.next() - 0.5) * 0.3);
    pods = livingPods(random, pods, replicas, now, containers, () => (serial += 1));
    const scale = random.chance(0.01)
      ? undefined
      : {
          specReplicas: replicas,
          statusReplicas: random.chance(0.9) ? pods.length : random.below(fields.maxReplicas + 1) + 1,
          ...(random.chance(0.02) ? { selector: random.pick(['missing', 'ambiguous']) } : {}),
        };
    const readings = spec.metrics.map((metric) => randomReading(random, metric, pods, level, now));
    const observation = { scale, pods, readings };
    const round = engine.hpaRound(spec, state, observation, now, settings);
    const updateFails = random.chance(0.03);
    const fails = updateFails && round.decision.rescale !== undefined;
    said.push({ ...round.decision, ...(fails ? { rescale: undefined } : {}), fails });
    state = fails ? engine.afterFailedUpdate(state, round, 'refused') : round.state;
    if (fails) said.at(-1).conditions = state.conditions;
    steps.push({
      at: now,
      ...(edited ? { spec: fields } : {}),
      scale: scale ?? null,
      pods: pods.map((pod) => ({ ...pod, startTime: pod.startTime ?? null, ready: pod.ready ?? null })),
      readings: readings.map(written),
      updateFails,
    });
    if (!fails) replicas = round.decision.rescale ?? replicas;
    now += random.chance(0.05) ? random.below(4_000_000) : pace + (random.chance(0.3) ? random.below(2000) : 0);
  }
  return { scenario: { settings, steps }, said };
}

/** @param {Random} random */
function randomSpec(random) {
  const maxReplicas = 1 + random.below(random.pick([5, 5, 10, 20, random.chance(0.1) ? 200 : 12]));
  const minReplicas = random.chance(0.15) ? 0 : 1 + random.below(maxReplicas);
  const metrics = randomMetrics(random);
  const canBeNone = metrics.some(({ type }) => type === 'Object' || type === 'External');
  return {
    minReplicas: canBeNone ? minReplicas : Math.max(1, minReplicas),
    maxReplicas,
    metrics,
    ...(random.chance(0.2) ? {} : { behavior: randomBehavior(random) }),
  };
}

/** @param {Random} random */
function randomMetrics(random) {
  const all = [
    () => ({ type: 'Resource', resource: { name: 'cpu', target: resourceTarget(random, '250m') } }),
    () => ({ type: 'Resource', resource: { name: 'memory', target: resourceTarget(random, '300Mi') } }),
    () => ({
      type: 'ContainerResource',
      containerResource: {
        name: random.pick(['cpu', 'memory']),
        container: random.pick(['web', 'web', 'log']),
        target: { type: 'Utilization', averageUtilization: 1 + random.below(150) },
      },
    }),
    () => ({
      type: 'Pods',
      pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: amount(random) } },
    }),
    () => ({
      type: 'Object',
      object: {
        metric: { name: 'queue' },
        describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
        target: amountTarget(random),
      },
    }),
    () => ({
      type: 'External',
      external: {
        metric: {
          name: 'backlog',
          ...(random.chance(0.5) ? { selector: { matchLabels: { queue: 'chat', a: 'b' } } } : {}),
        },
        target: amountTarget(random),
      },
    }),
  ];
  const chosen = all.filter(() => random.chance(0.25));
  return (chosen.length === 0 ? [random.pick(all)] : chosen).map((make) => make());
}

const resourceTarget = (random, value) =>
  random.chance(0.75)
    ? { type: 'Utilization', averageUtilization: random.pick([60, 60, 80, 150, 1 + random.below(200)]) }
    : { type: 'AverageValue', averageValue: value };

const amount = (random) => random.pick(['50', '500m', '1k', '333m', String(1 + random.below(300))]);

const amountTarget = (random) =>
  random.chance(0.5)
    ? { type: 'Value', value: amount(random) }
    : { type: 'AverageValue', averageValue: amount(random) };

/** @param {Random} random */
function randomBehavior(random) {
  return {
    ...(random.chance(0.85) ? { scaleUp: randomRules(random, [0, 0, 15, 60, 300, 3600]) } : {}),
    ...(random.chance(0.85) ? { scaleDown: randomRules(random, [0, 15, 60, 300, 300, 3600]) } : {}),
  };
}

function randomRules(random, windows) {
  const policies = Array.from({ length: random.below(4) }, () => ({
    type: random.pick(['Pods', 'Percent']),
    value: 1 + random.below(random.pick([4, 100, 200])),
    periodSeconds: random.pick([1, 15, 60, 300, 1800]),
  }));
  return {
    ...(random.chance(0.8) ? { stabilizationWindowSeconds: random.pick(windows) } : {}),
    ...(random.chance(0.6) ? { selectPolicy: random.pick(['Max', 'Min', 'Max', 'Min', 'Disabled']) } : {}),
    ...(policies.length > 0 ? { policies } : {}),
    ...(random.chance(0.4) ? { tolerance: random.pick(['0', '341m', '508m', '50m', `${random.below(1200)}m`]) } : {}),
  };
}

/** The pods follow the replicas asked for; some start, some wait, fail, or are on their way out. */
function livingPods(random, before, replicas, now, containers, next) {
  const kept = before
    .filter(({ deleting }) => !deleting || random.chance(0.5))
    .map((pod) => aged(random, pod, now))
    .filter(() => random.chance(0.995));
  const alive = kept.filter(({ deleting }) => !deleting);
  const surplus = new Set(alive.slice(replicas).map(({ name }) => name));
  const pods = kept.map((pod) => (surplus.has(pod.name) ? { ...pod, deleting: true } : pod));
  const missing = Math.max(0, replicas - alive.length);
  return [...pods, ...Array.from({ length: missing }, () => newPod(random, next(), now, containers))];
}

function newPod(random, serial, now, containers) {
  const startedAt = now - random.below(random.pick([1000, 100_000, 1_000_000]));
  const requests = random.pick([500, 100, 1000, 333]);
  return {
    name: `web-${serial}`,
    phase: random.pick(['Running', 'Running', 'Running', 'Running', 'Pending', 'Failed', 'Succeeded', 'Unknown']),
    deleting: false,
    startTime: random.chance(0.95) ? startedAt : undefined,
    ready: random.chance(0.95)
      ? {
          status: random.pick(['True', 'True', 'True', 'True', 'False', 'Unknown']),
          since: startedAt + random.below(random.pick([1, 20_000, 60_000])),
        }
      : undefined,
    containers: containers.map((name) => ({
      name,
      requests: random.chance(0.997) ? { cpu: requests, memory: 512 * 1024 * 1024 * 1000 } : {},
    })),
  };
}

function aged(random, pod, now) {
  if (pod.phase === 'Pending' && random.chance(0.5)) {
    return { ...pod, phase: 'Running', startTime: now - 500, ready: { status: 'True', since: now - 100 } };
  }
  if (pod.phase === 'Failed' && random.chance(0.3)) return { ...pod, deleting: true };
  if (random.chance(0.02))
    return { ...pod, ready: { status: random.pick(['True', 'False']), since: now - random.below(20_000) } };
  return pod;
}

function randomReading(random, metric, pods, level, now) {
  if (random.chance(0.04)) return { kind: 'missing', message: 'nobody served it' };
  if (metric.type === 'External' || metric.type === 'Object') {
    const target = metric.target.valueMilli ?? metric.target.averageValueMilli * Math.max(1, pods.length);
    const count = metric.type === 'Object' ? 1 : 1 + random.below(3);
    return {
      kind: 'values',
      values: Array.from({ length: count }, () => Math.round((level * target * near(random)) / count)),
    };
  }
  const values = new Map();
  for (const pod of pods) {
    if (random.chance(0.03)) continue;
    values.set(pod.name, {
      value: Math.round(level * usual(metric, pod) * near(random)),
      timestamp: now - random.below(random.pick([1, 30_000, 90_000])),
      windowMs: random.pick([15_000, 30_000, 60_000]),
    });
  }
  // an adapter may know of pods that are none of ours
  if (random.chance(0.02)) values.set('stranger', { value: 500, timestamp: now, windowMs: 30_000 });
  return { kind: 'pods', values };
}

/** On the spot often enough, so that edges are hit. */
const near = (random) => (random.chance(0.2) ? 1 : 0.9 + random.next() * 0.2);

function usual(metric, pod) {
  if (metric.type === 'Pods') return metric.averageValueMilli;
  if (metric.target.averageValueMilli !== undefined) return metric.target.averageValueMilli;
  const counted = pod.containers.filter(({ name }) => metric.container === undefined || name === metric.container);
  const requested = counted.reduce((sum, { requests }) => sum + (requests[metric.resource] ?? 0), 0);
  return (requested * metric.target.averageUtilization) / 100;
}

function written(reading) {
  if (reading.kind === 'missing') return { missing: true };
  return reading.kind === 'values' ? { values: reading.values } : { pods: Object.fromEntries(reading.values) };
}
