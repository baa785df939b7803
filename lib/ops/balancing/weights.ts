import type { Member } from './member';
import type { BalancingStrategy } from '../../model/balancing';

/** Units of a weight once rebalancing has changed something: it moves in tenths. */
const FINER = 10;

/**
 * Gives the members the weights that they have now. Where each stands in the round robin shrinks or grows
 * with the sum, so that a change is followed at once, and nobody is made to catch up by a burst.
 */
export function applyWeights(members: readonly Member[], strategy: BalancingStrategy): void {
  const isFine = members.some(({ factor }) => factor !== 1);
  const before = sumOf(members);
  for (const member of members) {
    const weight = weightOf(member, strategy, isFine);
    if (weight === member.weight) continue;
    // What failures took away stays away, in proportion.
    member.effectiveWeight =
      member.weight === 0 ? weight : Math.trunc((member.effectiveWeight * weight) / member.weight);
    member.weight = weight;
    member.out = weight === 0 || !member.health.up;
  }
  const after = sumOf(members);
  for (const member of members) {
    // Nobody is further from its turn than one round.
    const standing = before === 0 ? 0 : Math.trunc((member.currentWeight * after) / before);
    member.currentWeight = Math.max(-after, Math.min(after, standing));
  }
}

/** Gives a member that has just come its weight. */
export function startWeight(member: Member, members: readonly Member[], strategy: BalancingStrategy): void {
  // Once weights are finer all are, and the newcomer's has to be of the same kind.
  const isFine = members[0] !== undefined && members[0].weight !== weightOf(members[0], strategy, false);
  if (isFine) {
    applyWeights(members, strategy);
    return;
  }
  member.weight = weightOf(member, strategy, false);
  member.effectiveWeight = member.weight;
}

function weightOf({ configuredWeight, factor }: Member, strategy: BalancingStrategy, isFine: boolean): number {
  if (configuredWeight === 0) return 0;
  if (strategy === 'round-robin') return 1;
  return isFine ? Math.max(1, Math.round(configuredWeight * FINER * factor)) : configuredWeight;
}

function sumOf(members: readonly Member[]): number {
  return members.reduce((sum, { weight }) => sum + weight, 0);
}
