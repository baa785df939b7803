/**
 * What is known of one backend while requests are given out. Counters and weights are those of nginx'
 * `ngx_http_upstream_rr_peer_t`, and change in the same places.
 * @see https://github.com/nginx/nginx/blob/master/src/http/ngx_http_upstream_round_robin.c
 */
export interface Peer {
  /** Its share of the requests, a whole number; 0: it gets none. */
  weight: number;
  /** The weight after failures: each takes some of it away, each round gives one back. */
  effectiveWeight: number;
  /** Where it stands in the smooth round robin; the largest is next. */
  currentWeight: number;
  /** Requests that are under way. */
  connections: number;
  /** Failures since the last success that counts. */
  fails: number;
  /** Second in which it was last tried after its time-out, or failed. */
  checkedAt: number;
  /** Second of the last failure. */
  failedAt: number;
  /** Failures after which it is left alone for `failTimeout`; 0: never. */
  readonly maxFails: number;
  /** Seconds. */
  readonly failTimeout: number;
  /** Taken out by an active health check, or by hand. */
  down: boolean;
}

/** A peer that nothing has happened to yet. */
export function newPeer(weight: number, { maxFails = 1, failTimeout = 10 } = {}): Peer {
  return {
    weight,
    effectiveWeight: weight,
    currentWeight: 0,
    connections: 0,
    fails: 0,
    checkedAt: 0,
    failedAt: 0,
    maxFails,
    failTimeout,
    down: false,
  };
}

/**
 * Whether a peer may get a request.
 * @param now in whole seconds, as nginx counts
 */
export function isEligible(peer: Peer, now: number): boolean {
  if (peer.down || peer.weight === 0) return false;
  return (
    peer.fails === 0 || peer.maxFails === 0 || peer.fails < peer.maxFails || now - peer.checkedAt > peer.failTimeout
  );
}
