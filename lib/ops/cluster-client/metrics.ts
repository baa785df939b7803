import type { ClusterClient } from './cluster-client';
import { ClusterError, isClusterError } from './cluster-error';
import type { NodeMetrics, PodMetrics } from './objects';
import type { ListQuery } from './read';
import { listObjects } from './read';
import { RESOURCES } from './resources';

/**
 * Usage of pods.
 * @throws ClusterError MetricsUnavailable where nobody serves the metrics API, or it does not work
 */
export async function podMetrics(client: ClusterClient, query: ListQuery): Promise<readonly PodMetrics[]> {
  return measured(() => listObjects(client, RESOURCES.PodMetrics, query));
}

/** Usage of nodes. @throws ClusterError MetricsUnavailable */
export async function nodeMetrics(
  client: ClusterClient,
  query: Omit<ListQuery, 'namespace'> = {},
): Promise<readonly NodeMetrics[]> {
  return measured(() => listObjects(client, RESOURCES.NodeMetrics, { ...query, namespace: '' }));
}

async function measured<T>(list: () => Promise<{ readonly items: readonly T[] }>): Promise<readonly T[]> {
  try {
    return (await list()).items;
  } catch (error) {
    // 404: no such API; 503: it is registered, and whoever serves it does not answer.
    if (!isClusterError(error, 'NotFound', 'ApiUnavailable') || error.status === undefined) throw error;
    throw new ClusterError('MetricsUnavailable', 'the cluster serves no metrics of pods and nodes', {
      cause: error,
      status: error.status,
      retryable: error.code === 'ApiUnavailable',
      remedy: 'install metrics-server, and see `kubectl get apiservice v1beta1.metrics.k8s.io`',
    });
  }
}
