import { meanOver, movedBy, seriesOf, withoutOld } from './samples';
import type { Samples } from './samples';
import type { ScalingPolicy } from './scaling-policy';

/** What a target has. */
export interface ReplicaObservation {
  /** Asked for. */
  readonly replicas: number;
  /** Of these, such as serve. */
  readonly ready: number;
}

/** What is remembered from round to round. */
export interface ThresholdState {
  /** When the last round was, in milliseconds. */
  readonly at: number | undefined;
  readonly samples: Samples;
  /** When the replicas were last changed, by this engine. */
  readonly changedAt: number | undefined;
}

/** Before the first round. */
export const NEW_THRESHOLD_STATE: ThresholdState = { at: undefined, samples: new Map(), changedAt: undefined };

/** Why a round ended as it did. */
export type ThresholdReason =
  | 'AboveThreshold'
  | 'BelowThreshold'
  | 'WithinThresholds'
  | 'MissingMetrics'
  | 'NoReadyReplicas'
  | 'ScalingDisabled'
  | 'TooManyReplicas'
  | 'TooFewReplicas'
  | 'ScaleUpCooldown'
  | 'ScaleDownCooldown';

/** What a round decided. */
export interface ThresholdDecision {
  /** Replicas to ask the target for; undefined when it is left alone. */
  readonly rescale: number | undefined;
  readonly reason: ThresholdReason;
  /** The same, with its figures. */
  readonly message: string;
  /** The mean of each policy's metric, in their order; undefined without values. */
  readonly means: readonly (number | undefined)[];
}

/** A decision, and the state when it was carried out. */
export interface ThresholdRound {
  readonly decision: ThresholdDecision;
  readonly state: ThresholdState;
}

interface Wish {
  readonly policy: ScalingPolicy;
  readonly mean: number;
  /** Replicas by this policy alone, in its bounds and its step. */
  readonly replicas: number;
}

/**
 * One round by the letter of the policies: the mean over the window; outside the thresholds
 * `ceil(mean / target * ready)`, in steps and bounds; then nothing for as long as the cooldown says.
 * The policy that asks for most wins. Missing values never take replicas away.
 *
 * @param now milliseconds since 1970; when it is before the last round, no time has passed since, and all that the
 *   state holds is as old as it was
 */
export function thresholdRound(
  policies: readonly ScalingPolicy[],
  before: ThresholdState,
  { replicas, ready }: ReplicaObservation,
  now: number,
): ThresholdRound {
  const known = stateAt(policies, before, now);
  const means = policies.map((policy) => meanOver(known.samples, keyOf(policy), windowOf(policy), now));
  const stay = (reason: ThresholdReason, message: string): ThresholdRound => ({
    decision: { rescale: undefined, reason, message, means },
    state: known,
  });
  const go = (to: number, reason: ThresholdReason, message: string): ThresholdRound => ({
    decision: { rescale: to, reason, message, means },
    state: { ...known, changedAt: now },
  });
  if (policies.length === 0) return stay('MissingMetrics', 'no policy');
  if (replicas === 0) return stay('ScalingDisabled', 'somebody set the replicas to 0');
  const least = Math.max(...policies.map(({ minReplicas }) => minReplicas));
  const most = Math.max(least, ...policies.map(({ maxReplicas }) => maxReplicas));
  if (replicas > most) return go(most, 'TooManyReplicas', `${replicas} are more than maxReplicas ${most}`);
  if (replicas < least) return go(least, 'TooFewReplicas', `${replicas} are less than minReplicas ${least}`);

  const wishes = policies.flatMap((policy, index): Wish[] => {
    const mean = means[index];
    return mean === undefined ? [] : [{ policy, mean, replicas: wishOf(policy, mean, replicas, ready) }];
  });
  const best = largest(wishes);
  if (best === undefined) return stay('MissingMetrics', 'no value in the window');
  const { policy } = best;
  const figures = `${keyOf(policy)} is ${rounded(best.mean)}`;
  const since = known.changedAt === undefined ? Infinity : (now - known.changedAt) / 1000;

  if (best.replicas > replicas) {
    const wait = policy.scaleUpCooldownSecs - since;
    if (wait > 0) return stay('ScaleUpCooldown', `${figures}; ${Math.ceil(wait)} s of the cooldown are left`);
    return go(best.replicas, 'AboveThreshold', `${figures}, above ${policy.scaleUpThreshold}`);
  }
  if (best.replicas < replicas) {
    if (wishes.length < policies.length) return stay('MissingMetrics', `${figures}, but another metric has no value`);
    const wait = Math.max(...policies.map(({ scaleDownCooldownSecs }) => scaleDownCooldownSecs)) - since;
    if (wait > 0) return stay('ScaleDownCooldown', `${figures}; ${Math.ceil(wait)} s of the cooldown are left`);
    // not below the largest minReplicas: its own policy asks for that many
    return go(best.replicas, 'BelowThreshold', `${figures}, below ${policy.scaleDownThreshold}`);
  }
  return stay(...stillness(best, replicas, ready, least, figures));
}

/** Why nothing is asked for. */
function stillness(
  { policy, mean }: Wish,
  replicas: number,
  ready: number,
  least: number,
  figures: string,
): [ThresholdReason, string] {
  if (mean > policy.scaleUpThreshold) {
    return replicas >= policy.maxReplicas
      ? ['TooManyReplicas', `${figures}, above ${policy.scaleUpThreshold}, and there are maxReplicas`]
      : ['NoReadyReplicas', `${figures}, but ${ready} of ${replicas} replicas are ready: the others may help`];
  }
  if (mean < policy.scaleDownThreshold) {
    return replicas <= least
      ? ['TooFewReplicas', `${figures}, below ${policy.scaleDownThreshold}, and there are minReplicas`]
      : ['NoReadyReplicas', `${figures}, but ${ready} of ${replicas} replicas are ready`];
  }
  return ['WithinThresholds', `${figures}, in ${policy.scaleDownThreshold} to ${policy.scaleUpThreshold}`];
}

function wishOf(policy: ScalingPolicy, mean: number, replicas: number, ready: number): number {
  const { scaleUpThreshold, scaleDownThreshold, targetValue, maxStep, minReplicas, maxReplicas } = policy;
  if (ready <= 0 || (mean <= scaleUpThreshold && mean >= scaleDownThreshold)) return replicas;
  const exact = Math.ceil((mean / targetValue) * ready);
  const isUp = mean > scaleUpThreshold;
  // ready replicas alone may point the other way: that is no reason to go there
  if (isUp ? exact <= replicas : exact >= replicas) return replicas;
  const stepped = isUp ? Math.min(exact, replicas + maxStep) : Math.max(exact, replicas - maxStep);
  const bounded = Math.min(Math.max(stepped, minReplicas), maxReplicas);
  return isUp ? Math.max(replicas, bounded) : Math.min(replicas, bounded);
}

/** The one that asks for most; of equal ones one above its threshold, then the one that waits least, in whatever order. */
function largest(wishes: readonly Wish[]): Wish | undefined {
  const isAbove = ({ mean, policy }: Wish): number => Number(mean > policy.scaleUpThreshold);
  const [first] = wishes.toSorted(
    (a, b) =>
      b.replicas - a.replicas || isAbove(b) - isAbove(a) || a.policy.scaleUpCooldownSecs - b.policy.scaleUpCooldownSecs,
  );
  return first;
}

/**
 * A clock that was set back moves the samples and the last change with it: windows and cooldowns last as long as they
 * should.
 */
function stateAt(policies: readonly ScalingPolicy[], before: ThresholdState, now: number): ThresholdState {
  const longest = Math.max(0, ...policies.map(windowOf));
  const shift = before.at === undefined ? 0 : Math.min(0, now - before.at);
  return {
    at: now,
    samples: withoutOld(shift === 0 ? before.samples : movedBy(before.samples, shift), longest, now),
    changedAt: before.changedAt === undefined ? undefined : before.changedAt + shift,
  };
}

/** The series of a policy's metric. */
export function keyOf({ metricType, metricName }: ScalingPolicy): string {
  return seriesOf({ metricType, name: metricName });
}

function windowOf({ metricAggregationWindowSecs }: ScalingPolicy): number {
  return metricAggregationWindowSecs * 1000;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
