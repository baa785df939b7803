import type { Peer } from './peer';
import { isEligible } from './peer';
import { turn } from './smooth-weighted';

/**
 * The peer with the fewest requests under way for its weight; among equals, smooth weighted round robin.
 * Shares are compared by multiplying crosswise, so that nothing is rounded.
 * @see https://github.com/nginx/nginx/blob/master/src/http/modules/ngx_http_upstream_least_conn_module.c
 */
export function pickLeastConnections<P extends Peer>(
  peers: readonly P[],
  now: number,
  tried?: ReadonlySet<Peer>,
): P | undefined {
  let best: P | undefined;
  let connections = 0;
  let weight = 0;
  let first = 0;
  let many = false;
  for (let index = 0; index < peers.length; index++) {
    const peer = peers[index];
    if (peer === undefined) continue;
    const difference = best === undefined ? -1 : peer.connections * weight - connections * peer.weight;
    if (difference > 0 || !isEligible(peer, now) || tried?.has(peer) === true) continue;
    if (difference < 0) {
      best = peer;
      ({ connections, weight } = peer);
      first = index;
      many = false;
    } else {
      many = true;
      // Nobody has fewer than none.
      if (connections === 0) break;
    }
  }
  return many ? pickAmongTied(peers, now, tried, first, connections, weight) : best;
}

/** Smooth weighted round robin among those that have as many for their weight; `first` is the first of them. */
function pickAmongTied<P extends Peer>(
  peers: readonly P[],
  now: number,
  tried: ReadonlySet<Peer> | undefined,
  first: number,
  connections: number,
  weight: number,
): P | undefined {
  let best: P | undefined;
  let total = 0;
  for (let index = first; index < peers.length; index++) {
    const peer = peers[index];
    if (peer === undefined || peer.connections * weight !== connections * peer.weight) continue;
    if (!isEligible(peer, now) || tried?.has(peer) === true) continue;
    total += turn(peer);
    if (best === undefined || peer.currentWeight > best.currentWeight) best = peer;
  }
  if (best !== undefined) best.currentWeight -= total;
  return best;
}
