import type { ClusterClient } from '../cluster-client/cluster-client';
import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import { podMetrics } from '../cluster-client/metrics';
import type { Autoscaler, LabelSelector } from '../cluster-client/objects';
import type { ListAnswer } from '../cluster-client/read';
import { itemsOf, listObjects } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import type { ScalableKind } from '../cluster-client/scale';
import { readScale } from '../cluster-client/scale';
import { selectorText } from '../cluster-client/selector';
import type { MetricReading, Observation } from './observation';
import type { HpaFields, MetricFields } from './read-hpa';
import { readPod } from './read-pod';
import type { CustomMetricValue, ExternalMetricValue } from './read-readings';
import { amountReading, podsReading, resourceReading } from './read-readings';

/** A HorizontalPodAutoscaler, with all of its spec. */
export interface HpaObject extends Autoscaler {
  readonly spec: Autoscaler['spec'] & HpaFields;
}

/** Where to read, and until when. */
interface Reading {
  readonly client: ClusterClient;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly signal: AbortSignal | undefined;
}

const SCALABLE: readonly string[] = ['Deployment', 'StatefulSet', 'ReplicaSet'] satisfies readonly ScalableKind[];

/**
 * What the controller of an autoscaler sees now: the target's scale, its pods, and each metric.
 * @throws ClusterError Refused for a target of another kind; Forbidden where a metric may not be read
 */
export async function observeHpa(
  client: ClusterClient,
  namespace: string,
  hpa: HpaObject,
  signal?: AbortSignal,
): Promise<Observation> {
  const { scaleTargetRef, metrics = [] } = hpa.spec;
  const { kind, name } = scaleTargetRef;
  if (!isScalable(kind)) {
    throw new ClusterError('Refused', `${hpa.metadata.name} scales a ${kind}, which cannot be explained`, {
      remedy: `Deployments, StatefulSets and ReplicaSets can`,
    });
  }
  const scale = await orUndefined(readScale(client, { kind, namespace, name }, signal));
  if (scale === undefined) return { scale: undefined, pods: [], readings: [] };
  const labelSelector = scale.status?.selector ?? '';
  const reading: Reading = { client, namespace, labelSelector, signal };
  const [pods, readings] = await Promise.all([
    labelSelector === '' ? [] : listObjects(client, RESOURCES.Pod, reading).then(({ items }) => items),
    Promise.all((metrics.length === 0 ? DEFAULT : metrics).map((metric) => readMetric(reading, metric))),
  ]);
  return {
    scale: {
      specReplicas: scale.spec.replicas ?? 0,
      statusReplicas: scale.status?.replicas ?? 0,
      selector: labelSelector === '' ? 'missing' : isAmbiguous(hpa) ? 'ambiguous' : 'valid',
    },
    pods: pods.map(readPod),
    readings,
  };
}

/** The metric of a spec that names none. */
const DEFAULT: readonly MetricFields[] = [{ type: 'Resource', resource: { name: 'cpu', target: {} } }];

function isScalable(kind: string): kind is ScalableKind {
  return SCALABLE.includes(kind);
}

/** Only the controller knows what other autoscalers found; it says so. */
function isAmbiguous({ status }: HpaObject): boolean {
  return status?.conditions?.some(({ reason }) => reason === 'AmbiguousSelector') ?? false;
}

async function readMetric(from: Reading, metric: MetricFields): Promise<MetricReading> {
  try {
    return await valuesOf(from, metric);
  } catch (error) {
    // what we may not read the controller may: that is no finding about the metric
    if (!isClusterError(error, 'NotFound', 'MetricsUnavailable', 'ApiUnavailable')) throw error;
    return { kind: 'missing', message: error.message };
  }
}

async function valuesOf(from: Reading, metric: MetricFields): Promise<MetricReading> {
  const { resource, containerResource, pods, object, external } = metric;
  if (resource !== undefined) return resourceReading(await podMetrics(from.client, from), resource.name, undefined);
  if (containerResource !== undefined) {
    const { name, container } = containerResource;
    return resourceReading(await podMetrics(from.client, from), name, container);
  }
  if (pods !== undefined) {
    const query = { labelSelector: from.labelSelector, metricLabelSelector: optionalText(pods.metric.selector) };
    return podsReading(await custom(from, `pods/*/${segment(pods.metric.name)}`, query));
  }
  if (object !== undefined) {
    const { describedObject, metric: identity } = object;
    const query = { metricLabelSelector: optionalText(identity.selector) };
    const path = `${segment(pluralOf(describedObject))}/${segment(describedObject.name)}/${segment(identity.name)}`;
    return amountReading(await custom(from, path, query), 'custom');
  }
  if (external !== undefined) {
    const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${from.namespace}/${segment(external.metric.name)}`;
    const query = { labelSelector: optionalText(external.metric.selector) };
    return amountReading(await items<ExternalMetricValue>(from, path, query), 'external');
  }
  return { kind: 'missing', message: `unknown metric source type ${JSON.stringify(metric.type)}` };
}

/** Adapters serve one version or the other. */
async function custom(from: Reading, path: string, query: Query): Promise<readonly CustomMetricValue[]> {
  const at = (version: string): string => `/apis/custom.metrics.k8s.io/${version}/namespaces/${from.namespace}/${path}`;
  return (
    (await orUndefined(items<CustomMetricValue>(from, at('v1beta2'), query))) ??
    (await items<CustomMetricValue>(from, at('v1beta1'), query))
  );
}

type Query = Readonly<Record<string, string | undefined>>;

async function items<T>({ client, signal }: Reading, path: string, query: Query): Promise<readonly T[]> {
  return itemsOf(await client.call<ListAnswer<T>>({ method: 'GET', path, query, signal }), path);
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function optionalText(selector: LabelSelector | undefined): string | undefined {
  return selector === undefined ? undefined : selectorText(selector);
}

/** As adapters name objects: `services`, `ingresses.networking.k8s.io`. */
function pluralOf({ kind, apiVersion = '' }: { readonly kind: string; readonly apiVersion?: string }): string {
  const lower = kind.toLowerCase();
  const plural = /(s|x|ch|sh)$/.test(lower)
    ? `${lower}es`
    : /[^aeiou]y$/.test(lower)
      ? `${lower.slice(0, -1)}ies`
      : `${lower}s`;
  const [group = '', version] = apiVersion.split('/');
  return version === undefined ? plural : `${plural}.${group}`;
}

function segment(text: string): string {
  return encodeURIComponent(text);
}
