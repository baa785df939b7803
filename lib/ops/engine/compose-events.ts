import type { EventInfo, EventsQuery } from '../cluster/events';
import { pause } from '../cluster-client/deadline';
import { retryDelay } from '../cluster-client/retry-delay';
import type { EngineEvent } from '../engine-client/engine-events';
import { engineEvents } from '../engine-client/engine-events';
import { COMPOSE } from '../engine-client/containers';
import { engineError, lostEngine } from '../engine-client/engine-error';
import type { ProjectPlace } from './compose-project';
import { projectLabels } from './compose-project';

const HOUR_SECONDS = 3600;
/** What people ask about; commands of health checks are events as well, thousands of them. */
const TOLD = [
  ...['create', 'start', 'restart', 'die', 'stop', 'kill', 'destroy', 'oom'],
  ...['pause', 'unpause', 'rename', 'update', 'health_status'],
];

/**
 * What happened to the containers of a project, the oldest first. The engine keeps the last 256 of all its events,
 * those of health checks among them.
 */
export async function composeEvents(place: ProjectPlace, query: EventsQuery = {}): Promise<readonly EventInfo[]> {
  const now = place.client.surroundings.now() / 1000;
  const found: EventInfo[] = [];
  const signal = query.signal ?? new AbortController().signal;
  const asked = { labels: projectLabels(place.project), actions: TOLD, since: now - HOUR_SECONDS, until: now };
  for await (const event of engineEvents(place.client, { ...rounded(asked), signal })) {
    if (isMeant(event, query)) found.push(eventInfo(event));
  }
  return found;
}

/** The events that the engine still has, and then each that happens, until the signal ends it. */
export async function* followComposeEvents(
  { client, project }: ProjectPlace,
  query: EventsQuery & { readonly signal: AbortSignal },
): AsyncGenerator<EventInfo, void, undefined> {
  const { signal } = query;
  let since = Math.floor(client.surroundings.now() / 1000) - HOUR_SECONDS;
  // The engine cuts by seconds: those of the last one were given already.
  let given = new Set<string>();
  for (let failures = 0; ; failures++) {
    try {
      for await (const event of engineEvents(client, {
        labels: projectLabels(project),
        actions: TOLD,
        since,
        signal,
      })) {
        failures = 0;
        const second = Math.floor(event.timeNano / 1e9);
        const key = `${event.timeNano} ${event.Actor.ID} ${event.Action}`;
        if (given.has(key)) continue;
        if (second > since) [since, given] = [second, new Set()];
        given.add(key);
        if (isMeant(event, query)) yield eventInfo(event);
      }
    } catch (error) {
      if (signal.aborted) throw engineError('Aborted', 'events: aborted', { cause: error });
      const lost = lostEngine(error, 'events', client.host);
      if (!lost.retryable || failures > 5) throw lost;
    }
    await pause(retryDelay(Math.min(failures, 5), undefined, client.surroundings.random), signal);
  }
}

function rounded<T extends { readonly since: number; readonly until: number }>(asked: T): T {
  return { ...asked, since: Math.floor(asked.since), until: Math.ceil(asked.until) };
}

function isMeant({ Actor: actor, Action: action }: EngineEvent, query: EventsQuery): boolean {
  const { name, reason, warningsOnly, uid } = query;
  const { name: container, [COMPOSE.service]: service } = actor.Attributes;
  if (name !== undefined && name !== container && name !== service) return false;
  if (uid !== undefined && uid !== actor.ID) return false;
  if (reason !== undefined && reason !== action) return false;
  return warningsOnly !== true || typeOf(actor.Attributes, action) === 'Warning';
}

function eventInfo({ Actor: actor, Action: action, timeNano }: EngineEvent): EventInfo {
  const { Attributes: attributes } = actor;
  const [reason = '', detail] = action.split(': ');
  const { exitCode, signal, image = '', execDuration } = attributes;
  const lasted = execDuration === undefined ? '' : ` after ${execDuration} s`;
  const message =
    detail ??
    (exitCode !== undefined
      ? `ended with ${exitCode}${lasted}`
      : signal !== undefined
        ? `signal ${signal}`
        : `image ${image}`);
  return {
    at: new Date(timeNano / 1e6).toISOString(),
    type: typeOf(attributes, action),
    reason,
    object: `Container/${attributes['name'] ?? actor.ID.slice(0, 12)}`,
    message,
    count: 1,
    source: 'engine',
  };
}

function typeOf({ exitCode = '0' }: Readonly<Record<string, string>>, action: string): EventInfo['type'] {
  const isWrong = action === 'oom' || action === 'health_status: unhealthy' || (action === 'die' && exitCode !== '0');
  return isWrong ? 'Warning' : 'Normal';
}
