import type { LoadTrace } from './load-trace';
import { loadSteps } from './load-trace';

/** How a workload takes its load. */
export interface SimulatedWorkload {
  /** Replicas at the start. @default the minimum of the policy */
  readonly replicas?: number;
  /** Seconds from the decision until a new replica is Ready. @default 30 */
  readonly startupSeconds?: number;
  /** Percent of its request that a replica can use at most: its limit. @default 400 */
  readonly limitPercent?: number;
  /** Percent of its request from which a replica counts as overloaded. @default 100 */
  readonly overloadPercent?: number;
  /** Seconds between two rounds. @default 15 */
  readonly stepSeconds?: number;
}

/** One round of a simulation. */
export interface SimulatedStep {
  /** Seconds from the start. */
  readonly second: number;
  /** All the work, in percent of one replica's request. */
  readonly load: number;
  /** Replicas asked for, after the round. */
  readonly replicas: number;
  readonly ready: number;
  /** What a Ready replica uses, in percent of its request; at most its limit. */
  readonly utilization: number;
  /** Whether a Ready replica had more to do than it should, or none was Ready. */
  readonly isOverloaded: boolean;
  /** What is said about the round, in one word: `ScaleDownStabilized`, `TooManyReplicas`, `AboveThreshold` … */
  readonly reason: string;
}

/** What came of a load. */
export interface Simulation {
  readonly steps: readonly SimulatedStep[];
  /** Replicas, over time. */
  readonly replicaHours: number;
  /** Seconds in which a replica had more to do than it should. */
  readonly overloadSeconds: number;
  /** How often the replicas were changed. */
  readonly changes: number;
  /** Metrics of the policy that the load does not move; they are left out. */
  readonly ignored: readonly string[];
}

/** What somebody who scales sees of a workload. */
export interface SimulatedMoment {
  /** Milliseconds. */
  readonly now: number;
  /** Asked for; that many are there, some of them not Ready yet. */
  readonly replicas: number;
  readonly ready: number;
  /** What a Ready replica uses, in percent of its request. */
  readonly utilization: number;
  /** The replicas, the oldest first. */
  readonly cohorts: readonly Cohort[];
}

/** What a round decides. */
export interface SimulatedDecision {
  /** Replicas to go to; undefined: it stays. */
  readonly rescale: number | undefined;
  readonly reason: string;
}

/** Replicas that came together. */
export interface Cohort {
  readonly name: string;
  readonly startTime: number;
  readonly readyAt: number;
  count: number;
}

/** A time of day means nothing here; it is late enough for every age to be positive. */
const START = 1_000_000_000_000;

/**
 * Plays a load against whoever decides.
 *
 * @param least replicas at the start, if the workload does not say
 * @param youngSeconds replicas that are older and Ready are alike to whoever decides
 */
export function play(
  trace: LoadTrace,
  workload: SimulatedWorkload,
  { least, youngSeconds }: { readonly least: number; readonly youngSeconds: number },
  decide: (moment: SimulatedMoment) => SimulatedDecision,
): Omit<Simulation, 'ignored'> {
  const { startupSeconds = 30, limitPercent = 400, overloadPercent = 100, stepSeconds = 15 } = workload;
  const steps: SimulatedStep[] = [];
  let replicas = workload.replicas ?? Math.max(1, least);
  let serial = 0;
  const cohorts: Cohort[] = [];
  let replicaSeconds = 0;
  let overloadSeconds = 0;
  let changes = 0;
  loadSteps(trace, stepSeconds).forEach((load, index) => {
    const now = START + index * stepSeconds * 1000;
    const missing = replicas - sizeOf(cohorts);
    if (missing > 0) {
      const startTime = now - (index === 0 ? 3_600_000 : stepSeconds * 1000);
      const readyAt = index === 0 ? startTime : startTime + startupSeconds * 1000;
      cohorts.push({ name: `replicas-${serial++}`, startTime, readyAt, count: missing });
    }
    removeNewest(cohorts, -missing);
    mergeOld(cohorts, now - youngSeconds * 1000);
    const ready = sizeOf(cohorts.filter(({ readyAt }) => readyAt <= now));
    const wanted = ready === 0 ? Infinity : load / ready;
    const utilization = Math.min(limitPercent, wanted);
    const { rescale, reason } = decide({ now, replicas, ready, utilization, cohorts });
    replicaSeconds += replicas * stepSeconds;
    const isOverloaded = load > 0 && wanted > overloadPercent;
    if (isOverloaded) overloadSeconds += stepSeconds;
    if (rescale !== undefined) {
      replicas = rescale;
      changes++;
    }
    steps.push({ second: index * stepSeconds, load, replicas, ready, utilization, isOverloaded, reason });
  });
  return { steps, replicaHours: replicaSeconds / 3600, overloadSeconds, changes };
}

function sizeOf(cohorts: readonly Cohort[]): number {
  let size = 0;
  for (const { count } of cohorts) size += count;
  return size;
}

function removeNewest(cohorts: Cohort[], surplus: number): void {
  let left = surplus;
  for (let last = cohorts.at(-1); last !== undefined && left > 0; last = cohorts.at(-1)) {
    const removed = Math.min(left, last.count);
    last.count -= removed;
    left -= removed;
    if (last.count === 0) cohorts.pop();
  }
}

/** Those that are old enough are alike. */
function mergeOld(cohorts: Cohort[], bornBefore: number): void {
  for (let second = cohorts[1]; second !== undefined; second = cohorts[1]) {
    const [first] = cohorts;
    if (first === undefined || second.startTime > bornBefore || second.readyAt > bornBefore) return;
    first.count += second.count;
    cohorts.splice(1, 1);
  }
}
