import type { AutoScalerOptions } from '../../../lib/ops/autoscaling/auto-scaler';
import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { ClusterError } from '../../../lib/ops/cluster-client/cluster-error';
import type { MetricSource } from '../../../lib/ops/autoscaling/metric-source';
import type { ReplicaTarget } from '../../../lib/ops/autoscaling/replica-target';
import { START } from './rounds';

function aTarget(replicas = 3, changes: Partial<ReplicaTarget> = {}) {
  const world = { replicas, now: START, writes: [] as number[] };
  const target: ReplicaTarget = {
    managedBy: () => Promise.resolve(undefined),
    read: () => Promise.resolve({ replicas: world.replicas, ready: world.replicas }),
    write: (_, __, to) => {
      world.writes.push(to);
      world.replicas = to;
      return Promise.resolve();
    },
    ...changes,
  };
  const scaler = (options: Partial<AutoScalerOptions> = {}) =>
    new AutoScaler('tars-backend', { target, now: () => world.now, ...options });
  return { world, scaler };
}

test('up under load, then nothing for the cooldown, then up again', async () => {
  const { world, scaler } = aTarget();
  const auto = scaler().addPolicy({ metricType: 'cpu' });
  const reasons: string[] = [];
  for (let step = 0; step < 6; step++) {
    auto.recordMetric({ metricType: 'cpu', value: 95, unit: 'percent' });
    reasons.push((await auto.checkAndScale()).reason);
    world.now += 15_000;
  }
  expect(reasons).toEqual([
    'AboveThreshold',
    'ScaleUpCooldown',
    'ScaleUpCooldown',
    'ScaleUpCooldown',
    'AboveThreshold',
    'ScaleUpCooldown',
  ]);
  expect(world.writes).toEqual([4, 5]);
  expect(auto.getScalingHistory()).toHaveLength(6);
  expect(auto.getStatus()).toMatchObject({ deploymentName: 'tars-backend', lastScaleTime: START + 60_000 });
});

test('as a HorizontalPodAutoscaler: down only when the whole window says so', async () => {
  const { world, scaler } = aTarget(5);
  const auto = scaler({ mode: 'hpa' }).addPolicy({ metricType: 'cpu', scaleDownCooldownSecs: 60 });
  for (let step = 0; step < 6; step++) {
    auto.recordMetric({ metricType: 'cpu', value: 10 });
    await auto.checkAndScale();
    world.now += 15_000;
  }
  expect(auto.getScalingHistory().map(({ to, reason }) => [to, reason])).toEqual([
    [5, 'ScaleDownStabilized'],
    [5, 'ScaleDownStabilized'],
    [5, 'ScaleDownStabilized'],
    [5, 'ScaleDownStabilized'],
    [4, 'SucceededRescale'],
    [4, 'ScaleDownLimit'],
  ]);
});

test.each(['threshold', 'hpa'] as const)('%s: two controllers never act on one target', async (mode) => {
  const { world, scaler } = aTarget(3, { managedBy: () => Promise.resolve('HorizontalPodAutoscaler tars-backend') });
  const auto = scaler({ mode }).addPolicy({ metricType: 'cpu' });
  auto.recordMetric({ metricType: 'cpu', value: 500 });
  expect(await auto.checkAndScale()).toMatchObject({
    isScaled: false,
    reason: 'ManagedByAutoscaler',
    message: 'HorizontalPodAutoscaler tars-backend decides about the replicas',
  });
  expect(world.writes).toEqual([]);
});

test('nor do two AutoScalers: the second waits until the first is closed', async () => {
  const released: string[] = [];
  const release = (name: string) => Promise.resolve(void released.push(name));
  const { world, scaler } = aTarget(3, { hold: () => Promise.resolve(), release });
  const [first, second] = [scaler(), scaler()].map((auto) => {
    auto.addPolicy({ metricType: 'cpu', scaleUpCooldownSecs: 0 }).recordMetric({ metricType: 'cpu', value: 95 });
    return auto;
  }) as [AutoScaler, AutoScaler];
  await first.checkAndScale();
  expect(await second.checkAndScale()).toMatchObject({ isScaled: false, reason: 'ManagedByAutoscaler' });
  await second.close();
  expect([world.writes, released]).toEqual([[4], []]);
  await first.close();
  expect(await second.checkAndScale()).toMatchObject({ isScaled: true, to: 5 });
  expect(released).toEqual(['tars-backend']);
});

test.each([
  ['ManagedByAutoscaler', new ClusterError('ManagedByAutoscaler', 'a colleague has it')],
  ['FailedGetScale', new Error('a colleague has it')],
])('what cannot be held alone is left alone: %s', async (reason, error) => {
  const { world, scaler } = aTarget(3, { hold: () => Promise.reject(error) });
  const auto = scaler().addPolicy({ metricType: 'cpu' });
  auto.recordMetric({ metricType: 'cpu', value: 500 });
  expect(await auto.checkAndScale()).toMatchObject({ isScaled: false, reason, message: 'a colleague has it' });
  expect(world.writes).toEqual([]);
});

test.each(['threshold', 'hpa'] as const)('%s: a refused change begins no cooldown', async (mode) => {
  let refuse = true;
  const { world, scaler } = aTarget(3, {
    write: (_, __, to) => {
      if (refuse) return Promise.reject(new Error('conflict'));
      world.replicas = to;
      return Promise.resolve();
    },
  });
  const auto = scaler({ mode }).addPolicy({ metricType: 'cpu' });
  auto.recordMetric({ metricType: 'cpu', value: 95 });
  expect(await auto.checkAndScale()).toMatchObject({
    isScaled: false,
    to: 3,
    reason: 'FailedUpdateScale',
    message: 'conflict',
  });
  refuse = false;
  world.now += 1000;
  expect(await auto.checkAndScale()).toMatchObject({ isScaled: true, from: 3, to: 4 });
});

describe.each(['threshold', 'hpa'] as const)('%s: a change whose answer was lost', (mode) => {
  const lostAnswers = (read?: ReplicaTarget['read'], error = new Error('the connection was lost')) => {
    const ends = new AbortController();
    const { world, scaler } = aTarget(2, {
      write: (_, __, to) => {
        world.writes.push(to);
        world.replicas = to;
        ends.abort();
        return Promise.reject(error);
      },
      ...(read === undefined ? {} : { read }),
    });
    const auto = scaler({ mode }).addPolicy({ metricType: 'cpu', maxStep: 2, scaleUpCooldownSecs: 300 });
    const check = (signal?: AbortSignal) => {
      auto.recordMetric({ metricType: 'cpu', value: 99 });
      world.now += 15_000;
      return auto.checkAndScale(signal);
    };
    return { world, auto, check, ends };
  };

  test('is one that was done, when the target has it', async () => {
    const { world, auto, check } = lostAnswers();
    const first = await check();
    expect(first).toMatchObject({ isScaled: true, from: 2, to: 4 });
    expect(first.message).toContain('the connection was lost');
    for (let step = 0; step < 4; step++) expect(await check()).toMatchObject({ isScaled: false, from: 4 });
    expect(world.writes).toEqual([4]);
    expect(auto.getStatus().lastScaleTime).toBe(START + 15_000);
  });

  test('also when that is seen by the next check only', async () => {
    let reads = 0;
    const { world, auto, check } = lostAnswers(() =>
      ++reads === 2 ? Promise.reject(new Error('no answer')) : Promise.resolve({ ...world, ready: world.replicas }),
    );
    expect(await check()).toMatchObject({ isScaled: false, reason: 'FailedUpdateScale' });
    for (let step = 0; step < 4; step++) expect(await check()).toMatchObject({ isScaled: false, from: 4 });
    expect(world.writes).toEqual([4]);
    expect(auto.getStatus().lastDecision?.reason).toBe(mode === 'hpa' ? 'ScaleUpLimit' : 'ScaleUpCooldown');
  });

  test('also when it was called off meanwhile', async () => {
    const { world, check, ends } = lostAnswers((_, signal) => {
      signal?.throwIfAborted();
      return Promise.resolve({ ...world, ready: world.replicas });
    });
    expect(await check(ends.signal)).toMatchObject({ isScaled: true, to: 4 });
  });

  test.each(['Conflict', 'ManagedByAutoscaler', 'PreconditionFailed'] as const)('but not after %s', async (code) => {
    const { world, check } = lostAnswers(undefined, new ClusterError(code, 'somebody else was faster'));
    expect(await check()).toMatchObject({ isScaled: false, reason: 'FailedUpdateScale' });
    await check();
    expect(world.writes).toEqual([4, 6]);
  });
});

test('a target or a source that fails is a decision', async () => {
  const gone = aTarget(3, { read: () => Promise.reject(new Error('not found')) });
  expect(await gone.scaler().addPolicy({ metricType: 'cpu' }).checkAndScale()).toMatchObject({
    reason: 'FailedGetScale',
    message: 'not found',
  });
  const { scaler } = aTarget();
  const blind = scaler({ source: { read: () => Promise.reject(new Error('no answer')) } }).addPolicy({
    metricType: 'cpu',
  });
  expect(await blind.checkAndScale()).toMatchObject({
    reason: 'MissingMetrics',
    message: 'no value in the window; no answer',
  });
  await blind.close();
  const broken = scaler({ source: { read: () => Promise.resolve([{ metricType: 'cpu', value: NaN }]) } }).addPolicy({
    metricType: 'cpu',
  });
  const decision = await broken.checkAndScale();
  expect(decision.reason).toBe('MissingMetrics');
  expect(decision.message).toContain('TARS7102');
});

describe('of several metrics', () => {
  const two = (auto: AutoScaler) =>
    auto
      .addPolicy({ metricType: 'rps', metricAggregationWindowSecs: 10 })
      .addPolicy({ metricType: 'cpu', metricAggregationWindowSecs: 10 });

  test('one that is never answered holds up no other', async () => {
    const asked: string[] = [];
    const source: MetricSource = {
      read: (_, { metricType }) => {
        asked.push(metricType);
        return metricType === 'rps' ? new Promise(() => undefined) : Promise.resolve([{ metricType, value: 99 }]);
      },
    };
    const { scaler } = aTarget();
    const decision = await two(scaler({ source, sourceTimeoutMs: 20 })).checkAndScale();
    expect(decision).toMatchObject({ isScaled: true, from: 3, to: 4, reason: 'AboveThreshold' });
    expect(decision.message).toContain('metric rps: timed out after 0.02 s');
    expect(asked).toEqual(['rps', 'cpu']);
  });

  test('one that is answered late makes no other old', async () => {
    const { world, scaler } = aTarget();
    const source: MetricSource = {
      read: (_, { metricType }) => {
        if (metricType === 'cpu') return Promise.resolve([{ metricType, value: 99 }]);
        return Promise.resolve().then(() => {
          world.now += 10_000;
          return [{ metricType, value: 50 }];
        });
      },
    };
    expect(await two(scaler({ source })).checkAndScale()).toMatchObject({ isScaled: true, means: [50, 99] });
  });
});

test('two checks at once are one', async () => {
  const { world, scaler } = aTarget();
  const auto = scaler().addPolicy({ metricType: 'cpu', scaleUpCooldownSecs: 0 });
  auto.recordMetric({ metricType: 'cpu', value: 95 });
  const [one, two] = await Promise.all([auto.checkAndScale(), auto.checkAndScale()]);
  expect(one).toBe(two);
  expect(world.writes).toEqual([4]);
});

test.each([
  [{ metricType: 'cpu', value: NaN }, 'metric cpu.value'],
  [{ metricType: 'cpu', value: Infinity }, 'metric cpu.value'],
  [{ metricType: 'cpu', value: 1, timestamp: NaN }, 'metric cpu.timestamp'],
  [{ metricType: 'cpu', value: 1, unit: 'cores' }, 'metric cpu.unit'],
] as const)('%j is refused', (metric, message) => {
  const auto = aTarget().scaler();
  auto.recordMetric({ metricType: 'cpu', value: 1, unit: 'percent' });
  expect(() => {
    auto.recordMetric(metric);
  }).toThrow(message);
});

test('the history is bounded', async () => {
  const auto = aTarget().scaler({ historyLength: 3 }).addPolicy({ metricType: 'cpu' });
  for (let step = 0; step < 5; step++) await auto.checkAndScale();
  expect(auto.getScalingHistory()).toHaveLength(3);
});

test.each([0, 3])('what the status tells does not end with a history of %d', async (historyLength) => {
  const { world, scaler } = aTarget();
  const auto = scaler({ historyLength }).addPolicy({ metricType: 'cpu' });
  expect(auto.getStatus()).toMatchObject({ lastDecision: undefined, lastScaleTime: undefined });
  auto.recordMetric({ metricType: 'cpu', value: 95 });
  await auto.checkAndScale();
  for (let step = 1; step <= 5; step++) {
    world.now = START + step * 60_000;
    await auto.checkAndScale();
  }
  expect(auto.getScalingHistory()).toHaveLength(historyLength);
  expect(auto.getStatus()).toMatchObject({
    lastDecision: { at: START + 300_000, isScaled: false, reason: 'MissingMetrics' },
    lastScaleTime: START,
  });
});
