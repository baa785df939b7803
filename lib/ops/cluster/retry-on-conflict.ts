import type { ClusterClient } from '../cluster-client/cluster-client';
import { isClusterError } from '../cluster-client/cluster-error';
import { pause } from '../cluster-client/deadline';
import { retryDelay } from '../cluster-client/retry-delay';

/** Somebody who changes an object all the time wins after so many tries. */
const MOST_CONFLICTS = 10;

/**
 * Runs what reads an object and writes it to the version that was read; a conflict, and nothing else, begins it
 * anew. Controllers write the status of what they look after all the time, and each such write is a new version.
 * @param attempt has to read anew, and to check anew what it depends on
 * @throws ClusterError Conflict after ten more tries; whatever else `attempt` throws
 * @see https://pkg.go.dev/k8s.io/client-go/util/retry#RetryOnConflict
 */
export async function retryOnConflict<T>(
  { surroundings }: ClusterClient,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let conflicts = 0; ; conflicts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isClusterError(error, 'Conflict') || conflicts >= MOST_CONFLICTS) throw error;
      await pause(retryDelay(Math.min(conflicts, 4), undefined, surroundings.random) / 4, signal);
    }
  }
}
