import type { ControllerSettings, PodsMetric, ResourceMetric } from './hpa-spec';
import { replicasOf, wholeQuotient } from './integers';
import type { PodObservation, PodValue } from './observation';
import { groupPods } from './pod-groups';
import type { Proposal, Tolerances } from './proposal';
import { isWithin } from './proposal';

/** How the values of pods become a ratio to the target. */
interface Measure {
  /** @returns undefined when no value belongs to a pod that is known */
  readonly ratio: (values: ReadonlyMap<string, number>) => Measured | undefined;
  /** What a pod without a value counts for, before some are taken away. */
  readonly assumed: (pod: string) => number;
}

interface Measured {
  readonly ratio: number;
  readonly current: number;
}

/**
 * The replicas that a metric of the pods asks for.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/podautoscaler/replica_calculator.go
 */
export function podsProposal(
  metric: ResourceMetric | PodsMetric,
  values: ReadonlyMap<string, PodValue>,
  pods: readonly PodObservation[],
  current: number,
  tolerances: Tolerances,
  settings: ControllerSettings,
  now: number,
): Proposal {
  if (pods.length === 0) return { error: 'no pods returned by selector while calculating replica count' };
  const isCpu = metric.type !== 'Pods' && metric.resource === 'cpu';
  const groups = groupPods(pods, values, isCpu, settings, now);
  const amounts = new Map<string, number>();
  for (const [name, { value }] of values) amounts.set(name, value);
  for (const name of groups.ignored) amounts.delete(name);
  for (const name of groups.unready) amounts.delete(name);
  const counts = countsOf(pods);
  if (amounts.size === 0) return { error: 'did not receive metrics for targeted pods (pods might be unready)' };
  const measure = measureOf(metric, pods, counts);
  if ('error' in measure) return measure;
  const first = measure.ratio(amounts);
  if (first === undefined) return { error: 'no metrics returned matched known pods' };
  const keep: Proposal = { replicas: current, name: nameOf(metric), current: first.current };

  const waitsForUnready = groups.unready.length > 0 && first.ratio > 1;
  if (!waitsForUnready && groups.missing.length === 0) {
    if (isWithin(tolerances, first.ratio)) return keep;
    return { ...keep, replicas: replicasOf(first.ratio * groups.ready) };
  }
  if (first.ratio !== 1) {
    for (const name of groups.missing) amounts.set(name, first.ratio < 1 ? measure.assumed(name) : 0);
  }
  if (waitsForUnready) for (const name of groups.unready) amounts.set(name, 0);
  const second = measure.ratio(amounts);
  if (second === undefined) return { error: 'no metrics returned matched known pods' };
  if (isWithin(tolerances, second.ratio)) return keep;
  if ((first.ratio < 1 && second.ratio > 1) || (first.ratio > 1 && second.ratio < 1)) return keep;
  const replicas = replicasOf(second.ratio * sizeOf(amounts, counts));
  if ((second.ratio < 1 && replicas > current) || (second.ratio > 1 && replicas < current)) return keep;
  return { ...keep, replicas };
}

function measureOf(
  metric: ResourceMetric | PodsMetric,
  pods: readonly PodObservation[],
  counts: Counts,
): Measure | { readonly error: string } {
  if (metric.type === 'Pods') return average(metric.averageValueMilli, counts);
  if ('averageValueMilli' in metric.target) return average(metric.target.averageValueMilli, counts);
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const request = requestOf(pod, metric);
    if (typeof request === 'string') return { error: request };
    requests.set(pod.name, request);
  }
  return utilization(requests, metric.target.averageUtilization, counts);
}

/** Values against an amount for each; those of strangers count, since the adapter chose them. */
function average(target: number, counts: Counts): Measure {
  return {
    ratio: (values) => {
      let total = 0;
      for (const [name, value] of values) total += value * (counts?.get(name) ?? 1);
      const current = wholeQuotient(total, 1, sizeOf(values, counts));
      return { ratio: current / target, current };
    },
    assumed: () => target,
  };
}

/** Use against requests, in whole percent: the sums are compared, not the pods. */
function utilization(requests: ReadonlyMap<string, number>, target: number, counts: Counts): Measure {
  return {
    ratio: (values) => {
      let used = 0;
      let requested = 0;
      for (const [name, value] of values) {
        const request = requests.get(name);
        if (request === undefined) continue;
        const count = counts?.get(name) ?? 1;
        used += value * count;
        requested += request * count;
      }
      if (requested === 0) return undefined;
      const current = wholeQuotient(used, 100, requested);
      return { ratio: current / target, current };
    },
    assumed: (pod) => wholeQuotient(requests.get(pod) ?? 0, Math.max(100, target), 100),
  };
}

function requestOf(pod: PodObservation, { resource, container }: ResourceMetric): number | string {
  let total = 0;
  for (const { name, requests } of pod.containers) {
    if (container !== undefined && container !== name) continue;
    const request = requests[resource];
    if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${pod.name}`;
    if (container === name) return request;
    total += request;
  }
  return container === undefined ? total : `container ${container} not found in Pod ${pod.name}`;
}

/** How many pods stand behind a name, where any has more than one. */
type Counts = ReadonlyMap<string, number> | undefined;

function countsOf(pods: readonly PodObservation[]): Counts {
  if (!pods.some(({ count = 1 }) => count !== 1)) return undefined;
  return new Map(pods.map(({ name, count = 1 }) => [name, count]));
}

function sizeOf(values: ReadonlyMap<string, number>, counts: Counts): number {
  if (counts === undefined) return values.size;
  let size = 0;
  for (const name of values.keys()) size += counts.get(name) ?? 1;
  return size;
}

function nameOf(metric: ResourceMetric | PodsMetric): string {
  if (metric.type === 'Pods') return `pods metric ${metric.name}`;
  if ('averageValueMilli' in metric.target) return `${metric.resource} resource`;
  const of = metric.type === 'ContainerResource' ? 'container resource' : 'resource';
  return `${metric.resource} ${of} utilization (percentage of request)`;
}
