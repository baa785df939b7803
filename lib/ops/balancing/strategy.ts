import type { BalancingStrategy } from '../../model/balancing';
import { pickByAddress, pickByWholeAddress } from './address-hash';
import type { Attempt } from './attempt';
import type { ClientAddress } from './client-address';
import { pickConsistent } from './consistent-hash';
import { pickLeastConnections } from './least-connections';
import type { Peer } from './peer';
import type { Pool } from './pool';
import { pickSmoothWeighted } from './smooth-weighted';
import { pickWeightedRandom } from './weighted-random';

/**
 * What of the client's address decides.
 * - `network`: the first three bytes of an IPv4 address, all of an IPv6 one (nginx' `ip_hash`)
 * - `full`: the whole address (nginx' `hash $remote_addr`)
 * - `consistent`: the whole address on a circle, where few clients move when a backend comes or goes
 *   (nginx' `hash $remote_addr consistent`)
 */
export type AddressHash = 'network' | 'full' | 'consistent';

export const ADDRESS_HASHES: readonly AddressHash[] = ['network', 'full', 'consistent'];

/** Everything that a choice depends on. */
export interface Choice<P extends Peer> {
  readonly pool: Pool<P>;
  /** Whole seconds. */
  readonly now: number;
  readonly attempt: Attempt;
  readonly client: () => ClientAddress;
  readonly random: () => number;
}

/**
 * The next backend for a request.
 * @returns undefined when none may be asked
 */
export function choose<P extends Peer>(
  strategy: BalancingStrategy,
  hash: AddressHash,
  { pool, now, attempt, client, random }: Choice<P>,
): P | undefined {
  const { peers } = pool;
  // One that is alone is asked however often it failed: there is nobody else.
  if (peers.length === 1) return alone(peers[0], attempt);
  switch (strategy) {
    case 'round-robin':
    case 'weighted':
      return pickSmoothWeighted(peers, now, attempt.tried);
    case 'least-connections':
      return pickLeastConnections(peers, now, attempt.tried);
    case 'random':
      return pickWeightedRandom(pool, now, attempt, random);
    case 'ip-hash':
      if (hash === 'network') return pickByAddress(pool, now, attempt, client());
      if (hash === 'full') return pickByWholeAddress(pool, now, attempt, client());
      return pickConsistent(pool, now, attempt, client().text);
  }
}

function alone<P extends Peer>(peer: P | undefined, { tried }: Attempt): P | undefined {
  return peer === undefined || peer.out || tried?.has(peer) === true ? undefined : peer;
}
