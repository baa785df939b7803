/** What a peer is made with; the defaults are those of nginx. */
export interface PeerOptions {
  /** @default 1 */
  readonly maxFails?: number;
  /** Seconds. @default 10 */
  readonly failTimeout?: number;
  /** @default "" */
  readonly address?: string;
}

/**
 * What is known of one backend while requests are given out. Counters and weights are those of nginx'
 * `ngx_http_upstream_rr_peer_t`, and change in the same places. A class, so that a million choices a second
 * find the same fields in the same places.
 * @see https://github.com/nginx/nginx/blob/master/src/http/ngx_http_upstream_round_robin.c
 */
export class Peer {
  /** The weight after failures: each takes some of it away, each round gives one back. */
  public effectiveWeight: number;
  /** Where it stands in the smooth round robin; the largest is next. */
  public currentWeight = 0;
  /** Requests that are under way. */
  public connections = 0;
  /** Failures since the last success that counts. */
  public fails = 0;
  /** Second in which it was last tried after its time-out, or failed. */
  public checkedAt = 0;
  /** Second of the last failure. */
  public failedAt = 0;
  /** Not to be asked: its weight is 0, or it does not answer health checks. */
  public out: boolean;
  /** Failures after which it is left alone for `failTimeout`; 0: never. */
  public readonly maxFails: number;
  /** Seconds. */
  public readonly failTimeout: number;
  /** `host:port`, as a configuration of nginx says it: what consistent hashing places on its circle. */
  public readonly address: string;

  public constructor(
    /** Its share of the requests, a whole number; 0: it gets none. */
    public weight: number,
    { maxFails = 1, failTimeout = 10, address = '' }: PeerOptions = {},
  ) {
    this.effectiveWeight = weight;
    this.out = weight === 0;
    this.maxFails = maxFails;
    this.failTimeout = failTimeout;
    this.address = address;
  }
}

/**
 * Whether a peer may get a request.
 * @param now in whole seconds, as nginx counts
 */
export function isEligible(peer: Peer, now: number): boolean {
  if (peer.out) return false;
  return (
    peer.fails === 0 || peer.maxFails === 0 || peer.fails < peer.maxFails || now - peer.checkedAt > peer.failTimeout
  );
}
