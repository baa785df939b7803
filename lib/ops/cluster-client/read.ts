import type { ClusterClient } from './cluster-client';
import { ClusterError, isClusterError } from './cluster-error';
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
      const page = await client.call<ListAnswer<T>>({
        method: 'GET',
        path: pathOf(resource, namespace),
        query: { labelSelector, fieldSelector, limit: PAGE, continue: next },
        signal,
        timeoutMs,
      });
      for (const item of itemsOf(page, pathOf(resource, namespace))) items.push(item);
      const metadata = page?.metadata;
      next = metadata?.continue === '' ? undefined : metadata?.continue;
      if (next === undefined) return { items, resourceVersion: metadata?.resourceVersion ?? '' };
    } catch (error) {
      if (!isClusterError(error) || error.status?.code !== 410 || beginnings++ >= MOST_BEGINNINGS) throw error;
      items.length = 0;
      next = undefined;
    }
  }
}

/** What may come where a list should: a server in Go writes an empty one as null. */
export type ListAnswer<T> = {
  readonly items?: readonly T[] | null;
  readonly metadata?: ObjectList<never>['metadata'];
} | null;

/** @throws ClusterError ApiUnavailable for an answer that is no list: of a proxy, of a server that is half there */
export function itemsOf<T>(answer: ListAnswer<T>, path: string): readonly T[] {
  const items = answer?.items === null ? [] : answer?.items;
  if (Array.isArray(items)) return items as readonly T[];
  throw new ClusterError('ApiUnavailable', `GET ${path}: the answer is no list`);
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
