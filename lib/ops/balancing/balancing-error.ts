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
