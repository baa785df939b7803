import type { ClusterClient } from './cluster-client';
import { ClusterError, isClusterError } from './cluster-error';
import { pause } from './deadline';
import { lostConnection } from './exchange';
import { lines } from './lines';
import { LogPosition } from './log-position';
import type { ContainerStatus, Pod } from './objects';
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
  /** Which run of the container, by the restarts before it. */
  readonly restarts: number;
  /** How far the runs before were read: what they have given is not given again. @default nothing was read */
  readonly position?: LogPosition | undefined;
  /** Whether a node that cannot be reached is waited for from the start; else only once it was reached. @default false */
  readonly isPatient?: boolean | undefined;
  /** Called with what a reader has to know: lines are lost, a node cannot be reached. */
  readonly onNotice?: ((text: string) => void) | undefined;
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

const NOTHING: Reading = { isComplete: false, rest: undefined, isForeign: false };

/** So often a stream that does not go on is opened again: the server hears of a restart later than its node. */
const MOST_FOREIGN = 6;

/**
 * Lines of a container's log, from one run of it. A stream that breaks is taken up where it was, without a
 * lost or doubled line; also when the container was started again meanwhile, for as long as the node has that run. A
 * node or server that is away meanwhile is waited for. Reads on only when the line before was taken.
 * @throws ClusterError ContainerNotReady before it starts, NotFound, Forbidden, Aborted
 */
export async function* containerLog(
  client: ClusterClient,
  log: ContainerLog,
): AsyncGenerator<TimedLine, void, undefined> {
  const position = log.position ?? new LogPosition();
  let failures = 0;
  let foreign = 0;
  let isBegun = false;
  let isReached = log.isPatient ?? false;
  let isTold = false;
  let isPrevious = log.previous ?? false;
  let reading = NOTHING;
  for (let isFirst = true; ; isFirst = false) {
    if (log.previous !== true && (log.follow || !isFirst)) {
      // The server knows two runs by name, the current one and the one before.
      const place = (await whereIs(client, log)) ?? (isPrevious ? 'previous' : 'current');
      if (place === 'gone') break;
      if (place === 'lost') {
        log.onNotice?.(
          `${nameOf(log)} was started again too often meanwhile: ${isBegun ? 'lines' : 'a run'} of it lost`,
        );
        return;
      }
      isPrevious = place === 'previous';
    }
    const asked = { ...log, previous: isPrevious, follow: log.follow && !isPrevious };
    const reader = read(client, asked, position, !isBegun || foreign >= MOST_FOREIGN);
    reading = NOTHING;
    try {
      let step = await reader.next();
      for (; step.done !== true; step = await reader.next()) {
        failures = 0;
        isBegun = true;
        isReached = true;
        yield step.value;
      }
      reading = step.value;
      isReached = true;
      isTold = false;
    } catch (error) {
      if (log.signal.aborted) throw aborted(log, error);
      if (!log.follow || !isReached || !isClusterError(error) || !error.retryable) throw error;
      if (error.code === 'ContainerNotReady' && !isBegun) throw error;
      if (error.code === 'ContainerNotReady') reading = { ...NOTHING, isComplete: true };
      else if (!isTold) {
        isTold = true;
        log.onNotice?.(`the log of ${nameOf(log)} cannot be read for now: ${error.message}`);
      }
    } finally {
      // Who stops reading leaves no stream open.
      await reader.return(reading);
    }
    if (log.signal.aborted) throw aborted(log);
    // Another run has taken its place: the rest of this one is nowhere any more.
    if (reading.isForeign && isPrevious) return;
    foreign = reading.isForeign ? foreign + 1 : 0;
    if (reading.isComplete && !(asked.follow && (await isRunning(client, log)))) break;
    await pause(retryDelay(Math.min(failures++, 5), undefined, client.surroundings.random), log.signal);
  }
  if (reading.rest !== undefined && position.take(reading.rest.timestamp)) yield reading.rest;
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
      if (position.isLeftOut(line.timestamp)) continue;
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
    return NOTHING;
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

/** By which name the node has the run whose log is read; undefined while nobody knows. */
async function whereIs(
  client: ClusterClient,
  log: ContainerLog,
): Promise<'current' | 'previous' | 'lost' | 'gone' | undefined> {
  const status = await statusOf(client, log);
  if (status === undefined || status === 'gone') return status;
  const since = (status.restartCount ?? 0) - log.restarts;
  if (since <= 0) return 'current';
  // One that crashed again and waits has ended: both names mean the run that has just ended.
  return since === 1 && status.state?.waiting?.reason !== 'CrashLoopBackOff' ? 'previous' : 'lost';
}

/** Whether that run goes on, as far as anybody knows. */
async function isRunning(client: ClusterClient, log: ContainerLog): Promise<boolean> {
  const status = await statusOf(client, log);
  if (status === undefined || status === 'gone') return status === undefined;
  return (status.restartCount ?? 0) <= log.restarts && status.state?.running !== undefined;
}

/** Undefined while nobody knows. */
async function statusOf(client: ClusterClient, log: ContainerLog): Promise<ContainerStatus | undefined | 'gone'> {
  try {
    const { status } = await readObject<Pod>(client, RESOURCES.Pod, log.namespace, log.pod, log.signal);
    const all = [
      ...(status?.containerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ];
    return all.find(({ name }) => name === log.container);
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return 'gone';
    if (log.signal.aborted) throw aborted(log, error);
    if (isClusterError(error) && error.retryable) return undefined;
    throw error;
  }
}

function nameOf({ pod, container }: ContainerLog): string {
  return `${pod}/${container}`;
}

function aborted(log: ContainerLog, cause?: unknown): ClusterError {
  return new ClusterError('Aborted', `log of ${log.pod}: aborted`, { cause });
}
