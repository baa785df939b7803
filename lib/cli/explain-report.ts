import type { MetricExplanation } from '../ops/autoscaling/explain-metric';
import type { HpaExplanation } from '../ops/autoscaling/explain';
import type { Paint } from './paint';
import { table } from './table';

/** Why an autoscaler does what it does, for people. */
export function explainText(explained: HpaExplanation, paint: Paint): string {
  const { name, target, minReplicas, maxReplicas, metrics, limits } = explained;
  const rows = table<MetricExplanation>(
    [
      { title: 'METRIC', text: (metric) => metric.name },
      {
        title: 'IS',
        text: ({ current, unit }) => (current === undefined ? 'unknown' : amount(current, unit)),
        align: 'right',
      },
      { title: 'TARGET', text: ({ target: to, unit }) => amount(to, unit), align: 'right' },
      { title: 'RATIO', text: ({ ratio }) => (ratio === undefined ? '' : ratio.toFixed(2)), align: 'right' },
      { title: 'NOTHING IN', text: ({ band: [low, high], unit }) => `${amount(low, unit)} to ${amount(high, unit)}` },
      { title: 'ASKS FOR', text: ({ replicas }) => (replicas === undefined ? '-' : String(replicas)), align: 'right' },
    ],
    metrics,
  );
  return [
    paint('bold', `${name} scales ${target}, ${minReplicas} to ${maxReplicas} replicas`),
    verdict(explained),
    '',
    rows.trimEnd(),
    ...metrics.flatMap(({ name: metric, error }) => (error === undefined ? [] : [`${metric}: ${error}`])),
    ...podLines(explained),
    ...limits.map(({ reason, message, remedy }) => `${paint('yellow', reason)}: ${message}\n  ${remedy}`),
    ...outlook(explained),
    '',
  ].join('\n');
}

function verdict({ current, wanted, desired, controllerDesired }: HpaExplanation): string {
  if (current === undefined) return 'its target cannot be read';
  const metrics = wanted === undefined ? 'the metrics cannot say' : `the metrics ask for ${wanted}`;
  const result = desired === undefined ? 'so it stays' : desired === current ? 'it stays' : `it goes to ${desired}`;
  const differs = desired !== undefined && controllerDesired !== undefined && controllerDesired !== desired;
  const said = differs ? `; in its last round the controller wanted ${controllerDesired}` : '';
  return `${current} replicas now; ${metrics}; ${result}${said}`;
}

function podLines({ pods: { ready, unready, missing, ignored } }: HpaExplanation): string[] {
  if (unready.length + missing.length + ignored.length === 0) return [];
  const line = (names: readonly string[], why: string): string[] =>
    names.length === 0 ? [] : [`  ${names.length} ${why}: ${names.join(', ')}`];
  return [
    `${ready} pods are counted as they are`,
    ...line(unready, 'not ready yet, idle in the count before more are added'),
    ...line(missing, 'without a value, counted against any change'),
    ...line(ignored, 'on their way out, not counted'),
  ];
}

/** What would have to change for it to scale. */
function outlook({ metrics, current, maxReplicas, minReplicas }: HpaExplanation): string[] {
  if (current === undefined || current === 0) return [];
  const known = metrics.filter(({ error }) => error === undefined);
  const bounds = (pick: 0 | 1): string =>
    metrics
      .map(({ name, band, unit }) => `${name} ${pick === 1 ? 'above' : 'below'} ${amount(band[pick], unit)}`)
      .join(pick === 1 ? ', or ' : ', and ');
  const up = current >= maxReplicas ? `no more: maxReplicas is ${maxReplicas}` : `more: ${bounds(1)}`;
  const down =
    current <= minReplicas
      ? `no fewer: minReplicas is ${minReplicas}`
      : known.length < metrics.length
        ? 'no fewer: not before every metric has a value'
        : `fewer: ${bounds(0)}`;
  return [up, down];
}

const SUFFIXES = [
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
] as const;

function amount(value: number, unit: MetricExplanation['unit']): string {
  if (unit === 'percent') return `${value}%`;
  const [suffix, size] = SUFFIXES.find(([, one]) => value >= one) ?? ['', 1];
  return `${Math.round((value / size) * 1000) / 1000}${suffix}`;
}
