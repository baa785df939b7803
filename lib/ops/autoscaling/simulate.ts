import { hpaRound } from './hpa-engine';
import type { ControllerSettings, HpaSpec } from './hpa-spec';
import { CONTROLLER_DEFAULTS } from './hpa-spec';
import { NEW_HPA_STATE } from './hpa-state';
import type { LoadTrace } from './load-trace';
import { loadSteps } from './load-trace';
import type { PodObservation, PodValue } from './observation';

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
  /** Seconds between two rounds of the controller. @default 15 */
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
  /** What the controller says about the round: `ScaleDownStabilized`, `TooManyReplicas` … */
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

/** A time of day means nothing here; it is late enough for every age to be positive. */
const START = 1_000_000_000_000;
const REQUEST_MILLI = 1000;
const CONTAINERS = [{ name: 'main', requests: { cpu: REQUEST_MILLI } }];

/**
 * Plays a load against an autoscaler, with the engine that decides as the real controller does. CPU
 * is the metric; of a policy without one, the first metric that a load can move.
 *
 * @throws {TypeError} for a policy without a metric that a load can move
 */
export function simulateHpa(
  spec: HpaSpec,
  trace: LoadTrace,
  workload: SimulatedWorkload = {},
  settings: ControllerSettings = CONTROLLER_DEFAULTS,
): Simulation {
  const { startupSeconds = 30, limitPercent = 400, overloadPercent = 100, stepSeconds = 15 } = workload;
  const metric = spec.metrics.find(
    (one) => one.type === 'Resource' && one.resource === 'cpu' && 'averageUtilization' in one.target,
  );
  if (metric === undefined) throw new TypeError('the policy has no CPU utilization, which is what a load moves');
  const moved: HpaSpec = { ...spec, metrics: [metric] };
  const steps: SimulatedStep[] = [];
  let state = NEW_HPA_STATE;
  let replicas = workload.replicas ?? Math.max(1, spec.minReplicas);
  let serial = 0;
  /** Pods that came together, the oldest first. */
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
    mergeOld(cohorts, now - settings.cpuInitializationSeconds * 1000);
    const ready = sizeOf(cohorts.filter(({ readyAt }) => readyAt <= now));
    const wanted = ready === 0 ? Infinity : load / ready;
    const utilization = Math.min(limitPercent, wanted);
    const values = new Map<string, PodValue>();
    const seen: PodObservation[] = [];
    for (const cohort of cohorts) {
      const isReady = cohort.readyAt <= now;
      const value = isReady ? Math.round((utilization * REQUEST_MILLI) / 100) : 0;
      values.set(cohort.name, { value, timestamp: now, windowMs: stepSeconds * 1000 });
      seen.push(podsOf(cohort, isReady));
    }
    const observation = {
      scale: { specReplicas: replicas, statusReplicas: replicas },
      pods: seen,
      readings: [{ kind: 'pods' as const, values }],
    };
    const round = hpaRound(moved, state, observation, now, settings);
    state = round.state;
    replicaSeconds += replicas * stepSeconds;
    if (load > 0 && wanted > overloadPercent) overloadSeconds += stepSeconds;
    if (round.decision.rescale !== undefined) {
      replicas = round.decision.rescale;
      changes++;
    }
    steps.push({ second: index * stepSeconds, load, replicas, ready, utilization, reason: mainReason(round.decision) });
  });
  return {
    steps,
    replicaHours: replicaSeconds / 3600,
    overloadSeconds,
    changes,
    ignored: spec.metrics.filter((one) => one !== metric).map((one) => ('name' in one ? one.name : one.resource)),
  };
}

/** Pods that are alike. */
interface Cohort {
  readonly name: string;
  readonly startTime: number;
  readonly readyAt: number;
  count: number;
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

/** The controller asks for the age of young pods only: all others are alike. */
function mergeOld(cohorts: Cohort[], bornBefore: number): void {
  for (let second = cohorts[1]; second !== undefined; second = cohorts[1]) {
    const [first] = cohorts;
    if (first === undefined || second.startTime > bornBefore || second.readyAt > bornBefore) return;
    first.count += second.count;
    cohorts.splice(1, 1);
  }
}

function podsOf({ name, startTime, readyAt, count }: Cohort, isReady: boolean): PodObservation {
  return {
    name,
    phase: 'Running',
    deleting: false,
    ready: isReady ? { status: 'True', since: readyAt } : { status: 'False', since: startTime },
    startTime,
    containers: CONTAINERS,
    count,
  };
}

/** The word of the condition that says most. */
function mainReason({ rescale, conditions }: ReturnType<typeof hpaRound>['decision']): string {
  if (rescale !== undefined) return 'SuccessfulRescale';
  if (conditions.ScalingActive?.status === 'False') return conditions.ScalingActive.reason;
  if (conditions.ScalingLimited?.status === 'True') return conditions.ScalingLimited.reason;
  return conditions.AbleToScale?.reason ?? '';
}
