import type { Simulation } from './simulated-workload';

/** What can be chosen, and what came of the choice. */
export interface TunedPolicy {
  /** Percent of the request. */
  readonly targetValue: number;
  readonly minReplicas: number;
  readonly scaleUpCooldownSecs: number;
  readonly scaleDownCooldownSecs: number;
  readonly replicaHours: number;
  readonly overloadSeconds: number;
  readonly changes: number;
}

/** The choices of a search. */
export interface TuneOptions {
  /** Plays the load against the policy with these choices in it: by `simulateHpa` or `simulateThresholds`. */
  readonly play: (choice: TuneChoice) => Simulation;
  /** Not above it. */
  readonly maxReplicas: number;
  /** Not below it. @default 1 */
  readonly leastReplicas?: number;
}

/** One choice. */
export type TuneChoice = Pick<
  TunedPolicy,
  'targetValue' | 'minReplicas' | 'scaleUpCooldownSecs' | 'scaleDownCooldownSecs'
>;

const TARGETS = [30, 40, 50, 60, 70, 80, 90];
const UP = [0, 15, 30, 60];
const DOWN = [60, 120, 300, 600, 1200];

/**
 * Plays the load against every choice.
 * @throws {TypeError} for leastReplicas that are no whole number from 1 to maxReplicas
 * @returns the frontier: choices that no other beats in both cost and overload, the cheapest first
 */
export function tune(options: TuneOptions): readonly TunedPolicy[] {
  const results: TunedPolicy[] = [];
  for (const minReplicas of minima(options)) {
    for (const targetValue of TARGETS) {
      for (const scaleUpCooldownSecs of UP) {
        for (const scaleDownCooldownSecs of DOWN) {
          const choice = { targetValue, minReplicas, scaleUpCooldownSecs, scaleDownCooldownSecs };
          results.push(tunedPolicy(choice, options.play));
        }
      }
    }
  }
  return frontier(results);
}

/** A choice, and what comes of it. */
export function tunedPolicy(choice: TuneChoice, play: TuneOptions['play']): TunedPolicy {
  const { replicaHours, overloadSeconds, changes } = play(choice);
  return { ...choice, replicaHours, overloadSeconds, changes };
}

function minima({ leastReplicas = 1, maxReplicas }: TuneOptions): readonly number[] {
  if (!Number.isInteger(leastReplicas) || leastReplicas < 1 || leastReplicas > maxReplicas) {
    throw new TypeError(`leastReplicas is ${leastReplicas}, and has to be a whole number from 1 to ${maxReplicas}`);
  }
  const spread = [leastReplicas, leastReplicas + 1, leastReplicas + 2, Math.ceil((leastReplicas + maxReplicas) / 2)];
  return [...new Set(spread.filter((value) => value <= maxReplicas))].sort((a, b) => a - b);
}

/** Cheapest first; each next one costs more and is overloaded for less. Among equals the one with fewest changes. */
export function frontier<T extends Pick<TunedPolicy, 'replicaHours' | 'overloadSeconds' | 'changes'>>(
  results: readonly T[],
): readonly T[] {
  const sorted = results.toSorted(
    (a, b) => a.replicaHours - b.replicaHours || a.overloadSeconds - b.overloadSeconds || a.changes - b.changes,
  );
  const best: T[] = [];
  for (const one of sorted) {
    const last = best.at(-1);
    if (last === undefined || one.overloadSeconds < last.overloadSeconds) best.push(one);
  }
  return best;
}

/**
 * The cheapest of a frontier that is overloaded for no longer than that; undefined when none is.
 * @param overloadSeconds the goal
 */
export function proposedPolicy(choices: readonly TunedPolicy[], overloadSeconds: number): TunedPolicy | undefined {
  return choices.find((choice) => choice.overloadSeconds <= overloadSeconds);
}
