import { pause } from '../cluster-client/deadline';
import { lines } from '../cluster-client/lines';
import { retryDelay } from '../cluster-client/retry-delay';
import type { ContainerQuery, ContainerSummary } from './containers';
import { listContainers } from './containers';
import type { EngineClient } from './engine-client';
import { engineError, lostEngine } from './engine-error';

/** Something that happened on an engine, as far as it is used. */
export interface EngineEvent {
  readonly Type: string;
  /** `start`, `die`, `health_status: healthy`. */
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  /** Billionths of a second since 1970: more digits than a number holds, so the last ones are not exact. */
  readonly timeNano: number;
}

/** Which events. */
export interface EngineEventQuery {
  /** `KEY` or `KEY=VALUE` of the container. */
  readonly labels?: readonly string[] | undefined;
  /** Such as `start`; `health_status` means all of them. @default all */
  readonly actions?: readonly string[] | undefined;
  /** Seconds since 1970. The engine keeps the last 256 of all its events. */
  readonly since?: number | undefined;
  /** Seconds since 1970. @default it goes on until the signal ends it */
  readonly until?: number | undefined;
  readonly signal: AbortSignal;
}

/** What changes how a container is. */
const CHANGES = [
  ...['create', 'start', 'restart', 'die', 'stop', 'kill', 'destroy', 'oom'],
  ...['pause', 'unpause', 'rename', 'update', 'health_status'],
];

/**
 * The time of the engine's own clock, which may be another than ours. Events are asked for by it: one that is asked
 * for until a moment that has not come there yet waits for it.
 * @returns seconds since 1970
 */
export async function engineSeconds(client: EngineClient, signal: AbortSignal): Promise<number> {
  const answer = await client.stream({ method: 'GET', path: '/_ping', signal });
  answer.on('error', () => undefined);
  answer.destroy();
  const at = Date.parse(answer.headers.date ?? '');
  return Math.floor((Number.isNaN(at) ? client.surroundings.now() : at) / 1000);
}

/**
 * Events of containers, by one connection: it ends when the connection does.
 * @throws ClusterError ConnectionLost when it broke, Aborted
 */
export async function* engineEvents(
  client: EngineClient,
  { labels = [], actions, since, until, signal }: EngineEventQuery,
): AsyncGenerator<EngineEvent, void, undefined> {
  const filters = JSON.stringify({ type: ['container'], label: labels, ...(actions && { event: actions }) });
  const answer = await client.stream({ method: 'GET', path: '/events', query: { filters, since, until }, signal });
  try {
    for await (const { text, isWhole } of lines(answer)) {
      if (text.trim() === '') continue;
      if (!isWhole && !answer.complete) break;
      yield JSON.parse(text) as EngineEvent;
    }
    if (!answer.complete) throw new Error('the events are not complete');
  } catch (error) {
    if (signal.aborted) throw engineError('Aborted', 'events: aborted', { cause: error });
    throw lostEngine(error, 'events', client.host);
  } finally {
    answer.on('error', () => undefined);
    answer.destroy();
  }
}

/**
 * Containers as they are now, and again after every change of one of them. Events that break are taken up again;
 * what happened meanwhile is in the next list.
 * @throws ClusterError Aborted; whatever else does not pass by itself
 */
export async function* observeContainers(
  client: EngineClient,
  query: ContainerQuery & { readonly signal: AbortSignal },
): AsyncGenerator<readonly ContainerSummary[], void, undefined> {
  const { signal } = query;
  // From a moment before the list is read, so that nothing falls between the two.
  let since: number | undefined;
  for (let failures = 0; ; failures++) {
    try {
      since ??= await engineSeconds(client, signal);
      yield await listContainers(client, query);
      for await (const event of engineEvents(client, { ...query, actions: CHANGES, since, signal })) {
        since = Math.floor(event.timeNano / 1e9);
        failures = 0;
        yield await listContainers(client, query);
      }
    } catch (error) {
      if (signal.aborted) throw engineError('Aborted', 'watching containers: aborted', { cause: error });
      const lost = lostEngine(error, 'watching containers', client.host);
      if (!lost.retryable || failures > 5) throw lost;
    }
    await pause(retryDelay(Math.min(failures, 5), undefined, client.surroundings.random), signal);
  }
}
