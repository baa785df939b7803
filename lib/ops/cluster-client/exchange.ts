import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import type { RequestOptions } from 'node:https';
import { request as requestHttps } from 'node:https';
import type { Access } from './access';
import type { ClusterErrorDetails } from './cluster-error';
import { ClusterError } from './cluster-error';
import { unlessAborted } from './deadline';
import { retryAfter } from './retry-delay';
import { serverStatus, statusError } from './status-error';

/** Values of a query; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** One HTTP request. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root of the server: `/api/v1/…`. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** @default "application/json" */
  readonly contentType?: string | undefined;
  /** @default "application/json" */
  readonly accept?: string | undefined;
}

/** Path and query. */
export function target(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A request in words. */
export function wordsOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path}`;
}

/**
 * Sends a request and waits for the head of a good answer; the body is the caller's. Ends with the signal,
 * at whatever point, and leaves no socket behind.
 * @param isShared whether the connection may be one that was used before
 * @throws ClusterError whatever the server says but 2xx, and when it says nothing
 */
export async function exchange(
  access: Access,
  asked: Exchange,
  options: { readonly signal: AbortSignal; readonly isShared: boolean; readonly now: () => number },
): Promise<IncomingMessage> {
  const { signal, isShared, now } = options;
  // A program that gives credentials may wait for somebody, or hang.
  const credentials = await unlessAborted(access.credentials(), signal);
  const agent = isShared ? access.sharedAgent(credentials) : (credentials.proxy ?? false);
  const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  const url = new URL(access.identity.server + target(asked.path, asked.query));
  const settings: RequestOptions = {
    ...credentials.tls,
    method: asked.method,
    agent,
    headers: {
      'User-Agent': 'cdk8s-tars',
      Accept: asked.accept ?? 'application/json',
      ...(body === undefined
        ? {}
        : { 'Content-Type': asked.contentType ?? 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...credentials.headers,
    },
  };
  const answer = await head(
    (url.protocol === 'http:' ? requestHttp : requestHttps)(url, settings),
    body,
    signal,
    asked,
  );
  const { statusCode = 0 } = answer;
  if (statusCode >= 200 && statusCode < 300) return answer;
  const text = await readText(answer, signal, asked);
  const after = retryAfter(answer.headers['retry-after'], now());
  throw statusError(serverStatus(statusCode, text, after), wordsOf(asked));
}

function head(
  request: ClientRequest,
  body: string | undefined,
  signal: AbortSignal,
  asked: Exchange,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      request.destroy(new Error('aborted'));
    };
    request.once('response', (answer) => {
      answer.once('close', () => {
        signal.removeEventListener('abort', onAbort);
      });
      resolve(answer);
    });
    request.on('error', (error) => {
      signal.removeEventListener('abort', onAbort);
      reject(lostConnection(error, wordsOf(asked)));
    });
    request.once('socket', (socket) => socket.setKeepAlive(true, 15_000));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else request.end(body);
  });
}

/** The whole body of an answer. */
export async function readText(
  answer: IncomingMessage,
  signal: AbortSignal,
  asked: Pick<Exchange, 'method' | 'path'>,
): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer);
  } catch (error) {
    throw lostConnection(error, wordsOf(asked));
  }
  if (!answer.complete || signal.aborted) throw lostConnection(new Error('the answer is not complete'), wordsOf(asked));
  return Buffer.concat(chunks).toString('utf8');
}

const NEVER_THERE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];
const CUT = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'];

/** What a failure below HTTP means. */
export function lostConnection(error: unknown, what: string): ClusterError {
  if (error instanceof ClusterError) return error;
  const { code = '', message = String(error) } = error as { readonly code?: string; readonly message?: string };
  const details: ClusterErrorDetails = { cause: error, retryable: true };
  if (NEVER_THERE.includes(code)) {
    return new ClusterError('ApiUnavailable', `${what}: the API server does not answer: ${message || code}`, details);
  }
  if (CUT.includes(code) || /aborted|not complete|hang up|premature|closed before/i.test(message)) {
    return new ClusterError('ConnectionLost', `${what}: the connection was lost: ${message}`, details);
  }
  // Certificates, protocols: the next attempt finds the same.
  return new ClusterError('ApiUnavailable', `${what}: the API server cannot be reached: ${message || code}`, {
    cause: error,
  });
}
