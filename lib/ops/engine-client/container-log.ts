import { isClusterError } from '../cluster-client/cluster-error';
import type { TimedLine } from '../cluster-client/container-log';
import { pause } from '../cluster-client/deadline';
import { lines } from '../cluster-client/lines';
import { LogPosition } from '../cluster-client/log-position';
import { retryDelay } from '../cluster-client/retry-delay';
import { inspectContainer, pathOf } from './containers';
import type { EngineClient } from './engine-client';
import { engineError, lostEngine } from './engine-error';
import { frames } from './frames';

/** The log of one container, over all its runs. */
export interface ContainerLogQuery {
  /** Name or id. */
  readonly container: string;
  /** Whether it has a terminal: its log is then one stream, without frames. */
  readonly isTty: boolean;
  /** Whether to wait for more until the container ends. */
  readonly follow: boolean;
  /** The last lines only; 0: none of those that are there. @default all */
  readonly tailLines?: number | undefined;
  /** Not before, as RFC 3339. @default any */
  readonly since?: string | undefined;
  /** Before, as RFC 3339. @default any */
  readonly until?: string | undefined;
  /** How far it was read before; it moves on. @default from the beginning */
  readonly position?: LogPosition | undefined;
  readonly signal: AbortSignal;
}

/** Bytes of the longest line: one without an end must not fill the memory. */
const LONGEST = 64 << 20;

/**
 * Lines of a container's log. A stream that breaks, or that ends because the container was started again, is
 * taken up where it was, without a lost or doubled line. Reads on only when the line before was taken. It ends when
 * the container has ended or was removed.
 *
 * @throws ClusterError NotFound, Unsupported when its logs go elsewhere, Aborted
 */
export async function* engineLog(
  client: EngineClient,
  log: ContainerLogQuery,
): AsyncGenerator<TimedLine, void, undefined> {
  const position = log.position ?? new LogPosition();
  const attempts = { failures: 0 };
  for (;;) {
    const isComplete = yield* read(client, log, position, attempts);
    if (log.signal.aborted) throw aborted(log);
    if (isComplete && (!log.follow || !(await isRunning(client, log)))) return;
    await pause(retryDelay(Math.min(attempts.failures++, 5), undefined, client.surroundings.random), log.signal);
  }
}

/** @returns whether the engine has said that it is the end */
async function* read(
  client: EngineClient,
  log: ContainerLogQuery,
  position: LogPosition,
  attempts: { failures: number },
): AsyncGenerator<TimedLine, boolean, undefined> {
  const { container, isTty, follow, signal, until } = log;
  const what = `log of ${container}`;
  const { since } = position;
  position.resume();
  const answer = await client.stream({
    method: 'GET',
    path: `${pathOf(container)}/logs`,
    query: {
      ...{ stdout: true, stderr: true, timestamps: true, follow },
      ...{ since: moment(since ?? log.since), until: moment(until) },
      tail: since === undefined ? log.tailLines : undefined,
    },
    signal,
  });
  if (log.tailLines === 0) position.startAt(Date.parse(answer.headers.date ?? ''));
  try {
    for await (const line of isTty ? plain(answer) : framed(answer, what)) {
      attempts.failures = 0;
      if (position.take(line.timestamp)) yield line;
    }
    if (!answer.complete) throw new Error('the log is not complete');
    return true;
  } catch (error) {
    if (signal.aborted) throw aborted(log, error);
    const lost = lostEngine(error, what, client.host);
    if (lost.code !== 'ConnectionLost') throw lost;
    return false;
  } finally {
    answer.on('error', () => undefined);
    answer.destroy();
  }
}

/**
 * Each frame is one message, and each message has a timestamp, also where a long line was cut in messages: its
 * first one counts.
 */
async function* framed(source: AsyncIterable<unknown>, what: string): AsyncGenerator<TimedLine, void, undefined> {
  let message: Buffer[] = [];
  const open = { stdout: new Line(), stderr: new Line() };
  let size = 0;
  for await (const { stream, chunk, isEnd } of frames(source, what)) {
    message.push(chunk);
    size += chunk.length;
    if (size > LONGEST) throw new RangeError(`a line is longer than ${LONGEST} bytes`);
    if (!isEnd) continue;
    const line = open[stream];
    line.add(Buffer.concat(message));
    message = [];
    size = open.stdout.bytes + open.stderr.bytes;
    if (!line.isWhole) continue;
    yield line.take();
    size = open.stdout.bytes + open.stderr.bytes;
  }
  // The last words of a container may lack an end.
  for (const line of [open.stdout, open.stderr]) if (line.bytes > 0) yield line.take();
}

/** A line that is put together of messages. */
class Line {
  public bytes = 0;
  public isWhole = false;
  private timestamp = '';
  private parts: Buffer[] = [];

  public add(message: Buffer): void {
    const end = message.indexOf(32);
    const stamp = message.toString('latin1', 0, end === -1 ? 0 : end);
    const isStamped = isTimestamp(stamp);
    if (this.parts.length === 0) this.timestamp = isStamped ? stamp : '';
    const text = isStamped ? message.subarray(end + 1) : message;
    this.isWhole = text.at(-1) === 10;
    this.parts.push(this.isWhole ? text.subarray(0, -1) : text);
    this.bytes += message.length;
  }

  public take(): TimedLine {
    const line = { timestamp: this.timestamp, text: Buffer.concat(this.parts).toString('utf8') };
    this.parts = [];
    this.bytes = 0;
    this.isWhole = false;
    return line;
  }
}

/** Of a container with a terminal. Where a long line was cut cannot be told there. */
async function* plain(source: AsyncIterable<unknown>): AsyncGenerator<TimedLine, void, undefined> {
  for await (const { text: whole } of lines(source)) {
    const end = whole.indexOf(' ');
    const timestamp = whole.slice(0, Math.max(0, end));
    const text = whole.slice(end + 1).replace(/\r$/, '');
    yield isTimestamp(timestamp) ? { timestamp, text } : { timestamp: '', text: whole };
  }
}

function isTimestamp(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text);
}

/** Seconds since 1970, with the fraction that it has, which is more than a number holds. */
function moment(timestamp: string | undefined): string | undefined {
  if (timestamp === undefined) return undefined;
  const seconds = Math.floor(Date.parse(timestamp) / 1000);
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '';
  return `${seconds}.${fraction.padEnd(9, '0').slice(0, 9)}`;
}

/** Whether the container runs, or is about to. */
async function isRunning(client: EngineClient, { container, signal }: ContainerLogQuery): Promise<boolean> {
  try {
    const { State: state } = await inspectContainer(client, container, signal);
    return state.Running || state.Restarting;
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return false;
    throw error;
  }
}

function aborted({ container }: ContainerLogQuery, cause?: unknown): ReturnType<typeof engineError> {
  return engineError('Aborted', `log of ${container}: aborted`, { cause });
}
