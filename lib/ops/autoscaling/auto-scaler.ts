import { isClusterError } from '../cluster-client/cluster-error';
import { claim, unclaim } from './claims';
import { afterFailedUpdate, hpaRound } from './hpa-engine';
import type { HpaState } from './hpa-state';
import { NEW_HPA_STATE } from './hpa-state';
import { hpaPolicy } from './hpa-policy';
import { inTime } from './in-time';
import type { MetricSource } from './metric-source';
import { asHpaObservation, policiesAsHpa } from './policies-as-hpa';
import { checkMetric, withSample } from './samples';
import { readScalerOptions } from './read-options';
import type { ReplicaTarget } from './replica-target';
import { SteadyClock } from './steady-clock';
import type { MetricValue, ScalingPolicy, ScalingPolicyProps } from './scaling-policy';
import { scalingPolicy } from './scaling-policy';
import type { ReplicaObservation, ThresholdState } from './threshold-engine';
import { keyOf, NEW_THRESHOLD_STATE, thresholdRound } from './threshold-engine';

/** How an AutoScaler works. */
export interface AutoScalerOptions {
  readonly target: ReplicaTarget;
  /** The clock, in milliseconds since 1970: `Date.now`. */
  readonly now: () => number;
  /** By the letter of the policies, or as a HorizontalPodAutoscaler would do it. @default threshold */
  readonly mode?: 'threshold' | 'hpa';
  /** @default what `recordMetric` is told */
  readonly source?: MetricSource;
  /** Milliseconds that the source has for each policy, 24 days at most; then its values are missing. @default 10000 */
  readonly sourceTimeoutMs?: number;
  /** Decisions that are kept, 0 to a million. @default 1000 */
  readonly historyLength?: number;
}

/** What one check decided, and what became of it. */
export interface ScalingDecision {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Replicas before; undefined when they could not be read. */
  readonly from: number | undefined;
  /** Replicas after; as before when nothing was done. */
  readonly to: number | undefined;
  readonly isScaled: boolean;
  /** Why, also why not: one word, in Kubernetes' spelling. */
  readonly reason: string;
  readonly message: string;
  /** Mean of each policy's metric, in their order; undefined without values. */
  readonly means: readonly (number | undefined)[];
}

/** Where an AutoScaler stands. */
export interface AutoScalerStatus {
  readonly deploymentName: string;
  readonly mode: 'threshold' | 'hpa';
  readonly policies: readonly ScalingPolicy[];
  readonly lastDecision: ScalingDecision | undefined;
  /** When it last scaled, in milliseconds. */
  readonly lastScaleTime: number | undefined;
}

interface Round {
  readonly rescale: number | undefined;
  readonly reason: string;
  readonly message: string;
  readonly means: ScalingDecision['means'];
  /** Remembers the round: as carried out, or as refused. */
  readonly settle: (refusal: string | undefined) => void;
}

/**
 * Scales one workload by policies: at each `checkAndScale`, which somebody calls every few seconds. From the first one
 * until it is closed it has the workload alone.
 */
export class AutoScaler {
  private readonly policies: ScalingPolicy[] = [];
  private readonly history: ScalingDecision[] = [];
  // the history is bounded: what the status tells may have left it
  private lastDecision: ScalingDecision | undefined;
  private lastScaleTime: number | undefined;
  private thresholds: ThresholdState = NEW_THRESHOLD_STATE;
  private hpa: HpaState = NEW_HPA_STATE;
  /** A change that failed, as long as nobody knows whether the target has it. */
  private open: { readonly replicas: number; readonly settle: Round['settle'] } | undefined;
  private running: Promise<ScalingDecision> | undefined;
  /** Of windows and cooldowns; the history has the machine's time. */
  private readonly clock: SteadyClock;

  private readonly options: ReturnType<typeof readScalerOptions>;

  /**
   * Asks nobody anything yet.
   * @param deploymentName the workload, as its target knows it
   * @throws TarsError TARS1001, TARS1002, TARS1006 for options that it does not take, all of them at once
   */
  public constructor(
    private readonly deploymentName: string,
    options: AutoScalerOptions,
  ) {
    this.options = readScalerOptions(deploymentName, options);
    this.clock = new SteadyClock(this.options.now);
  }

  /**
   * @throws TarsError TARS1001 for a property that no policy has; TARS7101 for a policy that contradicts itself, or in
   *   mode `hpa` for one that no autoscaler can have
   */
  public addPolicy(props: ScalingPolicyProps): this {
    this.policies.push(this.options.mode === 'hpa' ? hpaPolicy(props) : scalingPolicy(props));
    return this;
  }

  /**
   * Takes a value in, in any order of time. One from the future counts when its time has come.
   * @throws TarsError TARS7102 for an unknown type of metric, what is no number, or another unit than before
   */
  public recordMetric(metric: MetricValue): void {
    checkMetric(metric);
    const { timestamp } = metric;
    const at = timestamp === undefined ? this.clock.now() : this.clock.momentOf(timestamp);
    this.thresholds = { ...this.thresholds, samples: withSample(this.thresholds.samples, metric, at) };
  }

  /**
   * Looks at the metrics, and scales when it must. A failure of the target or of a source is a decision, in the
   * history, and no exception. Called again before it is done, it gives the same decision.
   */
  public checkAndScale(signal?: AbortSignal): Promise<ScalingDecision> {
    this.running ??= this.check(signal).finally(() => (this.running = undefined));
    return this.running;
  }

  /**
   * Lets another one have the workload, when a check that is under way is done.
   * @throws ClusterError when that could not be said: what was held is free when its time is over
   */
  public async close(): Promise<void> {
    await this.running;
    const { target } = this.options;
    if (!claim(target, this.deploymentName, this)) return;
    unclaim(target, this.deploymentName);
    await target.release?.(this.deploymentName);
  }

  /** Its policies, its last decision, and when it last scaled; asks nobody. */
  public getStatus(): AutoScalerStatus {
    return {
      deploymentName: this.deploymentName,
      mode: this.options.mode,
      policies: [...this.policies],
      lastDecision: this.lastDecision,
      lastScaleTime: this.lastScaleTime,
    };
  }

  /** Every check, the oldest first, also those that did nothing. */
  public getScalingHistory(): readonly ScalingDecision[] {
    return [...this.history];
  }

  private async check(signal?: AbortSignal): Promise<ScalingDecision> {
    const { target } = this.options;
    const name = this.deploymentName;
    let found: ReplicaObservation;
    if (!claim(target, name, this)) {
      return this.told('ManagedByAutoscaler', 'another AutoScaler of this process has it, and was not closed');
    }
    try {
      const other = await target.managedBy(name, signal);
      if (other !== undefined) return this.told('ManagedByAutoscaler', `${other} decides about the replicas`);
      await target.hold?.(name, signal);
      found = await target.read(name, signal);
    } catch (error) {
      const isHeld = isClusterError(error, 'ManagedByAutoscaler');
      return this.told(isHeld ? 'ManagedByAutoscaler' : 'FailedGetScale', textOf(error));
    }
    this.settleOpen(found);
    const problem = await this.readSource(signal);
    const round = this.decide(found);
    const message = problem === undefined ? round.message : `${round.message}; ${problem}`;
    if (round.rescale === undefined) {
      round.settle(undefined);
      return this.told(round.reason, message, round.means, found.replicas);
    }
    const done = (text: string): ScalingDecision =>
      this.told(round.reason, text, round.means, found.replicas, round.rescale);
    try {
      await target.write(name, found.replicas, round.rescale, signal);
    } catch (error) {
      const why = textOf(error);
      round.settle(why);
      // in these cases it was somebody else, whatever the target has by now
      if (!isClusterError(error, 'Conflict', 'ManagedByAutoscaler', 'PreconditionFailed')) {
        this.open = { replicas: round.rescale, settle: round.settle };
        const after = await this.readAgain();
        if (after !== undefined && this.settleOpen(after)) return done(`${message}; ${why}`);
      }
      return this.told('FailedUpdateScale', why, round.means, found.replicas);
    }
    round.settle(undefined);
    return done(message);
  }

  /** What the target has after a change that failed: the answer may be all that was lost. */
  private async readAgain(): Promise<ReplicaObservation | undefined> {
    const name = this.deploymentName;
    try {
      // not by the caller's signal: what was done before it ended is to be told
      return await inTime(`replicas of ${name}`, {}, (signal) => this.options.target.read(name, signal));
    } catch {
      return undefined; // the next check reads it
    }
  }

  /** Remembers a change that failed as carried out, if the target has it. */
  private settleOpen({ replicas }: ReplicaObservation): boolean {
    const { open } = this;
    this.open = undefined;
    if (replicas !== open?.replicas) return false;
    open.settle(undefined);
    return true;
  }

  /** All at once, and as values of now: one that keeps silent makes no other old. */
  private async readSource(signal?: AbortSignal): Promise<string | undefined> {
    const { source, sourceTimeoutMs } = this.options;
    if (source === undefined) return undefined;
    const read = (policy: ScalingPolicy): ReturnType<MetricSource['read']> =>
      inTime(`metric ${keyOf(policy)}`, { timeoutMs: sourceTimeoutMs, signal }, (ends) =>
        source.read(this.deploymentName, policy, ends),
      );
    const problems: string[] = [];
    for (const outcome of await Promise.allSettled(this.policies.map(read))) {
      try {
        if (outcome.status === 'rejected') throw outcome.reason;
        for (const value of outcome.value) this.recordMetric(value);
      } catch (error) {
        problems.push(textOf(error)); // its values are missing, which never takes replicas away
      }
    }
    return problems.length === 0 ? undefined : problems.join('; ');
  }

  private decide(found: ReplicaObservation): Round {
    const now = this.clock.now();
    const before = this.thresholds;
    const round = thresholdRound(this.policies, before, found, now);
    const { means } = round.decision;
    // at once, so that what is recorded while the target is asked stays
    this.thresholds = { ...round.state, changedAt: before.changedAt };
    const [first, ...others] = this.policies;
    if (this.options.mode !== 'hpa' || first === undefined) {
      const { rescale, reason, message } = round.decision;
      const settle = (refusal: string | undefined): void => {
        if (refusal === undefined) this.thresholds = { ...this.thresholds, changedAt: round.state.changedAt };
      };
      return { rescale, reason, message, means, settle };
    }
    const seen = asHpaObservation(this.policies, found, means, now);
    const hpa = hpaRound(policiesAsHpa([first, ...others]), this.hpa, seen, now);
    const { rescale, conditions, reason } = hpa.decision;
    return {
      rescale,
      reason: rescale === undefined ? quiet(conditions) : 'SucceededRescale',
      message: reason === '' ? (conditions.AbleToScale?.message ?? '') : reason,
      means,
      settle: (refusal) => {
        this.hpa = refusal === undefined ? hpa.state : afterFailedUpdate(this.hpa, hpa, refusal);
      },
    };
  }

  private told(
    reason: string,
    message: string,
    means: ScalingDecision['means'] = [],
    from?: number,
    to = from,
  ): ScalingDecision {
    const decision = { at: this.clock.ofMachine(), from, to, isScaled: from !== to, reason, message, means };
    this.lastDecision = decision;
    if (decision.isScaled) this.lastScaleTime = decision.at;
    this.history.push(decision);
    const { historyLength } = this.options;
    if (this.history.length > historyLength) this.history.splice(0, this.history.length - historyLength);
    return decision;
  }
}

/** The condition that says most about why nothing was done. */
function quiet({ ScalingActive, ScalingLimited, AbleToScale }: ReturnType<typeof hpaRound>['decision']['conditions']) {
  if (ScalingActive?.status === 'False') return ScalingActive.reason;
  if (ScalingLimited?.status === 'True') return ScalingLimited.reason;
  return AbleToScale?.reason ?? 'ReadyForNewScale';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
