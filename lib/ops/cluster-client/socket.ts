import { WebSocket } from 'ws';
import type { Access } from './access';
import type { ClusterError } from './cluster-error';
import { Deadline, unlessAborted } from './deadline';
import type { Query } from './exchange';
import { lostConnection, target } from './exchange';
import { retryAfter } from './retry-delay';
import { serverStatus, statusError } from './status-error';

/** A WebSocket to open. */
export interface SocketRequest {
  readonly path: string;
  readonly query?: Query | undefined;
  /** Subprotocols, the best first. */
  readonly protocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Until it is open, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds between two pings; one without an answer ends the connection. @default 20000 */
  readonly pingMs?: number;
}

/** An open WebSocket. */
export interface ClusterSocket {
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  /** Sends a message, and waits until the connection has taken it. */
  send(message: Uint8Array): Promise<void>;
  /**
   * The messages. The connection is held back while one is worked on: nothing is gathered. Ends when
   * the server closes it.
   * @throws ClusterError ConnectionLost when it was cut
   */
  messages(): AsyncIterableIterator<Buffer>;
  /** Ends it at once. */
  terminate(): void;
}

const PING_MS = 20_000;

/** Opens a WebSocket to the API server. @throws ClusterError what the server answers instead */
export async function openSocket(access: Access, asked: SocketRequest, now: () => number): Promise<ClusterSocket> {
  const what = `GET ${asked.path}`;
  const deadline = new Deadline(what, asked.timeoutMs ?? 30_000, asked.signal);
  try {
    deadline.check();
    const { headers, tls, proxy } = await unlessAborted(access.credentials(), deadline.signal);
    const url = access.identity.server.replace(/^http/, 'ws') + target(asked.path, asked.query);
    const socket = new WebSocket(url, [...asked.protocols], {
      ...tls,
      headers,
      perMessageDeflate: false,
      ...(proxy === undefined || proxy === false ? {} : { agent: proxy }),
    });
    await opened(socket, deadline, what, now);
    return new Connection(socket, asked.pingMs ?? PING_MS, what);
  } catch (error) {
    throw deadline.signal.aborted ? deadline.error(error) : error;
  } finally {
    deadline.end();
  }
}

function opened(socket: WebSocket, deadline: Deadline, what: string, now: () => number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      socket.terminate();
      fail(deadline.error());
    };
    const fail = (error: unknown): void => {
      deadline.signal.removeEventListener('abort', onAbort);
      reject(lostConnection(error, what));
    };
    deadline.signal.addEventListener('abort', onAbort, { once: true });
    socket.once('open', () => {
      deadline.signal.removeEventListener('abort', onAbort);
      // Messages may come with the same packet.
      socket.pause();
      resolve();
    });
    socket.on('error', fail);
    // The text of a refusal is in the body: who may not, what is not there.
    socket.once('unexpected-response', (request, answer) => {
      const chunks: Buffer[] = [];
      const { socket: connection } = answer;
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('close', () => {
        const after = retryAfter(answer.headers['retry-after'], now());
        fail(statusError(serverStatus(answer.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), after), what));
        request.destroy();
        // Kept for another request, it would keep the process until the server gives it up.
        connection.destroy();
      });
    });
  });
}

class Connection implements ClusterSocket {
  public readonly protocol: string;
  private readonly queue: Buffer[] = [];
  private wake: (() => void) | undefined;
  private end: { readonly error: ClusterError | undefined } | undefined;
  private readonly pings: NodeJS.Timeout;
  private isAnswered = true;
  private isHeld = true;

  public constructor(
    private readonly socket: WebSocket,
    pingMs: number,
    private readonly what: string,
  ) {
    this.protocol = socket.protocol;
    socket.on('message', (data: Buffer | ArrayBuffer | Buffer[]) => {
      const message = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
      this.queue.push(message);
      this.hold(true);
      this.wake?.();
    });
    socket.on('pong', () => {
      this.isAnswered = true;
    });
    socket.on('error', (error) => {
      this.finish(lostConnection(error, what));
    });
    socket.on('close', (code, reason) => {
      // 1006: no closing handshake, so the connection was cut.
      const why = `closed with ${code}${reason.length > 0 ? ` ${reason.toString('utf8')}` : ''}`;
      const wasCut = code === 1006 || code === 1011 || code === 1012;
      this.finish(wasCut ? lostConnection(new Error(`closed before its end: ${why}`), what) : undefined);
    });
    this.pings = setInterval(() => {
      this.ping();
    }, pingMs);
    this.pings.unref();
  }

  public async send(message: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.send(message, { binary: true }, (error) => {
        if (error === undefined || (error as Error | null) === null) resolve();
        else reject(lostConnection(Object.assign(new Error(`closed before its end: ${error.message}`)), this.what));
      });
    });
  }

  public async *messages(): AsyncIterableIterator<Buffer> {
    for (;;) {
      const next = this.queue.shift();
      if (next !== undefined) {
        yield next;
        continue;
      }
      if (this.end !== undefined) {
        if (this.end.error !== undefined) throw this.end.error;
        return;
      }
      this.hold(false);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
  }

  public terminate(): void {
    this.socket.terminate();
    this.finish(undefined);
  }

  private hold(isHeld: boolean): void {
    if (this.isHeld === isHeld) return;
    this.isHeld = isHeld;
    if (isHeld) this.socket.pause();
    else this.socket.resume();
  }

  /** A connection that hangs in the air closes by itself only after hours. */
  private ping(): void {
    // While it is held back, an answer could not be seen.
    if (this.isHeld) this.isAnswered = true;
    else if (!this.isAnswered) {
      this.finish(lostConnection(new Error('closed before its end: no answer to a ping'), this.what));
      this.socket.terminate();
    } else {
      this.isAnswered = false;
      this.socket.ping();
    }
  }

  private finish(error: ClusterError | undefined): void {
    clearInterval(this.pings);
    this.end ??= { error };
    this.wake?.();
  }
}
