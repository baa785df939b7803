import type { ClusterErrorCode, ServerStatus } from './cluster-error';
import { ClusterError } from './cluster-error';

/**
 * The error that an answer of the server means.
 * @param what the operation, for a reader: `GET /api/v1/…`
 */
export function statusError(status: ServerStatus, what: string): ClusterError {
  const code = codeOf(status);
  const text = status.message === '' ? `HTTP ${status.code}` : status.message;
  const retryable = code === 'TooManyRequests' || code === 'ApiUnavailable' || code === 'ContainerNotReady';
  return new ClusterError(code, `${what}: ${text}`, { status, retryable });
}

/** Reads the body of a failed answer: a Status object, or the plain text of a proxy or a kubelet. */
export function serverStatus(code: number, body: string, retryAfterSeconds?: number): ServerStatus {
  const parsed = parse(body);
  const details = recordOf(parsed?.['details']);
  const causes = Array.isArray(details?.['causes']) ? details['causes'] : [];
  const after = retryAfterSeconds ?? details?.['retryAfterSeconds'];
  return {
    code,
    reason: text(parsed?.['reason']),
    message: parsed === undefined ? body.trim().slice(0, 2000) : text(parsed['message']),
    retryAfterSeconds: typeof after === 'number' && after > 0 ? after : undefined,
    causes: causes.map((cause: unknown) => {
      const one = recordOf(cause);
      return { reason: text(one?.['reason']), message: text(one?.['message']) };
    }),
  };
}

function codeOf({ code, reason, message }: ServerStatus): ClusterErrorCode {
  if (isNotReady(message)) return 'ContainerNotReady';
  if (code === 401) return 'Unauthorized';
  if (code === 403) return 'Forbidden';
  if (code === 404) return 'NotFound';
  if (code === 409) return 'Conflict';
  if (code === 412) return 'PreconditionFailed';
  if (code === 429 || reason === 'TooManyRequests') return 'TooManyRequests';
  return code >= 500 ? 'ApiUnavailable' : 'Refused';
}

/** How the API server and the kubelet say that a container has not started, has ended, or is not there yet. */
export function isNotReady(message: string): boolean {
  return /is waiting to start|ContainerCreating|PodInitializing|container not found|container .* is not running|cannot exec into a container in a completed pod|does not have a host assigned|unable to forward port because pod is not running|previous terminated container .* not found/.test(
    message,
  );
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value = recordOf(JSON.parse(body));
    // A command that ends in a container is told of by a Status that does not say it is one.
    return value?.['kind'] === 'Status' || value?.['status'] === 'Failure' ? value : undefined;
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
