import type { MetricSource } from './metric-source';
import { seriesOf } from './samples';
import type { MetricValue } from './scaling-policy';

/** Where Prometheus is, and what to ask it. */
export interface PrometheusSourceOptions {
  /** Such as `http://localhost:9090`. */
  readonly url: string;
  /** A query for each metric, by its type, or type and name: `cpu`, `custom queue`. */
  readonly queries: Readonly<Record<string, string>>;
  /** @default the global fetch */
  readonly fetch?: typeof fetch;
}

/**
 * Values of queries, asked at each check. A query without a result, or with one that is no number, has no
 * value; of several results the mean counts. The time that Prometheus gives with a result is when it answered, by
 * its own clock: here that is now.
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries
 */
export function prometheusSource({ url, queries, fetch: ask = fetch }: PrometheusSourceOptions): MetricSource {
  return {
    read: async (_, { metricType, metricName: name }, signal) => {
      const query = queries[seriesOf({ metricType, name })];
      if (query === undefined) return [];
      const address = `${url.replace(/\/$/, '')}/api/v1/query?query=${encodeURIComponent(query)}`;
      const response = await ask(address, signal === undefined ? {} : { signal });
      const answer = (await response.json()) as Answer;
      if (answer.status !== 'success') throw new Error(`Prometheus: ${answer.error ?? `HTTP ${response.status}`}`);
      const { resultType, result } = answer.data;
      const samples =
        resultType === 'scalar' ? [result] : resultType === 'vector' ? result.map(({ value }) => value) : [];
      return samples.flatMap(([, text]): MetricValue[] => {
        const value = Number(text);
        return Number.isFinite(value) ? [{ metricType, name, value }] : [];
      });
    },
  };
}

/** Seconds, and the value as text. */
type PrometheusSample = readonly [number, string];

type Answer =
  | { readonly status: 'error'; readonly error?: string }
  | {
      readonly status: 'success';
      readonly data:
        | { readonly resultType: 'vector'; readonly result: readonly { readonly value: PrometheusSample }[] }
        | { readonly resultType: 'scalar'; readonly result: PrometheusSample }
        | { readonly resultType: 'matrix' | 'string'; readonly result: unknown };
    };
