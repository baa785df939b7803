import { crc32 } from 'node:zlib';
import type { Attempt } from './attempt';
import { MOST_MISSES } from './attempt';
import type { Peer } from './peer';
import type { Pool } from './pool';
import { pickSmoothWeighted } from './smooth-weighted';

/** Points on the circle for each unit of weight. */
const POINTS = 160;

/** The circle: hashes in ascending order, and whose each of them is. Several backends may have one address. */
export interface Circle<P> {
  readonly hashes: Uint32Array;
  readonly owners: readonly (readonly P[])[];
}

/**
 * The points of each address are chained hashes of its host and port, so that they stay where they are when
 * others come and go.
 */
export function makeCircle<P extends Peer>(peers: readonly P[]): Circle<P> {
  const atAddress = new Map<string, P[]>();
  for (const peer of peers) atAddress.set(peer.address, [...(atAddress.get(peer.address) ?? []), peer]);
  const points = [...atAddress.values()].flatMap(pointsOf).sort((a, b) => a.hash - b.hash);
  const distinct = points.filter(({ hash }, index) => points[index - 1]?.hash !== hash);
  return { hashes: Uint32Array.from(distinct, ({ hash }) => hash), owners: distinct.map(({ owners }) => owners) };
}

function pointsOf<P extends Peer>(owners: readonly P[]): { hash: number; owners: readonly P[] }[] {
  const address = owners[0]?.address ?? '';
  const colon = address.lastIndexOf(':');
  const base = crc32(`${address.slice(0, colon)}\0${address.slice(colon + 1)}`);
  const previous = Buffer.alloc(4);
  // Points of the same address are the same points: the heaviest backend has all of them.
  return Array.from({ length: Math.max(...owners.map(({ weight }) => weight)) * POINTS }, () => {
    const hash = crc32(previous, base);
    previous.writeUInt32LE(hash);
    return { hash, owners };
  });
}

/** Index of the first point at or after the hash; the number of points when it is past the last. */
export function placeOnCircle({ hashes }: Pick<Circle<unknown>, 'hashes'>, hash: number): number {
  let from = 0;
  let to = hashes.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((hashes[middle] ?? 0) < hash) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * nginx' `hash KEY consistent`: the next point on the circle whose backend may be asked.
 * @param key what decides: the text of the client's address
 * @see https://github.com/nginx/nginx/blob/master/src/http/modules/ngx_http_upstream_hash_module.c
 */
export function pickConsistent<P extends Peer>(
  pool: Pool<P>,
  now: number,
  attempt: Attempt,
  key: string,
): P | undefined {
  const { circle } = pool;
  const points = circle.owners.length;
  if (points === 0) return undefined;
  if (attempt.rehashes++ === 0) attempt.hash = placeOnCircle(circle, crc32(key));
  while (attempt.misses <= MOST_MISSES) {
    // Mostly one, for which the round gives back what failures took away; several of one address take turns.
    const owners = circle.owners[attempt.hash % points] ?? [];
    const picked = pickSmoothWeighted(owners, now, attempt.tried);
    if (picked !== undefined) return picked;
    attempt.hash++;
    attempt.misses++;
  }
  return pickSmoothWeighted(pool.peers, now, attempt.tried);
}
