import { show } from './issues';
import { PropsReader } from './props-reader';
import type { AutoscalingProps, CustomMetricProps } from './service-props';
import type { CustomMetric, RateMetric } from './service-spec';

/** A quantity as the API server takes it for a metric's target. */
const QUANTITY = /^\d+(\.\d+)?(m|k|M|G|Ki|Mi|Gi)?$/;

/** Reads the metrics that an adapter in the cluster has to serve, and refuses them where none is named. */
export function readServedMetrics(reader: PropsReader<AutoscalingProps>): readonly (RateMetric | CustomMetric)[] {
  const rpsTarget = reader.integer('rpsTarget', { min: 0, max: 1_000_000 }, 0);
  const name = reader.string('rpsMetric', 'http_requests_per_second');
  const rate: readonly RateMetric[] = rpsTarget === 0 ? [] : [{ metricType: 'rps', name, targetValue: rpsTarget }];
  const custom = reader.list('customMetrics').map((_, i) => readCustomMetric(reader, i));
  const adapter = reader.oneOf('metricsAdapter', ['prometheus-adapter', 'other']);
  if (adapter === undefined && rate.length + custom.length > 0) {
    reader.at(rate.length > 0 ? 'rpsTarget' : 'customMetrics').add({
      code: 'TARS1020',
      message: 'a metric that nobody serves: the autoscaler would never remove a replica',
      given: [...rate, ...custom].map((metric) => metric.name).join(', '),
      allowed: 'with metricsAdapter: "prometheus-adapter" or "other"',
      remedy: 'install an adapter that serves it and name it in metricsAdapter, or leave the metric out',
    });
  }
  return [...rate, ...custom];
}

function readCustomMetric(parent: PropsReader<AutoscalingProps>, index: number): CustomMetric {
  const issues = parent.at('customMetrics').at(index);
  const reader = new PropsReader<CustomMetricProps>(
    parent.list('customMetrics')[index] as CustomMetricProps | undefined,
    issues,
    { name: true, type: true, target: true, object: true, labels: true },
  );
  const type = reader.oneOf('type', ['pods', 'object', 'external'], 'pods');
  const target = reader.requiredString('target', '1');
  if (!QUANTITY.test(target)) {
    reader.at('target').add({
      code: 'TARS1010',
      message: 'not a quantity',
      given: show(target),
      allowed: 'a number, or one with a unit, e.g. "30" or "500m"',
      remedy: 'write "target" as such a quantity',
    });
  }
  const object = objectIn(reader);
  if ((type === 'object') !== (object !== undefined)) {
    reader.at('object').add({
      code: 'TARS1016',
      message: 'an object belongs to type "object", and to no other',
      given: `type "${type}" ${object === undefined ? 'without' : 'with'} an object`,
      allowed: 'type "object" with apiVersion, kind and name of the object',
      remedy: object === undefined ? 'name the object' : 'remove it, or set type to "object"',
    });
  }
  const labels = reader.entries('labels').filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    metricType: 'custom',
    name: reader.requiredString('name', 'metric'),
    of: type === 'object' ? (object ?? { apiVersion: 'v1', kind: 'Service', name: 'missing' }) : type,
    labels: Object.fromEntries(labels),
    target,
  };
}

function objectIn(
  reader: PropsReader<CustomMetricProps>,
): { readonly apiVersion: string; readonly kind: string; readonly name: string } | undefined {
  if (!reader.has('object')) return undefined;
  const inner = new PropsReader<{ apiVersion: string; kind: string; name: string }>(
    reader.raw('object') as { apiVersion: string; kind: string; name: string },
    reader.at('object'),
    { apiVersion: true, kind: true, name: true },
  );
  return {
    apiVersion: inner.requiredString('apiVersion', 'v1'),
    kind: inner.requiredString('kind', 'Service'),
    name: inner.requiredString('name', 'missing'),
  };
}
