import type { EventInfo, EventsQuery } from '../cluster/events';
import { pause } from '../cluster-client/deadline';
import { retryDelay } from '../cluster-client/retry-delay';
import type { EngineEvent } from '../engine-client/engine-events';
import { engineEvents, engineSeconds } from '../engine-client/engine-events';
import type { Container } from '../engine-client/containers';
import { COMPOSE } from '../engine-client/containers';
import { engineError, lostEngine } from '../engine-client/engine-error';
import type { ProjectPlace } from './compose-project';
import { containersOf, nameOf, projectLabels, serviceOf } from './compose-project';

const HOUR_SECONDS = 3600;
/** The year 1 stands for never. */
const NEVER = '0002';
/** What people ask about; commands of health checks are events as well, thousands of them. */
const TOLD = [
  ...['create', 'start', 'restart', 'die', 'stop', 'kill', 'destroy', 'oom'],
  ...['pause', 'unpause', 'rename', 'update', 'health_status'],
];

/**
 * What happened to the containers of a project, the oldest first. The engine keeps the last 256 of all its events,
 * and health checks make hundreds in a minute; so what the containers themselves still know comes first: when they
 * were made, started and ended, and checks that failed.
 */
export async function composeEvents(place: ProjectPlace, query: EventsQuery = {}): Promise<readonly EventInfo[]> {
  const signal = query.signal ?? new AbortController().signal;
  return eventsUntil(place, query, (await engineSeconds(place.client, signal)) + 1, signal);
}

/** @param now seconds since 1970, of the engine's clock: the end of the present second */
async function eventsUntil(
  place: ProjectPlace,
  query: EventsQuery,
  now: number,
  signal: AbortSignal,
): Promise<readonly EventInfo[]> {
  const asked = { labels: projectLabels(place.project), actions: TOLD, since: now - HOUR_SECONDS, until: now, signal };
  const told: EventInfo[] = [];
  for await (const event of engineEvents(place.client, asked)) if (isMeant(event, query)) told.push(eventInfo(event));
  const known = (await containersOf(place, [], signal)).flatMap((one) => pastOf(one, query));
  const isTold = ({ object, reason, at }: EventInfo): boolean =>
    told.some((one) => one.object === object && one.reason === reason && near(one.at, at));
  const all = [...known.filter((one) => !isTold(one)), ...told];
  return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** What is known, and then each event that happens, until the signal ends it. */
export async function* followComposeEvents(
  place: ProjectPlace,
  query: EventsQuery & { readonly signal: AbortSignal },
): AsyncGenerator<EventInfo, void, undefined> {
  const { client, project } = place;
  const { signal } = query;
  let since = await engineSeconds(client, signal);
  const before = await eventsUntil(place, query, since + 1, signal);
  yield* before;
  // The engine cuts by seconds: those of the last one were given already.
  let given = new Set(before.map(keyOf));
  for (let failures = 0; ; failures++) {
    try {
      for await (const event of engineEvents(client, {
        labels: projectLabels(project),
        actions: TOLD,
        since,
        signal,
      })) {
        failures = 0;
        const info = eventInfo(event);
        const key = keyOf(info);
        if (given.has(key) || !isMeant(event, query)) continue;
        const second = Math.floor(event.timeNano / 1e9);
        if (second > since) [since, given] = [second, new Set()];
        given.add(key);
        yield info;
      }
    } catch (error) {
      if (signal.aborted) throw engineError('Aborted', 'events: aborted', { cause: error });
      const lost = lostEngine(error, 'events', client.host);
      if (!lost.retryable || failures > 5) throw lost;
    }
    await pause(retryDelay(Math.min(failures, 5), undefined, client.surroundings.random), signal);
  }
}

function keyOf({ at, object, reason }: EventInfo): string {
  return `${at} ${object} ${reason}`;
}

/** What a container tells of its own past. */
function pastOf(container: Container, { name, reason, uid, warningsOnly }: EventsQuery): EventInfo[] {
  const { State: state, Config: config, Created: created } = container;
  const own = nameOf(container);
  if (name !== undefined && name !== own && name !== serviceOf(container)) return [];
  if (uid !== undefined && uid !== container.Id) return [];
  const event = (at: string, what: string, message: string, isWrong = false): EventInfo => ({
    ...{ at, reason: what, message, object: `Container/${own}`, count: 1, source: 'engine' },
    type: isWrong ? 'Warning' : 'Normal',
  });
  const image = `image ${config.Image}`;
  // Of a container that runs, the engine keeps when the run before ended, and not how.
  const isOver = !state.Running;
  const end = isOver ? `ended with ${state.ExitCode}` : 'ended';
  const all = [
    event(created, 'create', image),
    event(state.StartedAt, 'start', image),
    event(state.FinishedAt, 'die', end, isOver && state.ExitCode !== 0),
    ...(state.Health?.Log ?? [])
      .filter(({ ExitCode: code }) => code !== 0)
      .map(({ End: at, Output: output }) => event(at, 'health_check', output.trim().slice(0, 300), true)),
  ];
  return all.filter(
    (one) =>
      one.at > NEVER &&
      (reason === undefined || one.reason === reason) &&
      (warningsOnly !== true || one.type === 'Warning'),
  );
}

/** The engine notes an event a moment after the fact. */
function near(one: string, other: string): boolean {
  return Math.abs(Date.parse(one) - Date.parse(other)) < 2_000;
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
