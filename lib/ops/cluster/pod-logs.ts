import { setMaxListeners } from 'node:events';
import type { ClusterErrorCode } from '../cluster-client/cluster-error';
import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import type { ContainerLog } from '../cluster-client/container-log';
import { containerLog } from '../cluster-client/container-log';
import { LogPosition } from '../cluster-client/log-position';
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
  /** Called with what a reader of a followed log has to know: lines are lost, a node cannot be reached. */
  readonly onNotice?: ((text: string) => void) | undefined;
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
/** Why no log at all is read, and not one of them. */
const OF_ALL: readonly ClusterErrorCode[] = ['Aborted', 'Forbidden', 'Unauthorized'];

/**
 * Lines of the logs of pods, each line once, also when a connection breaks or a container is started again.
 * Lines of one container are in their order. Reads no faster than it is read. Followed logs end with the
 * signal, or when the reader stops. Of several logs each is read that can be, before it is said which cannot.
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
  const runs = items.flatMap((pod) => runsOf(pod, query));
  const failures: { readonly run: Run; readonly error: ClusterError }[] = [];
  for (const run of runs) {
    try {
      await copy(place, query, run, channel, { signal, follow: false, isOld: true });
    } catch (error) {
      if (!isClusterError(error) || OF_ALL.includes(error.code)) throw error;
      // It was deleted since the list.
      if (query.pod !== undefined || error.code !== 'NotFound') failures.push({ run, error });
    }
  }
  const [first] = failures;
  if (first !== undefined) throw runs.length === 1 ? first.error : notRead(first.error, failures, runs.length);
  const [named] = query.pod === undefined || runs.length > 0 ? [] : items;
  if (named !== undefined) await askNamed(place, query, named, channel, signal);
}

/** Says what of many logs could not be read: the node of a pod is away, for instance. */
function notRead(
  { code, status, cause }: ClusterError,
  failures: readonly { readonly run: Run; readonly error: ClusterError }[],
  of: number,
): ClusterError {
  const each = failures.map(({ run: { pod, container }, error }) => `${pod}/${container}: ${error.message}`);
  return new ClusterError(code, `${failures.length} of ${of} logs could not be read: ${each.join('; ')}`, {
    status,
    cause,
    retryable: failures.every(({ error }) => error.retryable),
    remedy: 'see `tars doctor` and `kubectl get nodes`; the other logs are there',
  });
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
  if ((await copy(place, query, run, channel, { signal, follow: false, isOld: true })) > 0) return;
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
  const containers = new Map<string, Followed>();
  let isFirst = true;
  const { client, namespace } = place;
  const failed = new AbortController();
  // Every container's stream listens to it, and there may be many.
  setMaxListeners(0, failed.signal);
  const stop = (): void => {
    failed.abort();
  };
  const readers = (): Promise<unknown> => Promise.all([...containers.values()].map(({ reader }) => reader));
  signal.addEventListener('abort', stop, { once: true });
  // It may have come while the first line was not yet asked for.
  if (signal.aborted) stop();
  try {
    for await (const pods of observe(client, RESOURCES.Pod, {
      namespace,
      ...selection(query),
      signal: failed.signal,
    })) {
      if (isFirst && pods.size === 0 && query.pod !== undefined) throw noPod(query.pod);
      for (const pod of pods.values()) {
        for (const run of runsOf(pod, query)) {
          const followed = containers.get(run.key) ?? { reader: Promise.resolve(), position: new LogPosition() };
          containers.set(run.key, followed);
          const isOld = isFirst;
          for (const restarts of unread(followed, run, query)) {
            followed.last = restarts;
            followed.reader = followed.reader
              .then(() => {
                // Of a run that comes later nothing is left out.
                if (!followed.position.hasBegun) followed.position = new LogPosition();
                const isPatient = query.pod === undefined || !isOld;
                const how = { signal: failed.signal, follow: true, isOld, isPatient, position: followed.position };
                return copy(place, query, { ...run, restarts }, channel, how);
              })
              .then(nothing, (error: unknown) => {
                // Told too early: the next change of the pod tries again.
                if (isClusterError(error, 'ContainerNotReady')) {
                  if (followed.last === restarts) followed.last = before(restarts);
                } else if (!isClusterError(error, 'NotFound', 'Aborted')) {
                  channel.close({ error });
                  stop();
                }
              });
          }
        }
      }
      isFirst = false;
      if (query.pod !== undefined && isOver([...pods.values()][0])) break;
    }
    await readers();
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
    await readers();
  }
}

/** A container whose log is followed. Its runs are read one after the other. */
interface Followed {
  /** Of its latest run. */
  reader: Promise<void>;
  /** How far it was read, over all runs. */
  position: LogPosition;
  /** The latest run that has a reader, by the restarts before it. */
  last?: number | undefined;
}

/** Runs that nobody reads yet. Of those that came and went while nobody looked, the node has the last one. */
function unread({ last }: Followed, { restarts, pod, container }: Run, { previous, onNotice }: LogsQuery): number[] {
  // A node that lost its containers counts anew.
  if (last === undefined || previous === true || restarts < last) return last === restarts ? [] : [restarts];
  const missed = restarts - last - 2;
  if (missed > 0) onNotice?.(`${pod}/${container} was started again too often meanwhile: ${missed} runs of it lost`);
  return [restarts - 1, restarts].filter((run) => run > last);
}

/** The run before, undefined before the first. */
function before(restarts: number): number | undefined {
  return restarts === 0 ? undefined : restarts - 1;
}

/** Whether one pod that was named has said all that it will. */
function isOver(pod: Pod | undefined): boolean {
  return pod === undefined || ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '');
}

/** One run of a container, from its start to its end. */
interface Run {
  readonly pod: string;
  readonly container: string;
  /** Restarts before it. */
  readonly restarts: number;
  /** Of its container. */
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
    .map(({ name, restartCount = 0 }) => ({
      pod: metadata.name,
      container: name,
      restarts: restartCount,
      key: `${metadata.uid ?? metadata.name}/${name}`,
    }));
}

async function copy(
  { client, namespace }: Place,
  { previous, tailLines, sinceSeconds, onNotice }: LogsQuery,
  { pod, container, restarts }: Omit<Run, 'key'>,
  channel: Channel<LogLine>,
  { isOld, ...how }: Pick<ContainerLog, 'signal' | 'follow' | 'isPatient' | 'position'> & { readonly isOld: boolean },
): Promise<number> {
  let lines = 0;
  const from = isOld ? { tailLines, sinceSeconds } : {};
  const log = { namespace, pod, container, previous, restarts, onNotice, ...from, ...how };
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
