import type { Peer } from './peer';

/** A request was sent to the peer: after its time-out that is the trial that decides. */
export function notePicked(peer: Peer, now: number): void {
  peer.connections++;
  if (now - peer.checkedAt > peer.failTimeout) peer.checkedAt = now;
}

/**
 * A request failed in a way that counts.
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails
 */
export function noteFailure(peer: Peer, now: number): void {
  peer.fails++;
  peer.failedAt = now;
  peer.checkedAt = now;
  if (peer.maxFails === 0) return;
  peer.effectiveWeight = Math.max(0, peer.effectiveWeight - Math.trunc(peer.weight / peer.maxFails));
}

/** A request succeeded: failures are forgotten only by one that was sent after the time-out. */
export function noteSuccess(peer: Peer): void {
  if (peer.failedAt < peer.checkedAt) peer.fails = 0;
}
