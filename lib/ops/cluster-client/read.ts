import type { ClusterClient } from './cluster-client';
import { isClusterError } from './cluster-error';
import type { ApiObject, ObjectList } from './objects';
import type { Resource } from './resources';
import { pathOf } from './resources';

/** Which objects, and until when. */
export interface ListQuery {
  readonly namespace: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default 30000 */
  readonly timeoutMs?: number | undefined;
}

/** Large lists come in pieces of so many objects. */
const PAGE = 500;
/** A list that changes too fast under its pages is begun again so many times. */
const MOST_BEGINNINGS = 3;

/** All objects of a kind, page by page, and the version of the collection. */
export async function listObjects<T extends ApiObject>(
  client: ClusterClient,
  resource: Resource<T>,
  query: ListQuery,
): Promise<{ readonly items: readonly T[]; readonly resourceVersion: string }> {
  const { namespace, labelSelector, fieldSelector, signal, timeoutMs } = query;
  const items: T[] = [];
  let next: string | undefined;
  for (let beginnings = 1; ;) {
    try {
      const page = await client.call<ObjectList<T>>({
        method: 'GET',
        path: pathOf(resource, namespace),
        query: { labelSelector, fieldSelector, limit: PAGE, continue: next },
        signal,
        timeoutMs,
      });
      items.push(...page.items);
      next = page.metadata.continue === '' ? undefined : page.metadata.continue;
      if (next === undefined) return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
    } catch (error) {
      if (!isClusterError(error) || error.status?.code !== 410 || beginnings++ >= MOST_BEGINNINGS) throw error;
      items.length = 0;
      next = undefined;
    }
  }
}

/** One object. @throws ClusterError NotFound */
export function readObject<T extends ApiObject>(
  client: ClusterClient,
  resource: Resource<T>,
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<T> {
  return client.call<T>({ method: 'GET', path: pathOf(resource, namespace, name), signal });
}
