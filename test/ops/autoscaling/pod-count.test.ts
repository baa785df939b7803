import fc from 'fast-check';
import { hpaRound } from '../../../lib/ops/autoscaling/hpa-engine';
import type { HpaMetric } from '../../../lib/ops/autoscaling/hpa-spec';
import { NEW_HPA_STATE } from '../../../lib/ops/autoscaling/hpa-state';
import type { PodObservation } from '../../../lib/ops/autoscaling/observation';
import { aPod, observed, readingOf, START } from './rounds';

const METRICS: readonly HpaMetric[] = [
  { type: 'Resource', resource: 'cpu', target: { averageUtilization: 60 } },
  { type: 'Pods', name: 'rps', averageValueMilli: 500 },
];

const GROUPS = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 7 }),
    amount: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }),
    request: fc.constantFrom(100, 333, 1000),
    phase: fc.constantFrom('Running', 'Running', 'Running', 'Pending', 'Failed'),
    isStarting: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

test('pods that are alike may be said once, with their number', () => {
  fc.assert(
    fc.property(GROUPS, fc.constantFrom(...METRICS), (groups, metric) => {
      const one = ({ request, phase, isStarting }: (typeof groups)[number], name: string): PodObservation =>
        aPod(name, {
          phase: phase as PodObservation['phase'],
          ...(isStarting ? { startTime: START - 5000, ready: { status: 'False', since: START - 5000 } } : {}),
          containers: [{ name: 'web', requests: { cpu: request } }],
        });
      const decide = (pods: readonly PodObservation[], amounts: readonly (number | undefined)[]) => {
        const total = groups.reduce((sum, { count }) => sum + count, 0);
        const scale = { specReplicas: total, statusReplicas: total };
        const seen = { ...observed(pods, readingOf(pods, amounts)), scale };
        const { rescale, conditions } = hpaRound(
          { minReplicas: 1, maxReplicas: 100, metrics: [metric] },
          NEW_HPA_STATE,
          seen,
          START,
        ).decision;
        return { rescale, reason: conditions.ScalingActive?.reason };
      };
      const grouped = decide(
        groups.map((group, index) => ({ ...one(group, `g${index}`), count: group.count })),
        groups.map(({ amount }) => amount),
      );
      const each = groups.flatMap((group, index) =>
        Array.from({ length: group.count }, (_, of) => ({ group, name: `g${index}-${of}` })),
      );
      const alone = decide(
        each.map(({ group, name }) => one(group, name)),
        each.map(({ group }) => group.amount),
      );
      expect(grouped).toEqual(alone);
    }),
    { numRuns: 500 },
  );
});
