import type { ComposeSnapshot, EngineContainer } from './compose-snapshot';
import type { KubernetesSnapshot } from './kubernetes-snapshot';
import type { LiveContainer } from './live';
import { componentOf, isReady, lastEnd, liveContainers, livePods } from './live';
import { engineContainers, isServing } from './services';

/** A log that would tell more. */
export interface WantedLog {
  /** Pod, or container of the engine. */
  readonly name: string;
  readonly component: string;
  readonly container: string;
  readonly previous: boolean;
  /** What was said before is about something else. Milliseconds since 1970. */
  readonly since: number;
}

/** Whoever waits for another and cannot reach it tries again within so many milliseconds. */
const RETRY_MS = 120_000;

/** The logs of whoever does not serve, and of those that it needs: nobody else's. */
export function kubernetesLogsWanted(snapshot: KubernetesSnapshot): readonly WantedLog[] {
  const { topology } = snapshot;
  const all = liveContainers(snapshot).filter(({ pod }) => pod.status?.phase !== 'Succeeded');
  const failing = all.filter(({ pod }) => !isReady(pod));
  const components = new Set(
    livePods(snapshot)
      .filter((pod) => !isReady(pod) && pod.status?.phase !== 'Succeeded')
      .map(componentOf),
  );
  const needs = [...topology.links, ...topology.needs].filter(({ client }) => components.has(client));
  const clientsOf = (server: string): readonly LiveContainer[] =>
    failing.filter(({ component }) => needs.some((one) => one.client === component && one.server === server));
  const needed = all.filter(({ component, pod }) => isReady(pod) && !components.has(component));
  return [
    ...failing.flatMap((container) => wantedOf(container, snapshot.now, startOf(container))),
    ...needed
      .filter(({ component }) => clientsOf(component).length > 0)
      .flatMap((container) => {
        const since = Math.min(...clientsOf(container.component).map((one) => callsSince(one, snapshot.now)));
        return wantedOf(container, snapshot.now, since);
      }),
  ];
}

function wantedOf(container: LiveContainer, now: number, since: number): WantedLog[] {
  const { pod, component, spec, status } = container;
  const of = { name: pod.metadata.name, component, container: spec.name };
  const isThere = status.state?.running !== undefined || status.state?.terminated !== undefined;
  return [
    ...(isThere ? [{ ...of, previous: false, since }] : []),
    // A run that is over is one log of its own.
    ...(lastEnd(container, now) !== undefined && (status.restartCount ?? 0) > 0
      ? [{ ...of, previous: true, since: 0 }]
      : []),
  ];
}

/** When the run began that is going on, or that has ended last. */
function startOf({ status: { state, lastState } }: LiveContainer): number {
  const times = [state?.running?.startedAt, state?.terminated?.startedAt, lastState?.terminated?.startedAt];
  return Date.parse(times.find((time) => time !== undefined) ?? '') || 0;
}

/** Since when a container that fails has called those that it needs, as far as it matters now. */
function callsSince({ status }: LiveContainer, now: number): number {
  const ended = status.state?.terminated?.startedAt ?? status.lastState?.terminated?.startedAt;
  if (ended !== undefined) return Date.parse(ended);
  const started = status.state?.running?.startedAt;
  return started === undefined ? now : Math.max(Date.parse(started), now - RETRY_MS);
}

/** The logs of whoever does not serve, and of those that it needs: nobody else's. */
export function composeLogsWanted(snapshot: ComposeSnapshot): readonly WantedLog[] {
  const all = engineContainers(snapshot);
  const isFine = (one: (typeof all)[number]): boolean =>
    isServing(one.container) || (one.expected.isTask && one.container.exitCode === 0);
  const failing = all.filter((one) => !isFine(one));
  return all.flatMap((one): WantedLog[] => {
    const { expected, container } = one;
    const of = { name: container.name, component: expected.component, container: container.name, previous: false };
    if (!isFine(one)) return [{ ...of, since: runSince(container) }];
    const clients = failing.filter((client) => client.expected.needs.includes(expected.component));
    if (clients.length === 0) return [];
    return [{ ...of, since: Math.min(...clients.map((client) => clientSince(client.container, snapshot.now))) }];
  });
}

/** Since the run before this one: the engine keeps all runs of a container in one log. */
function runSince({ startedAt, restartCount }: EngineContainer): number {
  return Math.max(0, restartCount > 0 ? startedAt - RETRY_MS : startedAt);
}

function clientSince(container: EngineContainer, now: number): number {
  if (container.startedAt === 0) return now;
  return container.status === 'running' && container.restartCount === 0
    ? Math.max(container.startedAt, now - RETRY_MS)
    : runSince(container);
}
