import type { ClusterErrorCode, ClusterErrorDetails, ServerStatus } from '../cluster-client/cluster-error';
import { ClusterError } from '../cluster-client/cluster-error';

/** What to do about a failure, where it is not the same as on a cluster. */
const REMEDIES: Partial<Record<ClusterErrorCode, string>> = {
  NotFound: 'look at the name and at the project: `docker compose ls --all`',
  Forbidden: 'see whether you may use the engine: `docker version`',
  Unauthorized: 'log in to the registry, and see what `docker version` says',
  ApiUnavailable: 'start the engine, and see whether `docker version` reaches it; DOCKER_HOST says where it is',
  ContainerNotReady: 'look at `tars pods --target compose`; `tars logs` has the last words of a container that ended',
  NoCluster: 'set DOCKER_HOST to unix:///PATH or tcp://HOST:PORT',
  Timeout: 'look at `tars status --target compose`',
  Conflict: 'look at it again, and repeat the command if it is still wanted',
  ObjectDeleted: 'find out who removed it, and bring it up again: `docker compose up --detach`',
};

/** A failed operation on a container engine, in the words of {@link ClusterError}. */
export function engineError(code: ClusterErrorCode, message: string, details: ClusterErrorDetails = {}): ClusterError {
  return new ClusterError(code, message, { remedy: REMEDIES[code], ...details, system: 'engine' });
}

/**
 * The error that an answer of the engine means.
 * @param what the request: `GET /containers/json`
 */
export function answerError(code: number, body: string, what: string): ClusterError {
  const message = messageOf(body);
  const status: ServerStatus = { code, reason: '', message, causes: [] };
  const kind = codeOf(code, message, what.startsWith('GET '));
  const retryable = kind === 'ApiUnavailable' || kind === 'TooManyRequests' || kind === 'ContainerNotReady';
  return engineError(kind, `${what}: ${message === '' ? `HTTP ${code}` : message}`, { status, retryable });
}

function codeOf(code: number, message: string, isRead: boolean): ClusterErrorCode {
  // 409 says both that it does not run and that somebody was there first; older engines say the former with 500.
  if (/^container .* is (not running|paused|restarting)/i.test(message)) return 'ContainerNotReady';
  if (code === 401) return 'Unauthorized';
  if (code === 403) return 'Forbidden';
  if (code === 404) return 'NotFound';
  if (code === 409) return 'Conflict';
  if (code === 429) return 'TooManyRequests';
  if (code === 501) return 'Unsupported';
  // A change that failed inside of the engine, such as a port that is taken, fails again.
  return code > 501 || (code === 500 && isRead) ? 'ApiUnavailable' : 'Refused';
}

/** The engine's words, or a proxy's. */
function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    if (typeof message === 'string') return message.trim();
  } catch {
    // No JSON: whoever answered is no engine.
  }
  return body.trim().slice(0, 2000);
}

const NEVER_THERE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOENT'];

/** What a failure below HTTP means. */
export function lostEngine(error: unknown, what: string, host: string): ClusterError {
  if (error instanceof ClusterError) return error;
  const { code = '', message = String(error) } = error as { readonly code?: string; readonly message?: string };
  if (code === 'EACCES' || code === 'EPERM') {
    return engineError('Forbidden', `${what}: you may not use the engine at ${host}`, {
      cause: error,
      remedy: 'be a member of the group that owns the socket, usually docker, and log in again',
    });
  }
  if (NEVER_THERE.includes(code)) {
    const words = `${what}: no engine answers at ${host}: ${message || code}`;
    return engineError('ApiUnavailable', words, { cause: error, retryable: true });
  }
  const isCut = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(code);
  if (isCut || /aborted|not complete|hang up|premature|closed before/i.test(message)) {
    return engineError('ConnectionLost', `${what}: the connection to the engine was lost: ${message}`, {
      cause: error,
      retryable: true,
    });
  }
  return engineError('ApiUnavailable', `${what}: the engine at ${host} cannot be reached: ${message || code}`, {
    cause: error,
  });
}
