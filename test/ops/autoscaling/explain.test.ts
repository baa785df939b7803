import { explainHpa } from '../../../lib/ops/autoscaling/explain';
import type { Observation } from '../../../lib/ops/autoscaling/observation';
import type { HpaObject } from '../../../lib/ops/autoscaling/observe-hpa';
import { explainText } from '../../../lib/cli/explain-report';
import { aPod, observed, readingOf, START, using } from './rounds';

const plain = (_: string, text: string): string => text;

function anHpa(changes: Partial<HpaObject['spec']> = {}, status: HpaObject['status'] = {}): HpaObject {
  const target = { type: 'Utilization', averageUtilization: 60 };
  return {
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'tars-web' },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
      ...changes,
    },
    status,
  };
}

const condition = (type: string, reason: string, status = 'True') => ({ type, status, reason, message: `${reason}.` });
const explain = (hpa: HpaObject, seen: Observation) => explainHpa(hpa, seen, [], START);
const text = (hpa: HpaObject, seen: Observation): string => explainText(explain(hpa, seen), plain);

test('what is well: the metric, its band, and what would have to change', () => {
  expect(text(anHpa(), using([620, 600, 610]))).toBe(
    `web scales Deployment/tars-web, 2 to 6 replicas
3 replicas now; the metrics ask for 3; it stays

METRIC                                             IS  TARGET  RATIO  NOTHING IN  ASKS FOR
cpu resource utilization (percentage of request)  61%     60%   1.02  54% to 66%         3
more: cpu resource utilization (percentage of request) above 66%
fewer: cpu resource utilization (percentage of request) below 54%
`,
  );
});

test.each([
  ['more than there may be', anHpa(), using([1500, 1500, 1500]), 6, 'TooManyReplicas', 'raise maxReplicas (6)'],
  ['fewer than there may be', anHpa(), using([10, 10, 10]), 2, 'TooFewReplicas', 'lower minReplicas (2)'],
  [
    'held by the past',
    anHpa({}, { desiredReplicas: 3, conditions: [condition('AbleToScale', 'ScaleDownStabilized')] }),
    using([300, 300, 300]),
    3,
    'ScaleDownStabilized',
    'the highest recommendation of the last 300 s counts',
  ],
  [
    'two autoscalers of one pod',
    anHpa({}, { desiredReplicas: 3, conditions: [condition('ScalingActive', 'AmbiguousSelector', 'False')] }),
    { ...using([600, 600]), scale: { specReplicas: 2, statusReplicas: 2, selector: 'ambiguous' as const } },
    undefined,
    'AmbiguousSelector',
    'delete the other',
  ],
  ['switched off', anHpa(), using([]), 0, 'ScalingDisabled', 'somebody set the replicas to 0'],
  [
    'its target is gone',
    anHpa(),
    { scale: undefined, pods: [], readings: [] },
    undefined,
    'FailedGetScale',
    'correct spec.scaleTargetRef',
  ],
  [
    'nobody serves the metric',
    anHpa(),
    observed([aPod('a'), aPod('b')], { kind: 'missing', message: 'no metrics returned from resource metrics API' }),
    undefined,
    'FailedGetResourceMetric',
    'make every metric of it available',
  ],
] as const)('%s', (_, hpa, seen, desired, reason, remedy) => {
  const explained = explain(hpa, seen);
  expect(explained.desired).toBe(desired);
  expect(explained.limits.map((limit) => limit.reason)).toContain(reason);
  expect(explainText(explained, plain)).toContain(remedy);
});

test('pods that are not counted as they are have names', () => {
  const pods = [
    aPod('a'),
    aPod('b'),
    aPod('new', { startTime: START - 5000, ready: { status: 'False', since: START - 5000 } }),
    aPod('gone', { deleting: true }),
    aPod('mute'),
  ];
  const shown = text(anHpa(), observed(pods, readingOf(pods, [900, 900, 50, 900, undefined])));
  expect(shown).toContain('2 pods are counted as they are\n');
  expect(shown).toContain('1 not ready yet, idle in the count before more are added: new\n');
  expect(shown).toContain('1 without a value, counted against any change: mute\n');
  expect(shown).toContain('1 on their way out, not counted: gone\n');
});

test('the rate of the past counts, as the events tell of it', () => {
  const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }];
  const hpa = anHpa({ behavior: { scaleUp: { policies } } }, { desiredReplicas: 3 });
  const event = (reason: string, message: string, seconds: number) => ({
    ...{ reason, message, at: new Date(START - seconds * 1000).toISOString() },
    ...({ type: 'Normal', object: '', count: 1, source: '' } as const),
  });
  const events = [
    event('SuccessfulRescale', 'New size: 3; reason: cpu above target', 30),
    event('ScalingReplicaSet', 'Scaled up replica set tars-web-1 from 2 to 3', 30),
  ];
  const seen = using([900, 900, 900]);
  expect(explainHpa(hpa, seen, events, START)).toMatchObject({
    wanted: 5,
    desired: 3,
    limits: [{ reason: 'ScaleUpLimit' }],
  });
  expect(explainHpa(hpa, using([900, 900, 900], START + 40_000), events, START + 40_000).desired).toBe(4);
});
