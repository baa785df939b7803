import { afterFailedUpdate, hpaRound } from '../../../lib/ops/autoscaling/hpa-engine';
import type { HpaSpec } from '../../../lib/ops/autoscaling/hpa-spec';
import { NEW_HPA_STATE } from '../../../lib/ops/autoscaling/hpa-state';
import type { MetricReading, Observation } from '../../../lib/ops/autoscaling/observation';
import { aPod, aSpec, observed, readingOf, START, using } from './rounds';

const FREE = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 50, periodSeconds: 1 }],
  },
  scaleDown: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 50, periodSeconds: 1 }],
  },
} as const;

const decide = (observation: Observation, spec: HpaSpec = aSpec({ behavior: FREE }), now = START) =>
  hpaRound(spec, NEW_HPA_STATE, observation, now).decision;

describe('one metric', () => {
  test.each([
    ['near enough', [640, 640], undefined],
    ['at the edge of the tolerance', [660, 660], undefined],
    ['the sums are compared, not the pods', [1200, 0], undefined],
    ['utilization is cut to whole percent', [669, 669], undefined],
    ['past the tolerance', [670, 670], 3],
    ['twice the target', [1200, 1200], 4],
    ['a pod without a value counts as idle when more would be added', [1200, undefined], undefined],
    ['and is in the sum', [2400, undefined], 4],
    ['a pod without a value counts as full when some would be taken', [100, 100, undefined], 2],
  ])('%s', (_, amounts, replicas) => {
    expect(decide(using(amounts), aSpec({ behavior: FREE })).rescale).toBe(replicas);
  });

  test('what is on its way out, or not up yet, is not judged', () => {
    const pods = [
      aPod('a'),
      aPod('b', { deleting: true }),
      aPod('c', { phase: 'Failed' }),
      aPod('d', { phase: 'Pending' }),
      aPod('e', { startTime: START - 10_000, ready: { status: 'False', since: START - 10_000 } }),
    ];
    const busy = observed(pods, readingOf(pods, [3000, 9000, 9000, 9000, 9000]));
    // 300 % of one pod; with the two that start as idle: 100 %, for three pods
    expect(decide({ ...busy, scale: { specReplicas: 3, statusReplicas: 3 } }).rescale).toBe(5);
  });

  test('a sample from before the pod was Ready is none', () => {
    const young = { startTime: START - 60_000, ready: { status: 'True', since: START - 20_000 } as const };
    const pods = [aPod('a'), aPod('b', young)];
    const at = (timestamp: number): Observation => observed(pods, readingOf(pods, [600, 3000], timestamp));
    expect(decide(at(START - 10_000)).rescale).toBeUndefined();
    expect(decide(at(START - 5_000)).rescale).toBe(6);
  });

  test('a request that is missing says so', () => {
    const pods = [aPod('a', { containers: [{ name: 'web', requests: {} }] })];
    const { conditions, desiredReplicas } = decide(observed(pods, readingOf(pods, [100])));
    expect(desiredReplicas).toBeUndefined();
    expect(conditions.ScalingActive).toEqual({
      status: 'False',
      reason: 'FailedGetResourceMetric',
      message: 'the HPA was unable to compute the replica count: missing request for cpu in container web of Pod a',
    });
  });
});

describe('several metrics', () => {
  const spec = aSpec({
    metrics: [
      { type: 'Resource', resource: 'cpu', target: { averageUtilization: 60 } },
      { type: 'External', name: 'backlog', target: { valueMilli: 100_000 } },
    ],
  });
  const missing: MetricReading = { kind: 'missing', message: 'nobody served it' };
  const backlog = (value: number): MetricReading => ({ kind: 'values', values: [value] });
  const pods = [aPod('a'), aPod('b')];
  test.each([
    ['the largest wins', 600, backlog(200_000), 4, 'external metric backlog(nil) above target'],
    [
      'one that is missing does not stop more',
      1200,
      missing,
      4,
      'cpu resource utilization (percentage of request) above target',
    ],
    ['but it stops less', 100, missing, undefined, expect.stringContaining('nobody served it')],
  ])('%s', (_, cpu, external, replicas, reason) => {
    const decision = decide(observed(pods, readingOf(pods, [cpu, cpu]), external), spec);
    expect(decision.rescale).toBe(replicas);
    expect(decision.reason).toEqual(reason);
  });
});

describe('bounds', () => {
  test.each([
    ['above the maximum', 25, 20, 'Current number of replicas above Spec.MaxReplicas'],
    ['below the minimum', 1, 3, 'Current number of replicas below Spec.MinReplicas'],
    [
      'none: somebody switched it off',
      0,
      undefined,
      'scaling is disabled since the replica count of the target is zero',
    ],
  ])('%s: at once, past all behavior', (_, replicas, rescale, reason) => {
    const observation = { ...using([]), scale: { specReplicas: replicas, statusReplicas: replicas } };
    expect(decide(observation, aSpec({ minReplicas: 3 }))).toMatchObject({ rescale, reason });
  });
});

describe('behavior', () => {
  const run = (spec: HpaSpec, loads: readonly number[], pace = 15_000): number[] => {
    let state = NEW_HPA_STATE;
    let replicas = 4;
    return loads.map((load, index) => {
      const now = START + index * pace;
      const amounts = Array.from({ length: replicas }, () => load);
      const round = hpaRound(spec, state, using(amounts, now), now);
      state = round.state;
      return (replicas = round.decision.rescale ?? replicas);
    });
  };

  test('going down waits until the highest recommendation has left the window', () => {
    const scaleDown = { ...FREE.scaleDown, stabilizationWindowSeconds: 60 };
    expect(run(aSpec({ behavior: { ...FREE, scaleDown } }), [600, 300, 300, 300, 300, 300])).toEqual([
      4, 4, 4, 4, 2, 2,
    ]);
  });

  test('one pod in each period', () => {
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }] as const;
    const slow = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies } as const;
    expect(run(aSpec({ behavior: { scaleUp: slow, scaleDown: slow } }), [900, 900, 900, 900, 900, 900])).toEqual([
      5, 5, 5, 5, 6, 6,
    ]);
  });

  test('disabled is disabled', () => {
    const scaleUp = { ...FREE.scaleUp, selectPolicy: 'Disabled' } as const;
    expect(run(aSpec({ behavior: { ...FREE, scaleUp } }), [5000, 5000])).toEqual([4, 4]);
  });
});

describe('when things go wrong', () => {
  test('a change that the target refused is not remembered as one', () => {
    const round = hpaRound(aSpec({ behavior: FREE }), NEW_HPA_STATE, using([1200]), START);
    const state = afterFailedUpdate(NEW_HPA_STATE, round, 'conflict');
    expect(round.state.scaleUpEvents).toHaveLength(1);
    expect(state.scaleUpEvents).toEqual([]);
    expect(state.recommendations).toEqual(round.state.recommendations);
    expect(state.conditions.AbleToScale?.reason).toBe('FailedUpdateScale');
  });

  test('a clock that was set back a year does not hold it back for a year', () => {
    const spec = aSpec({ behavior: { ...FREE, scaleDown: { ...FREE.scaleDown, stabilizationWindowSeconds: 300 } } });
    const old = { startTime: 0, ready: { status: 'True', since: 0 } as const };
    const pods = [aPod('a', old), aPod('b', old)];
    const at = (now: number, cpu: number): Observation => observed(pods, readingOf(pods, [cpu, cpu], now));
    const before = hpaRound(spec, NEW_HPA_STATE, at(START, 600), START).state;
    const back = START - 31_536_000_000;
    const first = hpaRound(spec, before, at(back, 100), back);
    expect(first.decision.conditions.AbleToScale?.reason).toBe('ScaleDownStabilized');
    const later = back + 301_000;
    expect(hpaRound(spec, first.state, at(later, 100), later).decision.rescale).toBe(1);
  });

  test('a target that is gone', () => {
    const decision = decide({ scale: undefined, pods: [], readings: [] });
    expect(decision.rescale).toBeUndefined();
    expect(decision.conditions.AbleToScale?.reason).toBe('FailedGetScale');
  });
});
