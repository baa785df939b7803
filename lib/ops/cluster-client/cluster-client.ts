import type { IncomingMessage } from 'node:http';
import type { Access, ClusterIdentity } from './access';
import { ClusterError, isClusterError } from './cluster-error';
import { Deadline, pause } from './deadline';
import type { Exchange } from './exchange';
import { exchange, readText, wordsOf } from './exchange';
import { MOST_RETRIES, retryDelay } from './retry-delay';
import type { ClusterSocket, SocketRequest } from './socket';
import { openSocket } from './socket';
import type { Surroundings } from './surroundings';

/** How long a call takes at most, with all its retries, unless it says otherwise. */
export const CALL_TIMEOUT_MS = 30_000;

/** A call that is answered with JSON. */
export interface Call extends Exchange {
  /** Of the whole call, with its retries, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether it may be sent again when nobody knows whether the first one arrived.
   * @default true for GET, else false
   */
  readonly idempotent?: boolean;
  /** Whether 429 is waited for and tried again. @default true */
  readonly retryBusy?: boolean;
}

/** A call that is answered with bytes for as long as it lasts. */
export interface StreamCall extends Exchange {
  readonly signal: AbortSignal;
  /** Until the answer begins, with retries, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * The API of one cluster: requests with time-outs, retries and typed errors. Everything else of this
 * room goes through it.
 */
export class ClusterClient {
  /** Made by {@link connectCluster}. */
  public constructor(
    private readonly access: Access,
    /** Clock and chance. */
    public readonly surroundings: Surroundings,
  ) {}

  /** Where it is connected to, and as whom. */
  public get identity(): ClusterIdentity {
    return this.access.identity;
  }

  /**
   * Sends a request and reads the JSON that answers it. Reads, and whatever the server turned away for
   * being busy (429), are tried again, at most five times, with full jitter and not before the server's
   * Retry-After; other requests are not sent twice unless they are `idempotent`.
   * @typeParam T what the server answers; taken as it is
   * @throws ClusterError whatever the server says but 2xx; Timeout, Aborted, ConnectionLost, ApiUnavailable
   */
  public async call<T>(asked: Call): Promise<T> {
    const deadline = new Deadline(wordsOf(asked), asked.timeoutMs ?? CALL_TIMEOUT_MS, asked.signal);
    const isRead = asked.method === 'GET';
    try {
      return await this.retried(asked, deadline, async () => {
        const { now } = this.surroundings;
        const answer = await exchange(this.access, asked, { signal: deadline.signal, isShared: isRead, now });
        const text = await readText(answer, deadline.signal, asked);
        return parsed(text, asked) as T;
      });
    } finally {
      deadline.end();
    }
  }

  /**
   * Sends a GET and hands over its answer as it comes, on a connection of its own, which the signal ends.
   * @throws ClusterError as {@link call}; once it runs, whoever reads it gets the errors
   */
  public async stream(asked: StreamCall): Promise<IncomingMessage> {
    const beginning = new Deadline(wordsOf(asked), asked.timeoutMs ?? CALL_TIMEOUT_MS, asked.signal);
    const life = new AbortController();
    const end = (): void => {
      life.abort();
    };
    beginning.signal.addEventListener('abort', end, { once: true });
    asked.signal.addEventListener('abort', end, { once: true });
    const letGo = (): void => {
      asked.signal.removeEventListener('abort', end);
    };
    try {
      const answer = await this.retried(asked, beginning, () =>
        exchange(this.access, asked, { signal: life.signal, isShared: false, now: this.surroundings.now }),
      );
      answer.once('close', letGo);
      return answer;
    } catch (error) {
      letGo();
      throw error;
    } finally {
      beginning.signal.removeEventListener('abort', end);
      beginning.end();
    }
  }

  /**
   * Opens a WebSocket. Nothing of it is ever tried again: a command may have run.
   * @throws ClusterError what the server answers instead, Timeout, Aborted
   */
  public socket(asked: SocketRequest): Promise<ClusterSocket> {
    return openSocket(this.access, asked, this.surroundings.now);
  }

  /** Closes the connections that are kept for the next call. */
  public close(): void {
    this.access.close();
  }

  private async retried<T>(
    asked: Pick<Call, 'method' | 'path' | 'idempotent' | 'retryBusy'>,
    deadline: Deadline,
    once: () => Promise<T>,
  ): Promise<T> {
    for (let retry = 0; ; retry++) {
      try {
        deadline.check();
        return await once();
      } catch (error) {
        if (deadline.signal.aborted) throw deadline.error(error);
        if (retry >= MOST_RETRIES || !mayRetry(error, asked)) throw error;
        await pause(retryDelay(retry, error.status?.retryAfterSeconds, this.surroundings.random), deadline.signal);
        // What the server said tells more than that the time is up.
        if (deadline.isOver && error.status !== undefined) throw error;
      }
    }
  }
}

function mayRetry(
  error: unknown,
  { method, idempotent = method === 'GET', retryBusy = true }: Pick<Call, 'method' | 'idempotent' | 'retryBusy'>,
): error is ClusterError {
  if (!isClusterError(error) || !error.retryable) return false;
  if (error.code === 'TooManyRequests') return retryBusy;
  return idempotent && error.code !== 'ContainerNotReady';
}

function parsed(text: string, asked: Exchange): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ClusterError('ApiUnavailable', `${wordsOf(asked)}: the answer is no JSON`, { cause });
  }
}
