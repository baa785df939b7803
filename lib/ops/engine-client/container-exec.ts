import type { Duplex } from 'node:stream';
import { Deadline, WAIT_LONGER, pause } from '../cluster-client/deadline';
import { drained } from '../cluster-client/drained';
import type { TerminalSize } from '../cluster-client/exec-session';
import type { ClusterError } from '../cluster-client/cluster-error';
import { isClusterError } from '../cluster-client/cluster-error';
import { pathOf } from './containers';
import type { EngineClient } from './engine-client';
import { engineError, lostEngine } from './engine-error';
import type { Piece } from './frames';
import { frames } from './frames';

/** A command to run in a container. */
export interface ContainerExec {
  /** Name or id. */
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Whether it has a terminal; standard error then comes with standard output. @default false */
  readonly tty?: boolean | undefined;
  /** Sizes of the terminal, as it changes. */
  readonly sizes?: AsyncIterable<TerminalSize> | undefined;
  /** Takes output as it comes. The container is held back until it returns: nothing is gathered. */
  readonly onOutput: (stream: Piece['stream'], chunk: Buffer) => void | Promise<void>;
  /** Of the whole session, in milliseconds. @default none */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What `GET /exec/ID/json` says, as far as it is used. */
interface ExecState {
  readonly Running: boolean;
  readonly ExitCode: number | null;
}

/** The engine may learn of the end of a command a little later than its output ends. */
const END_MS = 5_000;
const FIRST_LOOK_MS = 10;
/** How the engine says, on standard output, that a command could not be started. */
const NOT_RUN = [126, 127, 128];
const NOT_STARTED = /^(OCI runtime exec failed|.*: exec failed|starting container process caused|cannot exec in a )/;

/**
 * Runs a command in a container; never a second time, whatever happens. The stream ends in the same way when the
 * command has ended and when the connection has, so the engine is asked which.
 *
 * @returns its exit code
 * @throws ClusterError NotFound, ContainerNotReady; ExecFailed when it could not be started; ConnectionLost when
 *   the connection went before the command had ended; Timeout, Aborted
 */
export async function runExec(client: EngineClient, exec: ContainerExec): Promise<number> {
  const what = `exec in ${exec.container}`;
  const deadline = new Deadline(what, exec.timeoutMs, exec.signal, 'engine', WAIT_LONGER.engine);
  let socket: Duplex | undefined;
  const onAbort = (): void => {
    socket?.destroy();
  };
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { Id: id } = await client.call<{ readonly Id: string }>({
      method: 'POST',
      path: `${pathOf(exec.container)}/exec`,
      body: {
        Cmd: exec.command,
        ...{ AttachStdin: exec.stdin !== undefined, AttachStdout: true, AttachStderr: true },
        Tty: exec.tty ?? false,
      },
      signal: deadline.signal,
    });
    const body = { Detach: false, Tty: exec.tty ?? false };
    socket = await client.hijack({ method: 'POST', path: `/exec/${id}/start`, body, signal: deadline.signal });
    const inputs = [feed(socket, exec.stdin), resize(client, id, exec.sizes, deadline.signal)];
    const broken = Promise.all(inputs).then(() => new Promise<never>(() => undefined));
    const held = await Promise.race([copy(client, socket, exec, what), broken]);
    const code = await exitCode(client, id, what, deadline.signal);
    if (held !== undefined && NOT_RUN.includes(code)) {
      throw engineError('ExecFailed', `${what}: ${held.toString('utf8').trim()}`);
    }
    if (held !== undefined) await exec.onOutput('stdout', held);
    return code;
  } catch (error) {
    throw deadline.signal.aborted ? deadline.error(error) : error;
  } finally {
    deadline.signal.removeEventListener('abort', onAbort);
    deadline.end();
    socket?.destroy();
  }
}

/** @returns what may be the engine's words about a command that did not start, and was not handed on */
async function copy(
  client: EngineClient,
  socket: Duplex,
  { tty = false, onOutput }: ContainerExec,
  what: string,
): Promise<Buffer | undefined> {
  let held: Buffer | undefined;
  let isFirst = true;
  try {
    for await (const { stream, chunk } of tty ? raw(socket) : frames(socket, what)) {
      if (isFirst && stream === 'stdout' && NOT_STARTED.test(chunk.toString('utf8', 0, 200))) {
        held = chunk;
      } else {
        // More came: it was the command's own.
        if (held !== undefined) await onOutput('stdout', held);
        held = undefined;
        await onOutput(stream, chunk);
      }
      isFirst = false;
    }
  } catch (error) {
    throw lostEngine(error, what, client.host);
  }
  return held;
}

async function* raw(source: AsyncIterable<unknown>): AsyncGenerator<Piece, void, undefined> {
  for await (const chunk of source) yield { stream: 'stdout', chunk: chunk as Buffer, isEnd: true };
}

async function exitCode(client: EngineClient, id: string, what: string, signal: AbortSignal): Promise<number> {
  let state = await stateOf(client, id, what, signal);
  for (let waited = 0, wait = FIRST_LOOK_MS; state.Running && waited < END_MS; waited += wait, wait *= 2) {
    await pause(wait, signal);
    state = await stateOf(client, id, what, signal);
  }
  if (state.Running || state.ExitCode === null) {
    throw engineError('ConnectionLost', `${what}: the connection ended before the command did`, {
      remedy: 'find out what came of the command before you repeat it',
    });
  }
  return state.ExitCode;
}

async function stateOf(client: EngineClient, id: string, what: string, signal: AbortSignal): Promise<ExecState> {
  try {
    return await client.call<ExecState>({ method: 'GET', path: `/exec/${id}/json`, signal });
  } catch (error) {
    // Whatever it is, nobody knows any more how the command ended.
    if (signal.aborted || !isClusterError(error)) throw error;
    throw gone(error, what);
  }
}

function gone(cause: ClusterError, what: string): ClusterError {
  return engineError('ConnectionLost', `${what}: how the command ended is not known: ${cause.message}`, { cause });
}

async function feed(socket: Duplex, stdin: ContainerExec['stdin']): Promise<void> {
  if (stdin === undefined) return;
  for await (const chunk of stdin) {
    if (socket.destroyed || socket.writableEnded) return;
    if (!socket.write(chunk)) await drained(socket);
  }
  // The other direction goes on.
  if (!socket.destroyed) socket.end();
}

async function resize(
  client: EngineClient,
  id: string,
  sizes: ContainerExec['sizes'],
  signal: AbortSignal,
): Promise<void> {
  if (sizes === undefined) return;
  for await (const { columns, rows } of sizes) {
    const asked = { method: 'POST', path: `/exec/${id}/resize`, query: { h: rows, w: columns }, signal } as const;
    // A terminal of the wrong size is no reason to end a command.
    await client.call(asked).catch(() => undefined);
  }
}
