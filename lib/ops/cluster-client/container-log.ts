import type { ClusterClient } from './cluster-client';
import { ClusterError, isClusterError } from './cluster-error';
import { pause } from './deadline';
import { lostConnection } from './exchange';
import { lines } from './lines';
import { LogPosition } from './log-position';
import type { Pod } from './objects';
import { readObject } from './read';
import { pathOf, RESOURCES } from './resources';
import { retryDelay } from './retry-delay';

/** The log of one container. */
export interface ContainerLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Whether to wait for more until the container ends. */
  readonly follow: boolean;
  /** Of the container before its last restart. @default false */
  readonly previous?: boolean | undefined;
  /** The last lines only; 0: none of those that are there. @default all */
  readonly tailLines?: number | undefined;
  /** Not older than so many seconds. @default any */
  readonly sinceSeconds?: number | undefined;
  /** Which run of the container, by its restarts; undefined: the one that runs now. */
  readonly restarts?: number | undefined;
  readonly signal: AbortSignal;
}

/** A line, and when the container runtime read it. */
export interface TimedLine {
  /** RFC 3339, to the nanosecond. */
  readonly timestamp: string;
  readonly text: string;
}

/** What a try to read came to: how the stream ended, and a last line without an end. */
interface Reading {
  readonly isComplete: boolean;
  readonly rest: TimedLine | undefined;
  /** Whether it did not go on with what was read: it is of another run, or the log was rotated. */
  readonly isForeign: boolean;
}

/** So often a stream that does not go on is opened again: the server hears of a restart later than its node. */
const MOST_FOREIGN = 6;

/**
 * Lines of a container's log, from one run of it. A stream that breaks is taken up where it was, without a
 * lost or doubled line; also when the container was started again meanwhile. Reads on only when the line before
 * was taken.
 * @throws ClusterError ContainerNotReady before it starts, NotFound, Forbidden, Aborted
 */
export async function* containerLog(
  client: ClusterClient,
  log: ContainerLog,
): AsyncGenerator<TimedLine, void, undefined> {
  const position = new LogPosition();
  let failures = 0;
  let foreign = 0;
  let isPrevious = log.previous ?? false;
  for (;;) {
    const asked = { ...log, previous: isPrevious, follow: log.follow && !isPrevious };
    const reader = read(client, asked, position, foreign >= MOST_FOREIGN);
    let reading: Reading = { isComplete: false, rest: undefined, isForeign: false };
    try {
      let step = await reader.next();
      for (; step.done !== true; step = await reader.next()) {
        failures = 0;
        yield step.value;
      }
      reading = step.value;
    } finally {
      // Who stops reading leaves no stream open.
      await reader.return(reading);
    }
    if (log.signal.aborted) throw aborted(log);
    // Another run has taken its place: the rest of this one is nowhere any more.
    if (reading.isForeign && isPrevious) return;
    foreign = reading.isForeign ? foreign + 1 : 0;
    const state = reading.isComplete && !(log.follow && !isPrevious) ? 'ended' : await stateOf(client, log);
    if (state === 'gone' || (reading.isComplete && state !== 'running')) {
      if (reading.rest !== undefined && position.take(reading.rest.timestamp)) yield reading.rest;
      return;
    }
    // What the run before had said when the stream broke is kept by the server until the next restart.
    if (state === 'restarted' && !isPrevious && log.restarts !== undefined) isPrevious = true;
    await pause(retryDelay(Math.min(failures++, 5), undefined, client.surroundings.random), log.signal);
  }
}

async function* read(
  client: ClusterClient,
  log: ContainerLog,
  position: LogPosition,
  mayBeForeign: boolean,
): AsyncGenerator<TimedLine, Reading, undefined> {
  const path = pathOf(RESOURCES.Pod, log.namespace, log.pod, 'log');
  const { since } = position;
  position.resume();
  const from =
    since === undefined ? { tailLines: log.tailLines, sinceSeconds: log.sinceSeconds } : { sinceTime: since };
  const { container, follow, previous, signal } = log;
  const answer = await client.stream({
    method: 'GET',
    path,
    query: { container, follow, previous, timestamps: true, ...from },
    signal,
    accept: '*/*',
  });
  // Nothing may ever come of a log that is read from its end on.
  if (log.tailLines === 0) position.startAt(Date.parse(answer.headers.date ?? ''));
  let rest: TimedLine | undefined;
  let isFirst = !mayBeForeign;
  try {
    for await (const { text, isWhole } of lines(answer)) {
      const line = timed(text);
      if (isFirst && isWhole && !position.continues(line.timestamp)) {
        return { isComplete: false, rest: undefined, isForeign: true };
      }
      isFirst = false;
      if (!isWhole) rest = line;
      else if (position.take(line.timestamp)) yield line;
    }
    return { isComplete: answer.complete, rest, isForeign: false };
  } catch (error) {
    if (signal.aborted) throw aborted(log, error);
    const lost = lostConnection(error, `log of ${log.pod}`);
    if (lost.code !== 'ConnectionLost') throw lost;
    return { isComplete: false, rest: undefined, isForeign: false };
  } finally {
    answer.on('error', () => undefined);
    answer.destroy();
  }
}

function timed(line: string): TimedLine {
  const end = line.indexOf(' ');
  const timestamp = end === -1 ? line : line.slice(0, end);
  // The kubelet's own words have none.
  if (!/^\d{4}-\d\d-\d\dT/.test(timestamp)) return { timestamp: '', text: line };
  return { timestamp, text: end === -1 ? '' : line.slice(end + 1) };
}

/** What has become of the run of the container whose log is read. */
async function stateOf(client: ClusterClient, log: ContainerLog): Promise<'running' | 'ended' | 'restarted' | 'gone'> {
  try {
    const { status } = await readObject<Pod>(client, RESOURCES.Pod, log.namespace, log.pod, log.signal);
    const all = [
      ...(status?.containerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ];
    const one = all.find(({ name }) => name === log.container);
    if (one === undefined) return 'running';
    if (log.restarts !== undefined && (one.restartCount ?? 0) > log.restarts) return 'restarted';
    return one.state?.running === undefined ? 'ended' : 'running';
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return 'gone';
    if (log.signal.aborted) throw aborted(log, error);
    if (isClusterError(error) && error.retryable) return 'running';
    throw error;
  }
}

function aborted(log: ContainerLog, cause?: unknown): ClusterError {
  return new ClusterError('Aborted', `log of ${log.pod}: aborted`, { cause });
}
