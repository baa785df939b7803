import fc from 'fast-check';
import { policiesOf } from '../../../lib/cli/scaler-subject';
import type { AutoscalingProps } from '../../../lib/model/service-props';
import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { policiesAsHpa } from '../../../lib/ops/autoscaling/policies-as-hpa';
import type { HpaFields } from '../../../lib/ops/autoscaling/read-hpa';
import { readHpa } from '../../../lib/ops/autoscaling/read-hpa';
import type { MetricValue, ScalingPolicyProps } from '../../../lib/ops/autoscaling/scaling-policy';
import { scalingPolicy } from '../../../lib/ops/autoscaling/scaling-policy';
import { compileToHpa } from '../../../lib/policy/hpa';
import { aService } from '../../support/builders';
import { START } from './rounds';

const CPU = { metricType: 'cpu' } as const;
const RPS = { metricType: 'rps', targetValue: 100, scaleUpThreshold: 110, scaleDownThreshold: 90 } as const;

function hpaOf(policies: readonly ScalingPolicyProps[]) {
  const [first, ...others] = policies.map(scalingPolicy);
  if (first === undefined) throw new Error('no policy');
  return policiesAsHpa([first, ...others]);
}

/** What one check in mode hpa decides. */
async function decided(
  policies: readonly ScalingPolicyProps[],
  values: readonly MetricValue[],
  replicas = 4,
  ready = 4,
) {
  const scaler = new AutoScaler('web', {
    mode: 'hpa',
    now: () => START,
    target: {
      managedBy: () => Promise.resolve(undefined),
      read: () => Promise.resolve({ replicas, ready }),
      write: () => Promise.resolve(),
    },
  });
  for (const policy of policies) scaler.addPolicy(policy);
  for (const value of values) scaler.recordMetric(value);
  return scaler.checkAndScale();
}

describe('what an AutoScaler plays is the HorizontalPodAutoscaler that is written', () => {
  const compared = (autoscaling: AutoscalingProps) => {
    const { workload, resources } = aService({ autoscaling });
    if (workload.kind === 'cron-job' || workload.scale.kind !== 'auto') throw new Error('no policy');
    const { policy } = workload.scale;
    const { metrics, ...written } = readHpa(compileToHpa(policy, resources, 37).spec as HpaFields);
    const { metrics: ours, ...played } = hpaOf(policiesOf(policy));
    const kinds = (all: typeof metrics) =>
      all.map((one) => [one.type, 'resource' in one ? one.resource : one.name, 'target' in one && one.target]);
    return { written, played, kindsWritten: kinds(metrics), kindsPlayed: kinds(ours) };
  };

  test('of the same metrics, of which the memory is held against its limit', () => {
    const served = { metricsAdapter: 'prometheus-adapter', rpsTarget: 50 } as const;
    const { written, played, kindsWritten, kindsPlayed } = compared({
      ...served,
      customMetrics: [{ name: 'queue', target: '30' }],
    });
    expect(played).toEqual(written);
    const [cpu, memory, rps, queue] = kindsPlayed;
    expect(kindsWritten).toEqual([
      cpu,
      ['Resource', 'memory', expect.anything()],
      ['Pods', 'http_requests_per_second', false],
      queue,
    ]);
    expect([cpu, memory, rps]).toEqual([
      ['Resource', 'cpu', { averageUtilization: 60 }],
      ['Resource', 'memory', { averageValueMilli: 80_000 }],
      ['Pods', 'rps', false],
    ]);
  });

  test('bounds, band and rates, of any policy about CPU', () => {
    fc.assert(
      fc.property(
        fc.record({
          cpuTarget: fc.integer({ min: 20, max: 100 }),
          above: fc.integer({ min: 0, max: 100 }),
          below: fc.integer({ min: 0, max: 20 }),
          memoryTarget: fc.constantFrom(0, 70),
          minReplicas: fc.integer({ min: 1, max: 5 }),
          more: fc.integer({ min: 0, max: 10 }),
          scaleUpCooldownSecs: fc.integer({ min: 0, max: 1800 }),
          scaleDownCooldownSecs: fc.integer({ min: 0, max: 1800 }),
        }),
        ({ above, below, more, ...rest }) => {
          const { cpuTarget, minReplicas } = rest;
          const scaleUpThreshold = Math.min(100, cpuTarget + above);
          const scaleDownThreshold = cpuTarget - below;
          const maxReplicas = minReplicas + more;
          const { written, played } = compared({ ...rest, scaleUpThreshold, scaleDownThreshold, maxReplicas });
          expect(played).toEqual(written);
        },
      ),
    );
  });
});

describe('several policies', () => {
  test.each([
    ['within the band of the CPU', 125, undefined],
    ['above it', 140, 5],
  ])('the order does not matter: %s', async (_, value, to = 4) => {
    const values = [
      { metricType: 'cpu', value: 60 },
      { metricType: 'rps', value },
    ] as const;
    for (const policies of [
      [CPU, RPS],
      [RPS, CPU],
    ]) {
      expect(await decided(policies, values)).toMatchObject({ from: 4, to });
    }
  });

  test('in any order they are the same autoscaler', () => {
    const POLICY = fc.record({
      metricType: fc.constantFrom('cpu', 'memory', 'rps', 'custom'),
      targetValue: fc.integer({ min: 40, max: 70 }),
      scaleUpThreshold: fc.integer({ min: 70, max: 100 }),
      scaleDownThreshold: fc.integer({ min: 0, max: 40 }),
      minReplicas: fc.integer({ min: 1, max: 5 }),
      maxReplicas: fc.integer({ min: 5, max: 20 }),
      maxStep: fc.integer({ min: 1, max: 5 }),
      scaleUpCooldownSecs: fc.integer({ min: 0, max: 300 }),
      scaleDownCooldownSecs: fc.integer({ min: 0, max: 300 }),
    }) satisfies fc.Arbitrary<ScalingPolicyProps>;
    const inOrder = (policies: readonly ScalingPolicyProps[]) => {
      const { metrics, ...rest } = hpaOf(policies);
      return { ...rest, metrics: metrics.map((one) => JSON.stringify(one)).sort() };
    };
    fc.assert(
      fc.property(fc.array(POLICY, { minLength: 1, maxLength: 3 }), (policies) => {
        expect(inOrder(policies.toReversed())).toEqual(inOrder(policies));
      }),
    );
  });

  test('the widest bounds, the longest cooldowns, and the band and the step of the CPU', () => {
    const rps = { ...RPS, minReplicas: 3, maxReplicas: 12, maxStep: 5, scaleDownCooldownSecs: 60 };
    expect(hpaOf([{ ...CPU, minReplicas: 1, maxReplicas: 8, maxStep: 2, scaleUpCooldownSecs: 30 }, rps])).toMatchObject(
      {
        minReplicas: 3,
        maxReplicas: 12,
        behavior: {
          scaleUp: { tolerance: expect.closeTo(0.341) as number, policies: [{ value: 2, periodSeconds: 60 }] },
          scaleDown: {
            tolerance: expect.closeTo(0.508) as number,
            policies: [{ value: 2, periodSeconds: 300 }],
            stabilizationWindowSeconds: 300,
          },
        },
      },
    );
  });

  test('without CPU: the widest band and the largest step', () => {
    const custom = {
      metricType: 'custom',
      targetValue: 10,
      scaleUpThreshold: 15,
      scaleDownThreshold: 2,
      maxStep: 3,
    } as const;
    expect(hpaOf([RPS, custom])).toMatchObject({
      behavior: {
        scaleUp: { tolerance: 0.5, policies: [{ value: 3 }] },
        scaleDown: { tolerance: 0.8, policies: [{ value: 3 }] },
      },
    });
  });
});

test.each([
  [{ metricType: 'cpu', value: 95 }, 'cpu resource utilization (percentage of request) above target'],
  [{ metricType: 'memory', value: 95 }, 'memory resource above target'],
  [{ metricType: 'rps', value: 95 }, 'pods metric rps above target'],
  [{ metricType: 'custom', name: 'queue', value: 95 }, 'pods metric queue above target'],
] as [MetricValue, string][])('%j: what the controller would say', async (value, message) => {
  const { metricType, name: metricName = '' } = value;
  const decision = await decided([{ metricType, metricName }], [value]);
  expect(decision).toMatchObject({ isScaled: true, to: 5, reason: 'SucceededRescale', message });
});

test.each([
  ['cpu', 'FailedGetResourceMetric'],
  ['rps', 'FailedGetPodsMetric'],
] as const)('%s without a value', async (metricType, reason) => {
  expect(await decided([{ metricType }], [])).toMatchObject({
    isScaled: false,
    reason,
    message: `the HPA was unable to compute the replica count: ${metricType} has no value in the window`,
  });
});

test.each([
  ['utilization is cut to whole percents', 80.9, 4, 4],
  ['and the threshold is the next one', 81, 4, 5],
  ['those that start count as idle, before more are added', 90, 2, 4],
  ['a value beyond all bounds', 1e300, 4, 5],
  ['none is ready', 300, 0, 4],
])('%s', async (_, value, ready, to) => {
  expect(await decided([CPU], [{ metricType: 'cpu', value }], 4, ready)).toMatchObject({ from: 4, to });
});

test.each([
  [{ metricType: 'cpu', scaleUpCooldownSecs: 7200 }, /policy\.scaleUpCooldownSecs[^]*0 to 1800 whole seconds/],
  [{ metricType: 'rps', scaleDownCooldownSecs: 1801 }, /policy\.scaleDownCooldownSecs[^]*0 to 1800 whole seconds/],
  [{ metricType: 'cpu', scaleUpCooldownSecs: 0.5 }, /policy\.scaleUpCooldownSecs/],
  [{ metricType: 'cpu', targetValue: 62.5 }, /policy\.targetValue[^]*whole percents/],
] satisfies [ScalingPolicyProps, RegExp][])('%j: no HorizontalPodAutoscaler can have it', async (policy, message) => {
  await expect(decided([policy], [])).rejects.toThrow(message);
  expect(() => scalingPolicy(policy)).not.toThrow();
});
