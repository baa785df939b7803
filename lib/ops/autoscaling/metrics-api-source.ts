import type { ClusterClient } from '../cluster-client/cluster-client';
import { podMetrics } from '../cluster-client/metrics';
import type { Pod } from '../cluster-client/objects';
import { listObjects } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import type { ScalableKind } from '../cluster-client/scale';
import { readScale } from '../cluster-client/scale';
import type { MetricSource } from './metric-source';
import { milliOf } from './quantities';

/**
 * CPU in percent of what the pods ask for, memory in percent of their limits, as metrics-server measures
 * them: sums over the pods that have values. It has no other metrics. A container without a request (or a
 * limit) makes its pod count for nothing. What it serves counts as of now, as with the HorizontalPodAutoscaler's
 * controller: by the cluster's clock, and in its own resolution, it was measured up to a minute ago or more.
 */
export function metricsApiSource(
  client: ClusterClient,
  { namespace, kind = 'Deployment' }: { readonly namespace: string; readonly kind?: ScalableKind },
): MetricSource {
  return {
    read: async (name, { metricType, metricName }, signal) => {
      if (metricType !== 'cpu' && metricType !== 'memory') return [];
      const scale = await readScale(client, { kind, namespace, name }, signal);
      const labelSelector = scale.status?.selector;
      if (labelSelector === undefined || labelSelector === '') return [];
      const query = { namespace, labelSelector, signal };
      const [pods, metrics] = await Promise.all([listObjects(client, RESOURCES.Pod, query), podMetrics(client, query)]);
      const bases = new Map(pods.items.map((pod) => [pod.metadata.name, baseOf(pod, metricType)]));
      let used = 0;
      let base = 0;
      for (const { metadata, containers } of metrics) {
        const amounts = containers.map(({ usage }) => milliOf(usage[metricType] ?? ''));
        const of = bases.get(metadata.name);
        if (of === undefined || amounts.includes(undefined)) continue;
        base += of;
        used += amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
      }
      if (base === 0) return [];
      return [{ metricType, name: metricName, value: (used / base) * 100, unit: 'percent' }];
    },
  };
}

/** What the pod's use is held against, in thousandths; undefined where a container says nothing. */
function baseOf({ spec }: Pod, metricType: 'cpu' | 'memory'): number | undefined {
  let total = 0;
  for (const { resources } of spec.containers) {
    const said = metricType === 'cpu' ? resources?.requests?.['cpu'] : resources?.limits?.['memory'];
    const amount = said === undefined ? undefined : milliOf(said);
    if (amount === undefined) return undefined;
    total += amount;
  }
  return total;
}
