import { isEligible, Peer } from './peer';

/**
 * Smooth weighted round robin: each eligible peer gains its weight, the one that has most is picked, and
 * pays for all. Weights 5, 1, 1 give a a b a c a a, not five times a in a row.
 *
 * @param now in whole seconds
 * @param tried peers that this request was already sent to
 * @returns the peer; undefined when none may be asked
 * @see https://github.com/nginx/nginx/commit/52327e0627f49dbda1e8db695e63a4b0af4448b1
 */
export function pickSmoothWeighted<P extends Peer>(
  peers: readonly P[],
  now: number,
  tried?: ReadonlySet<Peer>,
): P | undefined {
  let best: P | undefined;
  let total = 0;
  for (const peer of peers) {
    if (!isEligible(peer, now) || tried?.has(peer) === true) continue;
    total += turn(peer);
    if (best === undefined || peer.currentWeight > best.currentWeight) best = peer;
  }
  if (best !== undefined) best.currentWeight -= total;
  return best;
}

/**
 * One round for one peer: it gains its weight, and some of what failures took away.
 * @returns what it gained
 */
export function turn(peer: Peer): number {
  const gained = peer.effectiveWeight;
  peer.currentWeight += gained;
  if (gained < peer.weight) peer.effectiveWeight = gained + 1;
  return gained;
}

/**
 * The order in which smooth weighted round robin asks backends of these weights, from the start.
 * @param weights whole numbers, 0 or more
 * @param length requests
 * @returns for each request the index of its backend; empty when no weight is above 0
 */
export function smoothWeightedSequence(weights: readonly number[], length: number): readonly number[] {
  const peers = weights.map((weight) => new Peer(weight));
  return Array.from({ length }, () => pickSmoothWeighted(peers, 0)).flatMap((peer) =>
    peer === undefined ? [] : [peers.indexOf(peer)],
  );
}
