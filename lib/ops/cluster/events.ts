import type { Event } from '../cluster-client/objects';
import { listObjects } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import { fieldText } from '../cluster-client/selector';
import { observe } from '../cluster-client/watch';
import type { Place } from './workload';

/** What happened to an object. */
export interface EventInfo {
  /** RFC 3339; of the last time. */
  readonly at: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  /** `Pod/web-6f`. */
  readonly object: string;
  readonly message: string;
  readonly count: number;
  /** Who says so: kubelet, deployment-controller. */
  readonly source: string;
}

/** Which events. */
export interface EventsQuery {
  /** Of one object. @default all of the namespace */
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
  readonly reason?: string | undefined;
  readonly warningsOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The events of a namespace, the oldest first. The server keeps them for an hour. */
export async function listEvents({ client, namespace }: Place, query: EventsQuery = {}): Promise<readonly EventInfo[]> {
  const found = await listObjects(client, RESOURCES.Event, {
    namespace,
    fieldSelector: fieldsOf(query),
    signal: query.signal,
  });
  return sorted(found.items);
}

/** The events of a namespace, and then each that happens, until the signal ends it. */
export async function* followEvents(
  { client, namespace }: Place,
  query: EventsQuery & { readonly signal: AbortSignal },
): AsyncGenerator<EventInfo, void, undefined> {
  const given = new Map<string, string>();
  const { signal } = query;
  for await (const events of observe(client, RESOURCES.Event, { namespace, fieldSelector: fieldsOf(query), signal })) {
    for (const uid of given.keys()) if (!events.has(uid)) given.delete(uid);
    const fresh = [...events].filter(([uid, { metadata }]) => given.get(uid) !== (metadata.resourceVersion ?? ''));
    for (const [uid, { metadata }] of fresh) given.set(uid, metadata.resourceVersion ?? '');
    yield* sorted(fresh.map(([, event]) => event));
  }
}

function fieldsOf({ name, kind, uid, reason, warningsOnly }: EventsQuery): string | undefined {
  const fields = { 'involvedObject.name': name, 'involvedObject.kind': kind, 'involvedObject.uid': uid, reason };
  const given = Object.entries({ ...fields, type: warningsOnly === true ? 'Warning' : undefined });
  const text = given.flatMap(([field, value]) => (value === undefined ? [] : [fieldText(field, value)])).join(',');
  return text === '' ? undefined : text;
}

function sorted(events: readonly Event[]): EventInfo[] {
  return events.map(eventInfo).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function eventInfo(event: Event): EventInfo {
  const { metadata, involvedObject, series } = event;
  // Old and new writers of events fill different fields.
  const at = series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp;
  return {
    at: at ?? metadata.creationTimestamp ?? '',
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    object: `${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`,
    message: event.message ?? '',
    count: series?.count ?? event.count ?? 1,
    source: event.source?.component ?? event.reportingComponent ?? '',
  };
}
