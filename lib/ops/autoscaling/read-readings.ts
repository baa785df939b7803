import type { PodMetrics } from '../cluster-client/objects';
import type { MetricReading, PodValue } from './observation';
import { milliOf } from './quantities';

/** A value of custom.metrics.k8s.io. */
export interface CustomMetricValue {
  readonly describedObject: { readonly name: string };
  readonly timestamp: string;
  readonly windowSeconds?: number;
  readonly value: string;
}

/** A value of external.metrics.k8s.io. */
export interface ExternalMetricValue {
  readonly value: string;
}

/** Of a value that does not say over which window it was measured. */
const DEFAULT_WINDOW_MS = 60_000;

/**
 * What the metrics API says of the pods. A pod with a container that has no value has none.
 *
 * @param container the only one that counts; undefined: all of them
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/podautoscaler/metrics/client.go
 */
export function resourceReading(
  items: readonly PodMetrics[],
  resource: string,
  container: string | undefined,
): MetricReading {
  if (items.length === 0) return { kind: 'missing', message: 'no metrics returned from resource metrics API' };
  const values = new Map<string, PodValue>();
  for (const { metadata, containers, timestamp, window } of items) {
    const counted = container === undefined ? containers : containers.filter(({ name }) => name === container);
    const amounts = counted.map(({ usage }) => milliOf(usage[resource] ?? ''));
    if (amounts.length === 0 || amounts.includes(undefined)) continue;
    const value = amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
    values.set(metadata.name, { value, timestamp: Date.parse(timestamp), windowMs: durationOf(window) });
  }
  return { kind: 'pods', values };
}

/** What an adapter says of the pods. */
export function podsReading(items: readonly CustomMetricValue[]): MetricReading {
  if (items.length === 0) return { kind: 'missing', message: 'no metrics returned from custom metrics API' };
  const values = items.map(({ describedObject, timestamp, windowSeconds, value }): [string, PodValue] => [
    describedObject.name,
    {
      value: milliOf(value) ?? 0,
      timestamp: Date.parse(timestamp),
      windowMs: windowSeconds === undefined ? DEFAULT_WINDOW_MS : windowSeconds * 1000,
    },
  ]);
  return { kind: 'pods', values: new Map(values) };
}

/** What an adapter says of one object, or of something outside. */
export function amountReading(items: readonly ExternalMetricValue[], api: 'custom' | 'external'): MetricReading {
  if (items.length === 0) return { kind: 'missing', message: `no metrics returned from ${api} metrics API` };
  return { kind: 'values', values: items.map(({ value }) => milliOf(value) ?? 0) };
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** A duration as Go writes it, `1m15.2s`, in milliseconds. */
function durationOf(text: string): number {
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)(h|ms|us|µs|ns|m|s)/g)) {
    total += Number(amount) * (UNITS[unit] ?? 0);
  }
  return total;
}
