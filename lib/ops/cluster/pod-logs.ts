import { setMaxListeners } from 'node:events';
import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import { containerLog } from '../cluster-client/container-log';
import type { ContainerStatus, Pod } from '../cluster-client/objects';
import { listObjects } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import { observe } from '../cluster-client/watch';
import type { Channel } from './channel';
import { readingFrom } from './channel';
import type { Place } from './workload';

/** Which logs. */
export interface LogsQuery {
  /** One pod. */
  readonly pod?: string | undefined;
  /** All pods with these labels, also those that come later. */
  readonly labelSelector?: string | undefined;
  /** @default every container that is not an init container */
  readonly container?: string | undefined;
  /** Whether to wait for more. @default true */
  readonly follow?: boolean | undefined;
  /** Of the containers before their last restart. @default false */
  readonly previous?: boolean | undefined;
  /** The last lines of each container; pods that come later are read from their beginning. @default all */
  readonly tailLines?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A line of a log. */
export interface LogLine {
  readonly pod: string;
  readonly container: string;
  /** RFC 3339, to the nanosecond; empty for words of the kubelet itself. */
  readonly timestamp: string;
  readonly text: string;
}

/** Lines that wait for a slow reader. */
const AHEAD = 256;

/**
 * Lines of the logs of pods, each line once, also when a connection breaks or a container is started again.
 * Lines of one container are in their order. Reads no faster than it is read. Followed logs end with the
 * signal, or when the reader stops.
 * @throws ClusterError NotFound for a pod that is not there, ContainerNotReady, Forbidden, Aborted
 */
export function podLogs(place: Place, query: LogsQuery): AsyncGenerator<LogLine, void, undefined> {
  const read = (query.follow ?? true) ? followAll : readAll;
  return readingFrom<LogLine>(AHEAD, query.signal, (channel, { signal }) => read(place, query, channel, signal));
}

async function readAll(place: Place, query: LogsQuery, channel: Channel<LogLine>, signal: AbortSignal): Promise<void> {
  const { items } = await listObjects(place.client, RESOURCES.Pod, {
    namespace: place.namespace,
    ...selection(query),
    signal,
  });
  if (items.length === 0 && query.pod !== undefined) throw noPod(query.pod);
  for (const pod of items) {
    const runs = runsOf(pod, query);
    try {
      for (const run of runs) await copy(place, query, run, channel, signal, false, true);
    } catch (error) {
      // It was deleted since the list: the others have their logs still.
      if (query.pod !== undefined || !isClusterError(error, 'NotFound')) throw error;
    }
    if (runs.length === 0 && query.pod !== undefined) await askNamed(place, query, pod, channel, signal);
  }
}

/**
 * A pod that was named and has nothing to say is asked all the same: the server says why.
 * @throws ClusterError ContainerNotReady with its words, NotFound for a container that the pod has not
 */
async function askNamed(
  place: Place,
  query: LogsQuery,
  pod: Pod,
  channel: Channel<LogLine>,
  signal: AbortSignal,
): Promise<void> {
  const container = namedContainer(pod, query);
  const run = { pod: pod.metadata.name, container, restarts: 0 };
  // It may have begun this very moment.
  if ((await copy(place, query, run, channel, signal, false, true)) > 0) return;
  throw new ClusterError('ContainerNotReady', `pod ${pod.metadata.name} has no log yet, or none of a run before`, {
    retryable: true,
  });
}

async function followAll(
  place: Place,
  query: LogsQuery,
  channel: Channel<LogLine>,
  signal: AbortSignal,
): Promise<void> {
  const readers = new Map<string, Promise<void>>();
  /** By container: the reader of its latest run. One run is read to its end before the next. */
  const latest = new Map<string, Promise<void>>();
  let isFirst = true;
  const { client, namespace } = place;
  const failed = new AbortController();
  // Every container's stream listens to it, and there may be many.
  setMaxListeners(0, failed.signal);
  const stop = (): void => {
    failed.abort();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const pods of observe(client, RESOURCES.Pod, {
      namespace,
      ...selection(query),
      signal: failed.signal,
    })) {
      if (isFirst && pods.size === 0 && query.pod !== undefined) throw noPod(query.pod);
      for (const pod of pods.values()) {
        for (const run of runsOf(pod, query)) {
          if (readers.has(run.key)) continue;
          const before = latest.get(run.containerKey);
          const isOld = isFirst && before === undefined;
          const copied = (before ?? Promise.resolve()).then(() =>
            copy(place, query, run, channel, failed.signal, true, isOld),
          );
          const reader = copied.then(nothing, (error: unknown) => {
            // Told too early: the next change of the pod tries again.
            if (isClusterError(error, 'ContainerNotReady')) readers.delete(run.key);
            else if (!isClusterError(error, 'NotFound', 'Aborted')) {
              channel.close({ error });
              stop();
            }
          });
          readers.set(run.key, reader);
          latest.set(run.containerKey, reader);
        }
      }
      isFirst = false;
      if (query.pod !== undefined && isOver([...pods.values()][0])) break;
    }
    await Promise.all(readers.values());
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
    await Promise.all(readers.values());
  }
}

/** Whether one pod that was named has said all that it will. */
function isOver(pod: Pod | undefined): boolean {
  return pod === undefined || ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '');
}

/** One run of a container, from its start to its end. */
interface Run {
  readonly pod: string;
  readonly container: string;
  readonly restarts: number;
  readonly containerKey: string;
  readonly key: string;
}

function runsOf({ metadata, status }: Pod, { container, previous = false }: LogsQuery): Run[] {
  const main = [...(status?.containerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])];
  const all = container === undefined ? main : [...main, ...(status?.initContainerStatuses ?? [])];
  // While it waits to be started again, the node serves the log of the run that has ended.
  const hasLog = ({ state, lastState }: ContainerStatus): boolean =>
    lastState?.terminated !== undefined ||
    (!previous && (state?.running !== undefined || state?.terminated !== undefined));
  return all
    .filter((one) => (container === undefined || one.name === container) && hasLog(one))
    .map(({ name, restartCount = 0 }) => {
      const containerKey = `${metadata.uid ?? metadata.name}/${name}`;
      return {
        pod: metadata.name,
        container: name,
        restarts: restartCount,
        containerKey,
        key: `${containerKey}/${restartCount}`,
      };
    });
}

async function copy(
  { client, namespace }: Place,
  { previous, tailLines, sinceSeconds }: LogsQuery,
  { pod, container, restarts }: Pick<Run, 'pod' | 'container' | 'restarts'>,
  channel: Channel<LogLine>,
  signal: AbortSignal,
  follow: boolean,
  isOld: boolean,
): Promise<number> {
  let lines = 0;
  const from = isOld ? { tailLines, sinceSeconds } : {};
  const log = { namespace, pod, container, follow, previous, restarts, signal, ...from };
  for await (const { timestamp, text } of containerLog(client, log)) {
    if (!(await channel.put({ pod, container, timestamp, text }))) break;
    lines++;
  }
  return lines;
}

function selection({ pod, labelSelector }: LogsQuery): {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string;
} {
  return pod === undefined ? { labelSelector } : { fieldSelector: `metadata.name=${pod}` };
}

function noPod(name: string): ClusterError {
  return new ClusterError('NotFound', `there is no pod ${name}`);
}

/** @throws ClusterError NotFound */
function namedContainer({ metadata, spec }: Pod, { container }: LogsQuery): string {
  const all = spec.containers.concat(spec.initContainers ?? []);
  const found = all.find(({ name }) => container === undefined || name === container);
  if (found !== undefined) return found.name;
  throw new ClusterError('NotFound', `pod ${metadata.name} has no container ${container ?? ''}`, {
    remedy: `choose one of ${all.map(({ name }) => name).join(', ')}`,
  });
}

function nothing(): void {
  // The lines are given already.
}
