import fc from 'fast-check';
import { withSample } from '../../../lib/ops/autoscaling/samples';
import type { ScalingPolicyProps } from '../../../lib/ops/autoscaling/scaling-policy';
import { scalingPolicy } from '../../../lib/ops/autoscaling/scaling-policy';
import type { ThresholdState } from '../../../lib/ops/autoscaling/threshold-engine';
import { NEW_THRESHOLD_STATE, thresholdRound } from '../../../lib/ops/autoscaling/threshold-engine';
import { START } from './rounds';

const CPU = scalingPolicy({ metricType: 'cpu', maxStep: 3 });

function told(
  values: readonly (readonly [number, number])[],
  state: ThresholdState = NEW_THRESHOLD_STATE,
): ThresholdState {
  const samples = values.reduce(
    (all, [at, value]) => withSample(all, { metricType: 'cpu', value }, START + at * 1000),
    state.samples,
  );
  return { ...state, samples };
}

describe('one policy', () => {
  test.each([
    ['above', [[0, 90]], 4, 6, 'AboveThreshold'],
    ['at the upper threshold', [[0, 80]], 4, undefined, 'WithinThresholds'],
    ['at the lower threshold', [[0, 30]], 4, undefined, 'WithinThresholds'],
    ['below', [[0, 29]], 4, 2, 'BelowThreshold'],
    [
      'the mean counts',
      [
        [-50, 100],
        [0, 40],
      ],
      4,
      undefined,
      'WithinThresholds',
    ],
    [
      'in any order of time',
      [
        [0, 40],
        [-50, 100],
      ],
      4,
      undefined,
      'WithinThresholds',
    ],
    [
      'what left the window does not',
      [
        [-60, 100],
        [0, 40],
      ],
      4,
      undefined,
      'WithinThresholds',
    ],
    [
      'nor what is from the future',
      [
        [1, 100],
        [0, 50],
      ],
      4,
      undefined,
      'WithinThresholds',
    ],
    ['no value', [], 4, undefined, 'MissingMetrics'],
    ['old values are none', [[-600, 5]], 4, undefined, 'MissingMetrics'],
    ['one step at a time', [[0, 600]], 4, 7, 'AboveThreshold'],
    ['not past the maximum', [[0, 600]], 9, 10, 'AboveThreshold'],
    ['at the maximum', [[0, 600]], 10, undefined, 'TooManyReplicas'],
    ['at the minimum', [[0, 1]], 2, undefined, 'TooFewReplicas'],
    ['above the bounds', [], 15, 10, 'TooManyReplicas'],
    ['below the bounds', [[0, 1]], 1, 2, 'TooFewReplicas'],
    ['switched off', [[0, 600]], 0, undefined, 'ScalingDisabled'],
  ] as const)('%s', (_, values, replicas, rescale, reason) => {
    const { decision } = thresholdRound([CPU], told(values), { replicas, ready: replicas }, START);
    expect(decision).toMatchObject({ rescale, reason });
  });

  test.each([
    ['none is ready, high load', 200, 0],
    ['few are ready, so that their share would take some away', 90, 1],
    ['none is ready, no load', 1, 0],
  ])('%s: nothing', (_, value, ready) => {
    const { decision } = thresholdRound([CPU], told([[0, value]]), { replicas: 4, ready }, START);
    expect(decision).toMatchObject({ rescale: undefined, reason: 'NoReadyReplicas' });
  });
});

describe('cooldowns', () => {
  const after = (seconds: number, value: number, clock = 0) => {
    const first = thresholdRound([CPU], told([[0, 90]]), { replicas: 4, ready: 4 }, START);
    expect(first.decision.rescale).toBe(6);
    const now = START + (clock + seconds) * 1000;
    const state =
      clock === 0
        ? first.state
        : thresholdRound([CPU], first.state, { replicas: 6, ready: 6 }, START + clock * 1000).state;
    const next = told([[clock + seconds, value]], { ...state, samples: new Map() });
    return thresholdRound([CPU], next, { replicas: 6, ready: 6 }, now).decision;
  };
  test.each([
    ['not up again before 60 s', 59, 90, undefined, 'ScaleUpCooldown'],
    ['up after 60 s', 60, 90, 9, 'AboveThreshold'],
    ['not down before 300 s', 299, 10, undefined, 'ScaleDownCooldown'],
    ['down after 300 s', 300, 10, 3, 'BelowThreshold'],
  ])('%s', (_, seconds, value, rescale, reason) => {
    expect(after(seconds, value)).toMatchObject({ rescale, reason });
  });

  test('a clock that is set back an hour makes no cooldown an hour longer, nor shorter', () => {
    expect(after(59, 90, -3600).reason).toBe('ScaleUpCooldown');
    expect(after(60, 90, -3600).reason).toBe('AboveThreshold');
  });
});

test('a clock that is set back: what was measured before counts for as long as it would have, and never again', () => {
  const four = { replicas: 4, ready: 4 };
  const { state } = thresholdRound([CPU], told([[0, 70]]), four, START);
  const means = (seconds: number): unknown =>
    thresholdRound([CPU], thresholdRound([CPU], state, four, START - 3_600_000).state, four, START + seconds * 1000)
      .decision.means;
  expect([-3600, -3541, -3540, 0, 59].map(means)).toEqual([[70], [70], [undefined], [undefined], [undefined]]);
});

describe('several policies', () => {
  const both = [
    CPU,
    scalingPolicy({ metricType: 'rps', targetValue: 100, scaleUpThreshold: 120, scaleDownThreshold: 20 }),
  ];
  const state = (cpu: number, rps?: number): ThresholdState => {
    const known = told([[0, cpu]]);
    if (rps === undefined) return known;
    return { ...known, samples: withSample(known.samples, { metricType: 'rps', value: rps }, START) };
  };
  test.each([
    ['the one that asks for most', 90, 10, 6, 'AboveThreshold'],
    ['both ask for less', 10, 10, 3, 'BelowThreshold'],
    ['less is not done while one is missing', 10, undefined, undefined, 'MissingMetrics'],
    ['but more is', 90, undefined, 6, 'AboveThreshold'],
  ])('%s', (_, cpu, rps, rescale, reason) => {
    expect(thresholdRound(both, state(cpu, rps), { replicas: 4, ready: 4 }, START).decision).toMatchObject({
      rescale,
      reason,
    });
  });
});

describe('several policies, each with its own', () => {
  const rps = { metricType: 'rps', targetValue: 100, scaleUpThreshold: 120, scaleDownThreshold: 80 } as const;
  const decided = (
    ours: Partial<ScalingPolicyProps>,
    others: Partial<ScalingPolicyProps>,
    { cpu, rps: other }: { cpu: number; rps: number },
    { replicas = 4, after = Infinity } = {},
  ) => {
    const policies = [scalingPolicy({ metricType: 'cpu', ...ours }), scalingPolicy({ ...rps, ...others })];
    const known = told([[0, cpu]], { ...NEW_THRESHOLD_STATE, changedAt: START - after * 1000 });
    const state = { ...known, samples: withSample(known.samples, { metricType: 'rps', value: other }, START) };
    const found = { replicas, ready: replicas };
    const forward = thresholdRound(policies, state, found, START).decision;
    const { rescale, reason } = thresholdRound(policies.toReversed(), state, found, START).decision;
    expect({ rescale, reason }).toEqual({ rescale: forward.rescale, reason: forward.reason });
    return forward;
  };

  test.each([
    ['before the longest', 299, undefined, 'ScaleDownCooldown'],
    ['after the longest', 300, 3, 'BelowThreshold'],
  ])('scaleDownCooldownSecs: %s', (_, after, rescale, reason) => {
    // rps asks for more than cpu does, and so decides; its own cooldown is the short one
    const short = { scaleDownCooldownSecs: 60 };
    expect(decided({ maxStep: 3 }, short, { cpu: 5, rps: 70 }, { after })).toMatchObject({ rescale, reason });
  });

  test.each([
    ['cpu', { cpu: 200, rps: 100 }, undefined, 'ScaleUpCooldown'],
    ['rps', { cpu: 60, rps: 200 }, 5, 'AboveThreshold'],
    ['both, of which one has waited', { cpu: 200, rps: 200 }, 5, 'AboveThreshold'],
  ])('scaleUpCooldownSecs: that of the one that asks for most: %s', (_, values, rescale, reason) => {
    const short = { scaleUpCooldownSecs: 10 };
    expect(decided({}, short, values, { after: 30 })).toMatchObject({ rescale, reason });
  });

  test.each([
    ['cpu', { cpu: 200, rps: 100 }, undefined, 'TooManyReplicas'],
    ['rps', { cpu: 60, rps: 200 }, 5, 'AboveThreshold'],
  ])('maxReplicas: %s', (_, values, rescale, reason) => {
    expect(decided({ maxReplicas: 4 }, { maxReplicas: 8 }, values)).toMatchObject({ rescale, reason });
  });

  test.each([
    [9, 8, 'TooManyReplicas'],
    [8, undefined, 'WithinThresholds'],
    [2, 3, 'TooFewReplicas'],
  ])('of %d replicas the largest bounds make %p', (replicas, rescale, reason) => {
    const bounds = [
      { minReplicas: 3, maxReplicas: 4 },
      { minReplicas: 1, maxReplicas: 8 },
    ] as const;
    expect(decided(...bounds, { cpu: 60, rps: 100 }, { replicas })).toMatchObject({ rescale, reason });
  });

  test('minReplicas: none goes below the largest', () => {
    const steps = [
      { minReplicas: 1, maxStep: 9 },
      { minReplicas: 3, maxStep: 9 },
    ] as const;
    expect(decided(...steps, { cpu: 1, rps: 1 }, { replicas: 8 })).toMatchObject({ rescale: 3 });
    expect(decided(...steps, { cpu: 1, rps: 1 }, { replicas: 3 })).toMatchObject({ reason: 'TooFewReplicas' });
  });
});

test.each([
  [{ metricType: 'cpu', minReplicas: 5, maxReplicas: 4 }, 'policy.maxReplicas'],
  [{ metricType: 'cpu', scaleUpThreshold: 50 }, 'policy.scaleUpThreshold'],
  [{ metricType: 'cpu', scaleDownThreshold: 70 }, 'policy.scaleDownThreshold'],
  [{ metricType: 'cpu', targetValue: NaN }, 'policy.targetValue'],
  [{ metricType: 'cpu', scaleUpCooldownSecs: -1 }, 'policy.scaleUpCooldownSecs'],
  [{ metricType: 'cpu', metricAggregationWindowSecs: 0 }, 'policy.metricAggregationWindowSecs'],
  [{ metricType: 'disk' as 'cpu' }, 'policy.metricType'],
] satisfies [ScalingPolicyProps, string][])('%j is refused', (props, path) => {
  expect(() => scalingPolicy(props)).toThrow(path);
});

describe('laws, of any story', () => {
  const STORY = fc.record({
    policy: fc.record({
      minReplicas: fc.integer({ min: 1, max: 4 }),
      more: fc.integer({ min: 0, max: 20 }),
      maxStep: fc.integer({ min: 1, max: 5 }),
      scaleUpCooldownSecs: fc.integer({ min: 0, max: 200 }),
      scaleDownCooldownSecs: fc.integer({ min: 0, max: 400 }),
    }),
    start: fc.integer({ min: 0, max: 30 }),
    steps: fc.array(
      fc.record({
        wait: fc.integer({ min: -100, max: 200 }),
        value: fc.option(fc.double({ min: 0, max: 400, noNaN: true }), { nil: undefined }),
        late: fc.integer({ min: -30, max: 120 }),
        notReady: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 60 },
    ),
  });

  test('bounds, steps, cooldowns, and nothing taken away in the dark', () => {
    fc.assert(
      fc.property(STORY, ({ policy: { more, ...rest }, start, steps }) => {
        const policy = scalingPolicy({ metricType: 'cpu', ...rest, maxReplicas: rest.minReplicas + more });
        let state = NEW_THRESHOLD_STATE;
        let replicas = start;
        let now = START;
        let elapsed = Infinity; // seconds that really passed since the last change
        for (const { wait, value, late, notReady } of steps) {
          now += wait * 1000;
          elapsed += Math.max(0, wait);
          if (value !== undefined) {
            const metric = { metricType: 'cpu', value } as const;
            state = { ...state, samples: withSample(state.samples, metric, now - late * 1000) };
          }
          const ready = Math.max(0, replicas - notReady);
          const round = thresholdRound([policy], state, { replicas, ready }, now);
          state = round.state;
          const { rescale, means } = round.decision;
          if (rescale === undefined) continue;
          const inBounds = replicas >= policy.minReplicas && replicas <= policy.maxReplicas;
          expect(rescale).toBeGreaterThanOrEqual(policy.minReplicas);
          expect(rescale).toBeLessThanOrEqual(policy.maxReplicas);
          expect(rescale).not.toBe(replicas);
          const cooldown = rescale > replicas ? policy.scaleUpCooldownSecs : policy.scaleDownCooldownSecs;
          // past the bounds it goes back at once; else in steps, after the cooldown, for a value it has
          const { step, wait: least } = inBounds
            ? { step: policy.maxStep, wait: cooldown }
            : { step: Infinity, wait: 0 };
          expect(Math.abs(rescale - replicas)).toBeLessThanOrEqual(step);
          expect(elapsed).toBeGreaterThanOrEqual(least);
          expect(inBounds && means[0] === undefined).toBe(false);
          replicas = rescale;
          elapsed = 0;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
