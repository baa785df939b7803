import type { ClusterClient } from './cluster-client';
import { ClusterError } from './cluster-error';
import { Deadline, WAIT_LONGER } from './deadline';
import { pathOf, RESOURCES } from './resources';
import type { ClusterSocket } from './socket';
import { isNotReady, serverStatus } from './status-error';

/** Channels of the protocol. @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;
const CAN_CLOSE = 'v5.channel.k8s.io';
const PROTOCOLS = [CAN_CLOSE, 'v4.channel.k8s.io'];
/** Bytes of the largest message that is sent. */
const PIECE = 32 << 10;

/** Size of a terminal in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command to run in a container. */
export interface ExecSession {
  readonly namespace: string;
  readonly pod: string;
  /** @default the first one */
  readonly container?: string | undefined;
  readonly command: readonly string[];
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Whether it has a terminal; standard error then comes with standard output. @default false */
  readonly tty?: boolean | undefined;
  /** Sizes of the terminal, as it changes. */
  readonly sizes?: AsyncIterable<TerminalSize> | undefined;
  /** Takes output as it comes. The container is held back until it returns: nothing is gathered. */
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void | Promise<void>;
  /** Of the whole session, in milliseconds. @default none */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a command in a container; never a second time, whatever happens.
 * @returns its exit code
 * @throws ClusterError NotFound, Forbidden, ContainerNotReady; ExecFailed when it could not be started;
 *   ConnectionLost when the connection went before the exit code came; Timeout, Aborted
 */
export async function runSession(client: ClusterClient, session: ExecSession): Promise<number> {
  const { namespace, pod, container, command, stdin, tty = false } = session;
  const what = `exec in ${pod}`;
  const deadline = new Deadline(what, session.timeoutMs, session.signal, 'cluster', WAIT_LONGER.cluster);
  let socket: ClusterSocket | undefined;
  const onAbort = (): void => {
    socket?.terminate();
  };
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  try {
    socket = await client.socket({
      path: pathOf(RESOURCES.Pod, namespace, pod, 'exec'),
      query: { command, container, stdin: stdin !== undefined, stdout: true, stderr: !tty, tty },
      protocols: PROTOCOLS,
      signal: deadline.signal,
    });
    const inputs = [feedStdin(socket, stdin, what), feedSizes(socket, session.sizes)];
    const broken = Promise.all(inputs).then(() => new Promise<never>(() => undefined));
    return await Promise.race([exitCode(socket, session.onOutput, what), broken]);
  } catch (error) {
    throw deadline.signal.aborted ? deadline.error(error) : error;
  } finally {
    deadline.signal.removeEventListener('abort', onAbort);
    deadline.end();
    socket?.terminate();
  }
}

async function exitCode(socket: ClusterSocket, onOutput: ExecSession['onOutput'], what: string): Promise<number> {
  for await (const message of socket.messages()) {
    const channel = message[0];
    const data = message.subarray(1);
    if (channel === CHANNEL.status) return codeOf(data.toString('utf8'), what);
    // The first messages of some servers are empty.
    if (data.length === 0) continue;
    if (channel === CHANNEL.stdout) await onOutput('stdout', data);
    else if (channel === CHANNEL.stderr) await onOutput('stderr', data);
  }
  throw new ClusterError('ConnectionLost', `${what}: the connection ended before the command did`);
}

/** What the last message says. @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/client-go/tools/remotecommand/v4.go */
function codeOf(text: string, what: string): number {
  if (/"status":\s*"Success"/.test(text)) return 0;
  const status = serverStatus(0, text);
  const code = status.causes.find(({ reason }) => reason === 'ExitCode')?.message ?? '';
  if (status.reason === 'NonZeroExitCode' && /^\d+$/.test(code)) return Number(code);
  const isAway = isNotReady(status.message);
  throw new ClusterError(isAway ? 'ContainerNotReady' : 'ExecFailed', `${what}: ${status.message || text}`, {
    status,
    retryable: isAway,
  });
}

async function feedStdin(socket: ClusterSocket, stdin: ExecSession['stdin'], what: string): Promise<void> {
  if (stdin === undefined) return;
  try {
    for await (const chunk of stdin) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        await socket.send(message(CHANNEL.stdin, chunk.subarray(at, at + PIECE)));
      }
    }
    if (socket.protocol === CAN_CLOSE) await socket.send(Buffer.from([CHANNEL.close, CHANNEL.stdin]));
  } catch (error) {
    // Whoever reads the messages says why the connection went.
    if (error instanceof ClusterError) return;
    throw error;
  }
  if (socket.protocol === CAN_CLOSE) return;
  throw new ClusterError('ExecFailed', `${what}: this server cannot tell a command that its input has ended`, {
    remedy: 'a server from 1.30 on can; before that, hand in what the command reads as arguments',
  });
}

async function feedSizes(socket: ClusterSocket, sizes: ExecSession['sizes']): Promise<void> {
  if (sizes === undefined) return;
  try {
    for await (const { columns, rows } of sizes) {
      await socket.send(message(CHANNEL.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))));
    }
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
  }
}

function message(channel: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([channel]), data]);
}
