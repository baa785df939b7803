import type { IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ClusterError } from '../cluster-client/cluster-error';
import { isClusterError } from '../cluster-client/cluster-error';
import { Deadline, pause } from '../cluster-client/deadline';
import type { Query } from '../cluster-client/exchange';
import { target, wordsOf } from '../cluster-client/exchange';
import { MOST_RETRIES, retryDelay } from '../cluster-client/retry-delay';
import type { Surroundings } from '../cluster-client/surroundings';
import { MACHINE } from '../cluster-client/surroundings';
import type { EngineAddress, EngineTls } from './engine-address';
import { DEFAULT_ENGINE_HOST, engineAddress } from './engine-address';
import { answerError, engineError, lostEngine } from './engine-error';

/** How long a call takes at most, with all its retries, unless it says otherwise. */
const CALL_TIMEOUT_MS = 30_000;
/** The newest version of the API that this client was written for. */
const NEWEST = '1.47';
/** The oldest that has all that is used: engine 20.10. */
const OLDEST = '1.41';

/** Which engine. */
export interface EngineOptions {
  /** As DOCKER_HOST has it: `unix:///PATH`, `tcp://HOST:PORT`. @default "unix:///var/run/docker.sock" */
  readonly host?: string | undefined;
  /** For `tcp://` by TLS. @default none */
  readonly tls?: EngineTls | undefined;
  /** Clock and chance; for tests. @default those of the machine */
  readonly surroundings?: Surroundings | undefined;
}

/** A request to an engine. */
export interface EngineCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Without the version: `/containers/json`. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the whole call, with its retries, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer that goes on for as long as it lasts. */
export interface EngineStreamCall extends Omit<EngineCall, 'timeoutMs'> {
  readonly signal: AbortSignal;
}

/**
 * The HTTP API of one container engine: Docker's, or one that speaks it, as Podman does. Requests with time-outs,
 * retries and typed errors; nothing of a request that was called off stays behind.
 *
 * A client of our own, as for a cluster. Of `dockerode` (with `docker-modem`) a time-out is not part of a call,
 * the end of the input closes the output of an exec as well (docker-modem issue 48), the end of a stream is no
 * failure though it was cut, and logs come as a stream or as a text (dockerode issue 456); it brings gRPC,
 * protobuf and tar with it.
 *
 * @see https://docs.docker.com/reference/api/engine/version/v1.47/
 */
export class EngineClient {
  private readonly address: EngineAddress;
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly tls: EngineTls | undefined;
  /** Clock and chance. */
  public readonly surroundings: Surroundings;
  private version: string | undefined;

  /** Nothing is sent yet. @throws ClusterError NoCluster for a host that is not understood */
  public constructor(options: EngineOptions = {}) {
    this.address = engineAddress(options.host ?? DEFAULT_ENGINE_HOST, options.tls);
    this.tls = options.tls;
    this.surroundings = options.surroundings ?? MACHINE;
    const settings = { keepAlive: true, maxFreeSockets: 4 };
    this.agent = this.address.isSecure ? new HttpsAgent(settings) : new HttpAgent(settings);
  }

  /** Where it is: `unix:///var/run/docker.sock`. */
  public get host(): string {
    return this.address.host;
  }

  /**
   * Sends a request and reads the JSON that answers it; undefined when nothing does. Reads are tried again, at
   * most five times; changes are sent once.
   * @typeParam T what the engine answers; taken as it is
   * @throws ClusterError whatever the engine says but 2xx and 304; Timeout, Aborted, ConnectionLost, ApiUnavailable
   */
  public async call<T>(asked: EngineCall): Promise<T> {
    return this.within(asked, asked.timeoutMs, async (signal) => {
      const answer = await this.exchange(asked, signal, asked.method === 'GET');
      const text = await this.readText(answer, asked);
      if (text === '') return undefined as T;
      try {
        return JSON.parse(text) as T;
      } catch (cause) {
        throw engineError('ApiUnavailable', `${wordsOf(asked)}: the answer is no JSON`, { cause });
      }
    });
  }

  /**
   * Sends a request and hands over its answer as it comes, on a connection of its own, which the signal ends.
   * @throws ClusterError as {@link call}; once it runs, whoever reads it gets the errors
   */
  public async stream(asked: EngineStreamCall): Promise<IncomingMessage> {
    const life = new AbortController();
    const end = (): void => {
      life.abort();
    };
    asked.signal.addEventListener('abort', end, { once: true });
    const letGo = (): void => {
      asked.signal.removeEventListener('abort', end);
    };
    try {
      const answer = await this.within(asked, CALL_TIMEOUT_MS, (beginning) => {
        beginning.addEventListener('abort', end, { once: true });
        return this.exchange(asked, life.signal, false).finally(() => {
          beginning.removeEventListener('abort', end);
        });
      });
      answer.once('close', letGo);
      return answer;
    } catch (error) {
      letGo();
      throw error;
    }
  }

  /**
   * Sends a request after which the connection belongs to a command in a container, in both directions. Never
   * tried again.
   * @throws ClusterError as {@link call}
   */
  public async hijack(asked: EngineCall): Promise<Duplex> {
    const deadline = new Deadline(wordsOf(asked), asked.timeoutMs ?? CALL_TIMEOUT_MS, asked.signal, 'engine');
    try {
      const path = await this.versioned(asked, deadline.signal);
      return await this.upgraded(path, asked, deadline.signal);
    } catch (error) {
      throw deadline.signal.aborted ? deadline.error(error) : error;
    } finally {
      deadline.end();
    }
  }

  /** The version of the API that both sides speak. @throws ClusterError Unsupported for an engine that is too old */
  public async apiVersion(signal: AbortSignal): Promise<string> {
    this.version ??= await this.negotiate(signal);
    return this.version;
  }

  /** Closes the connections that are kept for the next call. */
  public close(): void {
    this.agent.destroy();
  }

  /** Reads the body of an answer. */
  private async readText(answer: IncomingMessage, asked: Pick<EngineCall, 'method' | 'path'>): Promise<string> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      if (!answer.complete) throw new Error('the answer is not complete');
    } catch (error) {
      throw lostEngine(error, wordsOf(asked), this.host);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  private async within<T>(
    asked: EngineCall,
    timeoutMs: number | undefined,
    once: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const deadline = new Deadline(wordsOf(asked), timeoutMs ?? CALL_TIMEOUT_MS, asked.signal, 'engine');
    try {
      for (let retry = 0; ; retry++) {
        try {
          deadline.check();
          return await once(deadline.signal);
        } catch (error) {
          if (deadline.signal.aborted) throw deadline.error(error);
          const mayPass = isClusterError(error) && error.retryable && error.code !== 'ContainerNotReady';
          if (asked.method !== 'GET' || retry >= MOST_RETRIES || !mayPass || isAway(error)) throw error;
          await pause(retryDelay(retry, undefined, this.surroundings.random), deadline.signal);
        }
      }
    } finally {
      deadline.end();
    }
  }

  private async negotiate(signal: AbortSignal): Promise<string> {
    const asked = { method: 'GET', path: '/_ping' } as const;
    const answer = await this.send(asked.path, asked, signal, true);
    await this.readText(answer, asked);
    const theirs = String(answer.headers['api-version'] ?? '');
    if (!/^\d+\.\d+$/.test(theirs)) {
      throw engineError('ApiUnavailable', `what answers at ${this.host} is no engine: it names no version of its API`);
    }
    if (isOlder(theirs, OLDEST)) {
      throw engineError('Unsupported', `the engine speaks version ${theirs} of its API, and ${OLDEST} is needed`, {
        remedy: 'take Docker 20.10 or later, or Podman 4 or later',
      });
    }
    return isOlder(theirs, NEWEST) ? theirs : NEWEST;
  }

  private async versioned(asked: EngineCall, signal: AbortSignal): Promise<string> {
    return `/v${await this.apiVersion(signal)}${target(asked.path, asked.query)}`;
  }

  private async exchange(asked: EngineCall, signal: AbortSignal, isShared: boolean): Promise<IncomingMessage> {
    return this.send(await this.versioned(asked, signal), asked, signal, isShared);
  }

  private async send(
    path: string,
    asked: EngineCall,
    signal: AbortSignal,
    isShared: boolean,
  ): Promise<IncomingMessage> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = this.request(path, asked, isShared ? this.agent : false, {});
      const onAbort = (): void => {
        request.destroy(new Error('aborted'));
      };
      request.once('response', (response) => {
        response.once('close', () => {
          signal.removeEventListener('abort', onAbort);
        });
        resolve(response);
      });
      request.on('error', (error) => {
        signal.removeEventListener('abort', onAbort);
        reject(lostEngine(error, wordsOf(asked), this.host));
      });
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else request.end(bodyOf(asked));
    });
    const { statusCode = 0 } = answer;
    // 304: it runs already, or has stopped already.
    if ((statusCode >= 200 && statusCode < 300) || statusCode === 304) return answer;
    throw answerError(statusCode, await this.readText(answer, asked), wordsOf(asked));
  }

  private upgraded(path: string, asked: EngineCall, signal: AbortSignal): Promise<Duplex> {
    const what = wordsOf(asked);
    return new Promise((resolve, reject) => {
      const request = this.request(path, asked, false, { Connection: 'Upgrade', Upgrade: 'tcp' });
      const onAbort = (): void => {
        request.destroy(new Error('aborted'));
      };
      const settled = (): void => {
        signal.removeEventListener('abort', onAbort);
      };
      request.once('upgrade', (_, socket, head) => {
        settled();
        // Whoever reads it gets its errors; until then they must not end the process.
        socket.on('error', () => undefined);
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.once('response', (response) => {
        const { statusCode = 0 } = response;
        const isGood = statusCode >= 200 && statusCode < 300;
        if (isGood) {
          settled();
          request.destroy();
          reject(engineError('ApiUnavailable', `${what}: the engine, or a proxy before it, opens no stream`));
          return;
        }
        // It may stop midway: until all of it is there the signal ends it.
        this.readText(response, asked)
          .then((text) => {
            reject(answerError(statusCode, text, what));
          }, reject)
          .finally(settled);
      });
      request.on('error', (error) => {
        settled();
        reject(lostEngine(error, what, this.host));
      });
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else request.end(bodyOf(asked));
    });
  }

  private request(
    path: string,
    asked: EngineCall,
    agent: HttpAgent | HttpsAgent | false,
    headers: Readonly<Record<string, string>>,
  ): ReturnType<typeof requestHttp> {
    const body = bodyOf(asked);
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const options: RequestOptions = {
      ...this.address.to,
      ...(this.tls ?? {}),
      method: asked.method,
      path,
      agent,
      headers: {
        'User-Agent': 'cdk8s-tars',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(asked.method === 'GET' ? {} : { 'Content-Length': length }),
        ...headers,
      },
    };
    return this.address.isSecure ? requestHttps(options) : requestHttp(options);
  }
}

function bodyOf({ body }: EngineCall): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

/** Nobody is there: said at once, and not after all retries. */
function isAway(error: ClusterError): boolean {
  const { code } = (error.cause ?? {}) as { readonly code?: string };
  return code === 'ENOENT' || code === 'ENOTFOUND';
}

function isOlder(one: string, other: string): boolean {
  const [a = 0, b = 0] = one.split('.').map(Number);
  const [c = 0, d = 0] = other.split('.').map(Number);
  return a < c || (a === c && b < d);
}
