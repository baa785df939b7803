import type { Member } from './member';
import type { RequestSummary } from './request-statistics';
import { RequestStatistics } from './request-statistics';
import type { BalancingStrategy } from '../../model/balancing';
import { isEligible } from './peer';

/**
 * - `up`: it may be asked
 * - `failing`: left alone for its time-out, since too many requests failed
 * - `down`: it does not answer the health checks
 * - `drained`: its weight is 0
 */
export type BackendState = 'up' | 'failing' | 'down' | 'drained';

/** One backend, as it is now. */
export interface BackendStats extends RequestSummary {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly state: BackendState;
  /** As it was given. */
  readonly weight: number;
  /** Its share of all weights, 0 to 1, as rebalancing has left them. */
  readonly share: number;
  /** Requests under way. */
  readonly connections: number;
}

/** All of them. Times of the whole are of all requests, not means of means. */
export interface ClusterStats extends RequestSummary {
  readonly strategy: BalancingStrategy;
  /** Backends that may be asked. */
  readonly available: number;
  readonly connections: number;
  readonly backends: readonly BackendStats[];
}

/** @param now milliseconds */
export function clusterStats(strategy: BalancingStrategy, members: readonly Member[], now: number): ClusterStats {
  const seconds = Math.floor(now / 1000);
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const backends = members.map((member): BackendStats => {
    const { backend, configuredWeight, weight, connections, statistics } = member;
    return {
      ...backend,
      state: stateOf(member, seconds, members.length === 1),
      weight: configuredWeight,
      share: total === 0 ? 0 : weight / total,
      connections,
      ...statistics.summary(now),
    };
  });
  return {
    strategy,
    available: backends.filter(({ state }) => state === 'up').length,
    connections: backends.reduce((sum, { connections }) => sum + connections, 0),
    ...RequestStatistics.summaryOf(
      members.map(({ statistics }) => statistics),
      now,
    ),
    backends,
  };
}

/** @param now whole seconds */
export function stateOf(member: Member, now: number, isAlone = false): BackendState {
  if (member.weight === 0) return 'drained';
  if (!member.health.up) return 'down';
  return isAlone || isEligible(member, now) ? 'up' : 'failing';
}
