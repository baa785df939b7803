import type { Issue } from '../../model/issues';
import { show, TarsError } from '../../model/issues';
import type { MetricValue } from './scaling-policy';
import { METRIC_TYPES } from './scaling-policy';

/** A value, and when it was measured; milliseconds. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** Values by metric, in no order. */
export type Samples = ReadonlyMap<string, Series>;

/** Values of one metric. */
export interface Series {
  readonly unit: string | undefined;
  readonly samples: readonly Sample[];
}

/** More than these of one metric are not kept: the oldest go. */
export const MOST_SAMPLES = 10_000;

/** The key of a metric among others. */
export function seriesOf({ metricType, name = '' }: Pick<MetricValue, 'metricType' | 'name'>): string {
  return name === '' ? metricType : `${metricType} ${name}`;
}

/**
 * Does nothing when it is one.
 * @throws TarsError TARS7102 for an unknown type of metric, and what is no number or no text, all of it at once
 */
export function checkMetric(metric: MetricValue): void {
  const given: unknown = metric;
  if (typeof given !== 'object' || given === null) throw new TarsError([refused('', given, 'an object with a value')]);
  const { metricType, name, value, timestamp, unit } = given as Readonly<Record<keyof MetricValue, unknown>>;
  const issues: Issue[] = [];
  const key = typeof name === 'string' && name !== '' ? `${String(metricType)} ${name}` : String(metricType);
  const check = (field: string, found: unknown, isRight: boolean, allowed: string): void => {
    if (!isRight) issues.push(refused(` ${key}.${field}`, found, allowed));
  };
  const isKnown = METRIC_TYPES.some((one) => one === metricType);
  check('metricType', metricType, isKnown, METRIC_TYPES.join(', '));
  check('name', name, name === undefined || typeof name === 'string', 'a text');
  check('value', value, Number.isFinite(value), 'a finite number');
  check('timestamp', timestamp, timestamp === undefined || Number.isFinite(timestamp), 'milliseconds since 1970');
  check('unit', unit, unit === undefined || typeof unit === 'string', 'a text');
  if (issues.length > 0) throw new TarsError(issues);
}

/**
 * The samples with one more.
 *
 * @param at when it was measured, in milliseconds, whatever timestamp it has
 * @throws TarsError TARS7102 for what is no number, has no time, or another unit than the values before it
 */
export function withSample(samples: Samples, metric: Omit<MetricValue, 'timestamp'>, at: number): Samples {
  const key = seriesOf(metric);
  const { value } = metric;
  const before = samples.get(key);
  if (!Number.isFinite(value)) throw new TarsError([refused(` ${key}.value`, value, 'a finite number')]);
  if (!Number.isFinite(at)) throw new TarsError([refused(` ${key}.timestamp`, at, 'milliseconds since 1970')]);
  const unit = metric.unit ?? before?.unit;
  if (before?.unit !== undefined && unit !== before.unit) {
    throw new TarsError([refused(` ${key}.unit`, unit, show(before.unit))]);
  }
  const all = [...(before?.samples ?? []), { at, value }];
  return new Map(samples).set(key, { unit, samples: all.length > MOST_SAMPLES ? newest(all) : all });
}

function newest(samples: readonly Sample[]): readonly Sample[] {
  return samples.toSorted((a, b) => a.at - b.at).slice(-MOST_SAMPLES);
}

function refused(path: string, given: unknown, allowed: string): Issue {
  return {
    code: 'TARS7102',
    severity: 'error',
    path: `metric${path}`,
    message: 'it says nothing about the load',
    given: typeof given === 'number' ? String(given) : show(given),
    allowed,
    remedy: 'leave the value out: missing values never take replicas away',
  };
}

/**
 * The mean over a window that ends now; undefined without a value in it. What is from the future counts
 * when its time has come.
 *
 * @param windowMs the value at its very start has left it
 */
export function meanOver(samples: Samples, key: string, windowMs: number, now: number): number | undefined {
  let sum = 0;
  let count = 0;
  for (const { at, value } of samples.get(key)?.samples ?? []) {
    if (at <= now - windowMs || at > now) continue;
    sum += value;
    count++;
  }
  return count === 0 ? undefined : sum / count;
}

/** The samples with their times moved by so many milliseconds. */
export function movedBy(samples: Samples, shift: number): Samples {
  const moved = new Map<string, Series>();
  for (const [key, series] of samples) {
    moved.set(key, { ...series, samples: series.samples.map(({ at, value }) => ({ at: at + shift, value })) });
  }
  return moved;
}

/** Without what no window can reach any more. */
export function withoutOld(samples: Samples, windowMs: number, now: number): Samples {
  const kept = new Map<string, Series>();
  for (const [key, series] of samples) {
    const { samples: all } = series;
    kept.set(key, { ...series, samples: all.filter(({ at }) => at > now - windowMs) });
  }
  return kept;
}
