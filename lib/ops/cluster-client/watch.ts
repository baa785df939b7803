import type { IncomingMessage } from 'node:http';
import type { ClusterClient } from './cluster-client';
import { ClusterError, isClusterError } from './cluster-error';
import { pause } from './deadline';
import { lostConnection } from './exchange';
import { lines } from './lines';
import type { ApiObject } from './objects';
import type { ListQuery } from './read';
import { listObjects } from './read';
import type { Resource } from './resources';
import { pathOf } from './resources';
import { retryDelay } from './retry-delay';
import { serverStatus, statusError } from './status-error';

/** Seconds after which a watch is opened anew, by agreement with the server. */
const WATCH_SECONDS = 240;
/** A watch that says nothing for so long, no bookmark even, is dead: the server sends one a minute. */
const SILENCE_MS = 150_000;

interface WatchLine<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** What is observed. */
export interface ObserveQuery extends Omit<ListQuery, 'timeoutMs'> {
  readonly signal: AbortSignal;
}

/**
 * The objects of a kind as they are now, and again after every change, by uid. Watches that end, break,
 * or are too old are opened anew, also after a server that was away for long; what happened meanwhile is in the
 * next map. Only the latest state is given to a reader that is slow.
 * @throws ClusterError what the first list fails with; Aborted by the signal; Forbidden, NotFound and whatever
 *   else does not pass by itself
 */
export async function* observe<T extends ApiObject>(
  client: ClusterClient,
  resource: Resource<T>,
  query: ObserveQuery,
): AsyncGenerator<ReadonlyMap<string, T>, void, undefined> {
  const { signal } = query;
  let objects: Map<string, T> | undefined;
  let version: string | undefined;
  let failures = 0;
  for (;;) {
    try {
      if (objects === undefined || version === undefined) {
        const listed = await listObjects(client, resource, query);
        version = listed.resourceVersion;
        objects = new Map(listed.items.map((item) => [keyOf(item), item]));
        yield new Map(objects);
      }
      for await (const { type, object } of watchOnce(client, resource, query, version)) {
        version = object.metadata.resourceVersion ?? version;
        failures = 0;
        if (type === 'BOOKMARK') continue;
        if (type === 'DELETED') objects.delete(keyOf(object));
        else objects.set(keyOf(object), object);
        yield new Map(objects);
      }
    } catch (error) {
      if (signal.aborted) throw new ClusterError('Aborted', `watching ${resource.plural}: aborted`, { cause: error });
      // A server that cannot be reached at all is said at once.
      if (objects === undefined || !isPassing(error)) throw error;
      // 410: the version is too old. Whatever else the server says of it, a new list tells the truth; one that is
      // busy has enough to do.
      if (error.status !== undefined && error.code !== 'TooManyRequests') version = undefined;
    }
    if (signal.aborted) throw new ClusterError('Aborted', `watching ${resource.plural}: aborted`);
    await pause(retryDelay(Math.min(failures++, 5), undefined, client.surroundings.random), signal);
  }
}

function isPassing(error: unknown): error is ClusterError {
  return isClusterError(error) && (error.retryable || error.status?.code === 410);
}

function keyOf(object: ApiObject): string {
  return object.metadata.uid ?? `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

async function* watchOnce<T extends ApiObject>(
  client: ClusterClient,
  resource: Resource<T>,
  { namespace, labelSelector, fieldSelector, signal }: ObserveQuery,
  resourceVersion: string,
): AsyncGenerator<WatchLine<T>, void, undefined> {
  const path = pathOf(resource, namespace);
  const answer = await client.stream({
    method: 'GET',
    path,
    query: {
      ...{ watch: true, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS },
      ...{ resourceVersion, labelSelector, fieldSelector },
    },
    signal,
  });
  try {
    answer.setTimeout(SILENCE_MS, () => {
      answer.destroy(new Error('aborted: nothing came for too long'));
    });
    for await (const line of lines(answer)) {
      if (line.text.trim() === '') continue;
      // A line that was cut off.
      if (!line.isWhole && !answer.complete) break;
      const event = JSON.parse(line.text) as WatchLine<T>;
      if (event.type === 'ERROR') throw watchError(event.object, path);
      yield event;
    }
    if (!answer.complete) throw new Error('the watch is not complete');
  } catch (error) {
    throw error instanceof SyntaxError ? brokenLine(error, path) : lostConnection(error, `watch ${path}`);
  } finally {
    destroy(answer);
  }
}

function watchError(object: unknown, path: string): ClusterError {
  const { code = 500 } = object as { readonly code?: number };
  const error = statusError(serverStatus(code, JSON.stringify(object)), `watch ${path}`);
  return error;
}

function brokenLine(cause: unknown, path: string): ClusterError {
  return new ClusterError('ConnectionLost', `watch ${path}: a line is no JSON`, { cause, retryable: true });
}

function destroy(answer: IncomingMessage): void {
  // Whatever comes of it now concerns nobody.
  answer.on('error', () => undefined);
  answer.destroy();
}
