import { show } from '../../model/issues';

/** What can go wrong; a code never changes its meaning. */
export type BalancingErrorCode =
  /** No backend may be asked: each is down, failed too often, or was tried already. */
  | 'NoBackendAvailable'
  /** A second backend with an id that is taken. */
  | 'DuplicateBackend'
  /** An id that no backend has. */
  | 'UnknownBackend'
  /** An id, host, port or weight that a backend cannot have. */
  | 'InvalidBackend'
  /** A text that is no IP address. */
  | 'InvalidClientAddress'
  /** A setting of the balancer itself. */
  | 'InvalidOption';

/** Thrown by the load balancer. */
export class BalancingError extends Error {
  public constructor(
    public readonly code: BalancingErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'BalancingError';
  }
}

/** What is wrong, what was given, what is allowed, and what to do. */
export type Refusal = readonly [what: string, given: unknown, allowed: string, remedy: string];

/**
 * Does nothing when nothing is refused.
 * @throws BalancingError one that says all of them, a line each
 */
export function refuseAll(code: BalancingErrorCode, refusals: readonly Refusal[]): void {
  if (refusals.length === 0) return;
  const lines = refusals.map(([what, given, allowed, remedy]) => {
    const shown = typeof given === 'number' ? String(given) : show(given);
    return `${what}, given ${shown}, allowed is ${allowed}: ${remedy}`;
  });
  throw new BalancingError(code, lines.join('\n'));
}
