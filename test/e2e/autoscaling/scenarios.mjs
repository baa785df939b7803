// Stories of autoscalers, a round at a time. Loads are in thousandths of a core, all pods together; a pod asks for
// 100m, so that 60 a pod is the target.

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } };
const memory = {
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '80Mi' } },
};
const inflight = {
  type: 'Pods',
  pods: { metric: { name: 'inflight' }, target: { type: 'AverageValue', averageValue: '20' } },
};
const backlog = (target) => ({ type: 'External', external: { metric: { name: 'backlog' }, target } });
const queue = {
  type: 'Object',
  object: {
    metric: { name: 'queue' },
    describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
    target: { type: 'Value', value: '100' },
  },
};

const pods = (value, periodSeconds) => ({ type: 'Pods', value, periodSeconds });
const percent = (value, periodSeconds) => ({ type: 'Percent', value, periodSeconds });
/** As far as it likes, at once. */
const free = { stabilizationWindowSeconds: 0, policies: [pods(20, 1)] };
const FREE = { scaleUp: free, scaleDown: free };
const up = (rules) => ({ scaleUp: { ...free, ...rules }, scaleDown: free });
const down = (rules) => ({ scaleUp: free, scaleDown: { ...free, ...rules } });

const spec = (fields = {}) => ({ minReplicas: 1, maxReplicas: 10, metrics: [cpu], behavior: FREE, ...fields });

/** The value of a round; the last one stays. */
const at = (list, round) => list[Math.min(round, list.length - 1)];
/** Loads over the rounds, shared by the pods there are. */
const loads =
  (...list) =>
  (round) => ({ usage: (_, count) => ({ cpu: `${Math.round(at(list, round) / count)}m` }) });
/** What each pod uses, however many there are. */
const each =
  (...list) =>
  (round) => ({ usage: () => ({ cpu: `${at(list, round)}m` }) });
const external =
  (...list) =>
  (round) => ({ external: at(list, round) });

/**
 * @typedef {object} Scenario
 * @property {number} replicas at first
 * @property {object} spec
 * @property {number} rounds
 * @property {(round: number) => object} values
 * @property {(serial: number, round: number) => string} [pod] what becomes of a pod; `ready` unless said otherwise
 * @property {Record<number, object>} [after] what somebody does after a round
 * @property {boolean} [quiet] the controller never asks for a metric
 */

/** @type {Record<string, Scenario>} */
export const SCENARIOS = {
  steady: { replicas: 3, spec: spec(), rounds: 8, values: loads(180) },
  rise: { replicas: 1, spec: spec(), rounds: 12, values: loads(60, 130, 130, 250, 250, 400, 590, 590) },
  fall: { replicas: 8, spec: spec(), rounds: 12, values: loads(480, 480, 300, 300, 120, 120, 20, 20) },
  'tolerance-band': { replicas: 4, spec: spec(), rounds: 10, values: loads(240, 260, 264, 268, 300, 260, 220) },
  'tolerance-fields': {
    replicas: 3,
    spec: spec({ behavior: { scaleUp: { ...free, tolerance: '341m' }, scaleDown: { ...free, tolerance: '508m' } } }),
    rounds: 12,
    values: loads(180, 240, 240, 243, 243, 150, 150, 147, 116, 116, 100),
  },
  'percent-policy': {
    replicas: 2,
    spec: spec({
      behavior: {
        scaleUp: { ...free, policies: [percent(50, 4)] },
        scaleDown: { ...free, policies: [percent(50, 4)] },
      },
    }),
    rounds: 20,
    values: loads(120, 600, 600, 600, 600, 600, 600, 600, 600, 60),
  },
  'pods-policy': {
    replicas: 2,
    spec: spec({
      behavior: { scaleUp: { ...free, policies: [pods(1, 4)] }, scaleDown: { ...free, policies: [pods(1, 2)] } },
    }),
    rounds: 18,
    values: loads(120, 480, 480, 480, 480, 480, 480, 480, 60),
  },
  'select-min': {
    replicas: 4,
    spec: spec({ behavior: up({ selectPolicy: 'Min', policies: [pods(3, 2), percent(25, 4)] }) }),
    rounds: 12,
    values: loads(240, 600),
  },
  'select-max': {
    replicas: 9,
    spec: spec({ behavior: down({ selectPolicy: 'Max', policies: [pods(1, 2), percent(30, 4)] }) }),
    rounds: 14,
    values: loads(540, 60),
  },
  'down-disabled': {
    replicas: 4,
    spec: spec({ behavior: down({ selectPolicy: 'Disabled' }) }),
    rounds: 8,
    values: loads(240, 60, 60, 60, 360),
  },
  'down-window': {
    replicas: 5,
    spec: spec({ behavior: down({ stabilizationWindowSeconds: 5 }) }),
    rounds: 16,
    values: loads(300, 120, 180, 120, 60),
  },
  'up-window': {
    replicas: 2,
    spec: spec({ behavior: up({ stabilizationWindowSeconds: 5 }) }),
    rounds: 16,
    values: loads(120, 300, 300, 180, 300, 420),
  },
  'no-behavior': {
    replicas: 3,
    spec: spec({ behavior: undefined, maxReplicas: 20 }),
    rounds: 16,
    values: loads(180, 900, 900, 900, 120),
  },
  'at-bounds': {
    replicas: 3,
    spec: spec({ minReplicas: 2, maxReplicas: 5 }),
    rounds: 10,
    values: loads(180, 900, 900, 900, 30),
  },
  'above-max': { replicas: 8, spec: spec({ maxReplicas: 5 }), rounds: 6, values: loads(300) },
  'below-min': { replicas: 1, spec: spec({ minReplicas: 3 }), rounds: 6, values: loads(180) },
  'missing-up': {
    replicas: 4,
    spec: spec(),
    rounds: 8,
    // one pod has no value: idle, while the others ask for more
    values: (round) => ({
      usage: (_, __, serial) => (serial === 0 ? undefined : { cpu: `${at([60, 75, 90, 200], round)}m` }),
    }),
  },
  'missing-down': {
    replicas: 5,
    spec: spec(),
    rounds: 8,
    values: (round) => ({
      usage: (_, __, serial) => (serial === 0 ? undefined : { cpu: `${at([60, 50, 40, 10], round)}m` }),
    }),
  },
  'no-metrics': { replicas: 3, spec: spec(), rounds: 6, values: () => ({}) },
  unready: {
    replicas: 3,
    spec: spec(),
    rounds: 12,
    pod: (serial, round) => (serial < 3 ? 'ready' : round < 6 ? 'pending' : round < 9 ? 'starting' : 'ready'),
    values: each(60, 100, 100, 100, 60),
  },
  'failed-pod': {
    replicas: 4,
    spec: spec(),
    rounds: 8,
    pod: (serial) => (serial === 1 ? 'failed' : 'ready'),
    values: each(60, 90, 60, 30),
  },
  'largest-wins': {
    replicas: 2,
    spec: spec({ metrics: [cpu, memory] }),
    rounds: 10,
    values: (round) => ({
      usage: () => ({
        cpu: `${at([60, 90, 60, 60, 20], round)}m`,
        memory: `${at([80, 80, 160, 100, 90, 20], round)}Mi`,
      }),
    }),
  },
  'invalid-blocks': {
    replicas: 4,
    spec: spec({ metrics: [cpu, backlog({ type: 'AverageValue', averageValue: '10' })] }),
    rounds: 10,
    values: (round) => ({ ...loads(240, 60, 60, 400, 400, 60)(round), external: round < 7 ? [] : ['15'] }),
  },
  'no-request': { replicas: 2, spec: spec(), rounds: 5, requests: { memory: '100Mi' }, values: each(90) },
  'pods-metric': {
    replicas: 2,
    spec: spec({ metrics: [inflight] }),
    rounds: 10,
    values: (round) => ({ pods: (_, count) => String(Math.round(at([40, 90, 90, 150, 30], round) / count)) }),
  },
  'external-value': {
    replicas: 3,
    spec: spec({ metrics: [backlog({ type: 'Value', value: '100' })] }),
    rounds: 10,
    values: external(['60', '40'], ['105'], ['170'], ['100'], ['20', '5'], ['100']),
  },
  'external-average': {
    replicas: 3,
    spec: spec({ metrics: [backlog({ type: 'AverageValue', averageValue: '10' })] }),
    rounds: 10,
    values: external(['30'], ['32'], ['55'], ['82500m'], ['5']),
  },
  'object-value': {
    replicas: 2,
    spec: spec({ metrics: [queue] }),
    rounds: 10,
    values: (round) => ({ object: at(['100', '109', '220', '100', '100', '40', '100'], round) }),
  },
  'to-zero': {
    replicas: 2,
    spec: spec({ minReplicas: 0, metrics: [backlog({ type: 'AverageValue', averageValue: '10' })] }),
    rounds: 12,
    values: external(['20'], ['0'], ['0'], ['0'], ['0'], ['25'], ['25']),
  },
  'lower-max': {
    replicas: 6,
    spec: spec(),
    rounds: 10,
    values: loads(360),
    after: { 2: { spec: { maxReplicas: 4 }, isOut: true }, 6: { spec: { maxReplicas: 7 } } },
  },
  'by-hand': { replicas: 3, spec: spec(), rounds: 8, values: loads(180), after: { 2: { scale: 7 } } },
  'switched-off': { replicas: 0, spec: spec(), rounds: 3, quiet: true, values: () => ({}) },
  ambiguous: {
    replicas: 2,
    spec: spec(),
    rounds: 3,
    quiet: true,
    selector: 'ambiguous',
    others: ['other'],
    values: () => ({}),
  },
  'no-target': { replicas: 1, target: 'nothing', spec: spec(), rounds: 3, quiet: true, values: () => ({}) },
};
