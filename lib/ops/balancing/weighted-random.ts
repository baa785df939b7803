import type { Attempt } from './attempt';
import { MOST_MISSES } from './attempt';
import type { Peer } from './peer';
import { isEligible } from './peer';
import type { Pool } from './pool';
import { pickSmoothWeighted } from './smooth-weighted';

/**
 * A draw in which each has as many tickets as its weight.
 * @param random from 0 to below 1
 * @see https://github.com/nginx/nginx/blob/master/src/http/modules/ngx_http_upstream_random_module.c
 */
export function pickWeightedRandom<P extends Peer>(
  pool: Pool<P>,
  now: number,
  attempt: Attempt,
  random: () => number,
): P | undefined {
  const { totalWeight } = pool;
  if (totalWeight === 0) return undefined;
  while (attempt.misses <= MOST_MISSES) {
    const peer = pool.byWeight(Math.floor(random() * totalWeight));
    if (peer !== undefined && isEligible(peer, now) && attempt.tried?.has(peer) !== true) return peer;
    attempt.misses++;
  }
  return pickSmoothWeighted(pool.peers, now, attempt.tried);
}
