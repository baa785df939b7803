import { TarsError } from 'cdk8s-tars';
import type { AutoScalerOptions, MetricValue, ReplicaTarget, ScalingPolicyProps } from 'cdk8s-tars/ops';
import { AutoScaler, runScaler } from 'cdk8s-tars/ops';

const TARGET: ReplicaTarget = {
  managedBy: () => Promise.resolve(undefined),
  read: () => Promise.resolve({ replicas: 3, ready: 3 }),
  write: () => Promise.resolve(),
};
const OPTIONS: AutoScalerOptions = { target: TARGET, now: () => 0 };

/** Codes and paths of what is refused, as JavaScript may hand it in. */
function refused(what: () => unknown): string[] {
  try {
    what();
  } catch (error) {
    if (error instanceof TarsError) return error.issues.map(({ code, path }) => `${code} ${path}`);
    throw error;
  }
  return [];
}

const made = (options: unknown, name: unknown = 'web'): string[] =>
  refused(() => new AutoScaler(name as string, options as AutoScalerOptions));

test.each<[string, unknown, string[]]>([
  ['none', undefined, ['TARS1002 options.target', 'TARS1002 options.now']],
  ['a text', 'web', ['TARS1002 options', 'TARS1002 options.target', 'TARS1002 options.now']],
  ['no clock', { target: TARGET }, ['TARS1002 options.now']],
  [
    'half a target',
    { ...OPTIONS, target: { read: TARGET.read } },
    ['TARS1002 options.target.managedBy', 'TARS1002 options.target.write'],
  ],
  ['a hold that is none', { ...OPTIONS, target: { ...TARGET, hold: 'mine' } }, ['TARS1002 options.target.hold']],
  ['a source that cannot be read', { ...OPTIONS, source: {} }, ['TARS1002 options.source.read']],
  ['a mode in capitals', { ...OPTIONS, mode: 'HPA' }, ['TARS1002 options.mode']],
  ['a history of NaN', { ...OPTIONS, historyLength: NaN }, ['TARS1006 options.historyLength']],
  ['a history of less than nothing', { ...OPTIONS, historyLength: -1 }, ['TARS1006 options.historyLength']],
  ['a time-out that no timer has', { ...OPTIONS, sourceTimeoutMs: 2 ** 31 }, ['TARS1006 options.sourceTimeoutMs']],
  ['a misspelt option', { ...OPTIONS, historyLenght: 5 }, ['TARS1001 options.historyLenght']],
])('options: %s', (_, options, expected) => {
  expect(made(options)).toEqual(expected);
});

test('everything that is wrong is said at once, with what is allowed and what to do', () => {
  expect(made({ mode: 'HPA', historyLength: 0.5 }, '')).toEqual([
    'TARS1002 deploymentName',
    'TARS1002 options.target',
    'TARS1002 options.now',
    'TARS1002 options.mode',
    'TARS1006 options.historyLength',
  ]);
  expect(() => new AutoScaler('web', { ...OPTIONS, mode: 'HPA' as 'hpa' })).toThrow(
    /given: +"HPA"\n +allowed: "threshold", "hpa"\n +remedy: +did you mean "hpa"\?/,
  );
});

test('what may be left out may be undefined', () => {
  const options = {
    ...OPTIONS,
    mode: undefined,
    source: undefined,
    sourceTimeoutMs: undefined,
    historyLength: undefined,
  };
  expect(made(options)).toEqual([]);
});

test.each<[string, unknown, string[]]>([
  ['none', undefined, ['TARS7101 policy.metricType']],
  ['a misspelt key', { metricType: 'cpu', maxReplica: 5 }, ['TARS1001 policy.maxReplica']],
  [
    'two mistakes',
    { metricType: 'CPU', targetvalue: 5 },
    ['TARS1001 policy.targetvalue', 'TARS7101 policy.metricType'],
  ],
  ['a number as a text', { metricType: 'cpu', targetValue: '60' }, ['TARS7101 policy.targetValue']],
  ['what is undefined has its default', { metricType: 'cpu', maxReplicas: undefined }, []],
])('a policy: %s', (_, props, expected) => {
  const scaler = new AutoScaler('web', OPTIONS);
  expect(refused(() => scaler.addPolicy(props as ScalingPolicyProps))).toEqual(expected);
  expect(scaler.getStatus().policies).toHaveLength(expected.length === 0 ? 1 : 0);
});

test.each<[string, unknown, string[]]>([
  ['none', undefined, ['TARS7102 metric']],
  ['a type in capitals', { metricType: 'CPU', value: 80 }, ['TARS7102 metric CPU.metricType']],
  ['a value as a text', { metricType: 'cpu', value: '80' }, ['TARS7102 metric cpu.value']],
  ['no time', { metricType: 'cpu', value: 80, timestamp: null }, ['TARS7102 metric cpu.timestamp']],
  [
    'three mistakes',
    { metricType: 'x', name: 1, value: NaN },
    ['TARS7102 metric x.metricType', 'TARS7102 metric x.name', 'TARS7102 metric x.value'],
  ],
  ['a good one', { metricType: 'custom', name: 'queue', value: 0, timestamp: 5, unit: 'jobs' }, []],
])('a metric: %s', (_, metric, expected) => {
  const scaler = new AutoScaler('web', OPTIONS);
  expect(
    refused(() => {
      scaler.recordMetric(metric as MetricValue);
    }),
  ).toEqual(expected);
});

test.each<[string, unknown, string]>([
  ['none', undefined, 'options.signal'],
  ['no interval', { signal: AbortSignal.abort() }, 'options.intervalMs'],
  ['an interval of NaN', { intervalMs: NaN, signal: AbortSignal.abort() }, 'options.intervalMs'],
  ['no signal', { intervalMs: 1000 }, 'options.signal'],
])('running it: %s', async (_, options, path) => {
  const decisions = runScaler(new AutoScaler('web', OPTIONS), options as Parameters<typeof runScaler>[1]);
  await expect(decisions.next()).rejects.toThrow(path);
  await expect(decisions.next()).resolves.toEqual({ value: undefined, done: true });
});
