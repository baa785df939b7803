import { crc32 } from 'node:zlib';
import type { Attempt } from './attempt';
import { MOST_MISSES } from './attempt';
import type { ClientAddress } from './client-address';
import type { Peer } from './peer';
import { isEligible } from './peer';
import type { Pool } from './pool';
import { pickSmoothWeighted } from './smooth-weighted';

const FIRST_HASH = 89;
const FACTOR = 113;
const MODULUS = 6271;

/**
 * nginx' `ip_hash`: the first three bytes of an IPv4 address or all sixteen of an IPv6 one decide, so that
 * a whole /24 lands on one backend.
 * @see https://github.com/nginx/nginx/blob/master/src/http/modules/ngx_http_upstream_ip_hash_module.c
 */
export function pickByAddress<P extends Peer>(
  pool: Pool<P>,
  now: number,
  attempt: Attempt,
  { hashed }: ClientAddress,
): P | undefined {
  return walk(pool, now, attempt, () => {
    let hash = attempt.rehashes === 0 ? FIRST_HASH : attempt.hash;
    for (const byte of hashed) hash = (hash * FACTOR + byte) % MODULUS;
    return hash;
  });
}

/**
 * nginx' `hash $remote_addr`: the whole address decides.
 * @see https://github.com/nginx/nginx/blob/master/src/http/modules/ngx_http_upstream_hash_module.c
 */
export function pickByWholeAddress<P extends Peer>(
  pool: Pool<P>,
  now: number,
  attempt: Attempt,
  { text }: ClientAddress,
): P | undefined {
  return walk(pool, now, attempt, () => {
    const hash = crc32(attempt.rehashes === 0 ? text : `${attempt.rehashes}${text}`);
    return (attempt.hash + ((hash >>> 16) & 0x7fff)) >>> 0;
  });
}

/** Hashes until a backend is met that may be asked; after too many misses round robin decides. */
function walk<P extends Peer>(pool: Pool<P>, now: number, attempt: Attempt, next: () => number): P | undefined {
  const { totalWeight } = pool;
  if (totalWeight === 0) return undefined;
  while (attempt.misses <= MOST_MISSES) {
    attempt.hash = next();
    attempt.rehashes++;
    const peer = pool.byWeight(attempt.hash % totalWeight);
    if (peer !== undefined && isEligible(peer, now) && attempt.tried?.has(peer) !== true) return peer;
    attempt.misses++;
  }
  return pickSmoothWeighted(pool.peers, now, attempt.tried);
}
