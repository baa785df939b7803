import { amountProposal } from './amount-proposal';
import type { Condition, Conditions, ConditionType } from './conditions';
import { isFalse, isTrue } from './conditions';
import type { ControllerSettings, HpaMetric, HpaSpec } from './hpa-spec';
import { CONTROLLER_DEFAULTS } from './hpa-spec';
import type { HpaState } from './hpa-state';
import { stateAt } from './hpa-state';
import type { MetricReading, Observation, ScaleObservation } from './observation';
import { normalize } from './normalize';
import { podsProposal } from './pods-proposal';
import type { Proposal, Tolerances } from './proposal';
import { withEvent } from './rate-limit';

/** What the controller decided in a round. */
export interface HpaDecision {
  /** Replicas to ask the target for; undefined when it is left alone. */
  readonly rescale: number | undefined;
  /** Replicas that it holds to be right; undefined when it could not say. */
  readonly desiredReplicas: number | undefined;
  /** The reason of the event, when it rescales; why nothing can be computed, when nothing can. */
  readonly reason: string;
  /** What each metric asked for. */
  readonly proposals: readonly Proposal[];
  readonly conditions: Conditions;
}

/** A round's decision, and the states that follow from it. */
export interface HpaRound {
  readonly decision: HpaDecision;
  /** When the target took the change, or none was asked for. */
  readonly state: HpaState;
}

/**
 * One round of the HorizontalPodAutoscaler's controller, as a function.
 *
 * @param state of the round before, `NEW_HPA_STATE` at first
 * @param now milliseconds since 1970
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler
 */
export function hpaRound(
  spec: HpaSpec,
  state: HpaState,
  observation: Observation,
  now: number,
  settings: ControllerSettings = CONTROLLER_DEFAULTS,
): HpaRound {
  const before = stateAt(state, now);
  const { scale } = observation;
  if (scale === undefined) {
    const message = "the HPA controller was unable to get the target's current scale";
    return stopped(before, message, { AbleToScale: isFalse('FailedGetScale', message) });
  }
  const current = scale.specReplicas;
  const message = "the HPA controller was able to get the target's current scale";
  const able = withConditions(before, { AbleToScale: isTrue('SucceededGetScale', message) });
  const known = able.recommendations.length > 0 ? able : withRecommendation(able, current, now);

  if (current === 0 && !wakes(spec, known)) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    const disabled = withConditions(known, { ScalingActive: isFalse('ScalingDisabled', message) });
    return left(disabled, 0, message, []);
  }
  if (current > spec.maxReplicas) {
    return rescaled(
      known,
      spec,
      current,
      spec.maxReplicas,
      'Current number of replicas above Spec.MaxReplicas',
      [],
      now,
    );
  }
  if (current > 0 && current < spec.minReplicas) {
    return rescaled(
      known,
      spec,
      current,
      spec.minReplicas,
      'Current number of replicas below Spec.MinReplicas',
      [],
      now,
    );
  }
  return byMetrics(spec, known, observation, scale, now, settings);
}

/** Whether a target without replicas is looked at: only if it was this controller that took them. */
function wakes(spec: HpaSpec, { conditions }: HpaState): boolean {
  return conditions.ScaledToZero?.status === 'True' && (spec.minReplicas !== 0 || seesWithoutPods(spec));
}

function seesWithoutPods({ metrics }: HpaSpec): boolean {
  return metrics.some(({ type }) => type === 'Object' || type === 'External');
}

function byMetrics(
  spec: HpaSpec,
  state: HpaState,
  observation: Observation,
  scale: ScaleObservation,
  now: number,
  settings: ControllerSettings,
): HpaRound {
  const current = scale.specReplicas;
  const selector = selectorProblem(scale, observation.pods.length);
  if (selector !== undefined) return stopped(state, selector.message, { ScalingActive: selector });
  const tolerances: Tolerances = {
    up: spec.behavior?.scaleUp.tolerance ?? settings.tolerance,
    down: spec.behavior?.scaleDown.tolerance ?? settings.tolerance,
  };
  const proposals = spec.metrics.map((metric, index) =>
    proposalOf(metric, observation.readings[index], observation, scale, tolerances, settings, now),
  );
  const best = largest(proposals);
  const invalid = proposals.findIndex((proposal) => 'error' in proposal);
  if (best === undefined || (invalid >= 0 && best.replicas < current)) {
    const condition = unable(spec.metrics[invalid], proposals[invalid]);
    return stopped(state, condition.message, { ScalingActive: condition }, proposals);
  }
  const active = withConditions(state, {
    ScalingActive: isTrue(
      'ValidMetricFound',
      `the HPA was able to successfully calculate a replica count from ${best.name}`,
    ),
  });
  const wanted = Math.max(0, best.replicas);
  const normal = normalize(spec, active, current, wanted, now, settings);
  let { replicas } = normal;
  let reason = '';
  if (wanted > current) reason = `${best.name} above target`;
  if (wanted < current) reason = 'All metrics below target';
  if (current === 0 && replicas < spec.minReplicas) {
    replicas = spec.minReplicas;
    if (reason === '') reason = 'Current number of replicas below Spec.MinReplicas';
  }
  if (replicas === current) return left(normal.state, current, reason, proposals);
  return rescaled(normal.state, spec, current, replicas, reason, proposals, now);
}

function selectorProblem({ selector = 'valid' }: ScaleObservation, pods: number): Condition | undefined {
  // a pod has two autoscalers, or not: where there are no pods, nobody disputes them
  if (selector === 'valid' || (selector === 'ambiguous' && pods === 0)) return undefined;
  return selector === 'missing'
    ? isFalse('InvalidSelector', "the HPA target's scale is missing a selector")
    : isFalse('AmbiguousSelector', 'pods by selector are controlled by more than one HPA');
}

function proposalOf(
  metric: HpaMetric,
  reading: MetricReading | undefined,
  { pods }: Observation,
  scale: ScaleObservation,
  tolerances: Tolerances,
  settings: ControllerSettings,
  now: number,
): Proposal {
  if (reading === undefined || reading.kind === 'missing') return { error: reading?.message ?? 'nobody served it' };
  if (metric.type === 'Object' || metric.type === 'External') {
    if (reading.kind !== 'values') return { error: 'values of pods, where one amount was asked for' };
    return amountProposal(metric, reading.values, pods, scale, tolerances);
  }
  if (reading.kind !== 'pods') return { error: 'one amount, where values of pods were asked for' };
  return podsProposal(metric, reading.values, pods, scale.specReplicas, tolerances, settings, now);
}

/** The first of the largest; one that asks for none gives way to any that follows, as the controller has it. */
function largest(proposals: readonly Proposal[]): Exclude<Proposal, { error: string }> | undefined {
  let best: Exclude<Proposal, { error: string }> | undefined;
  for (const proposal of proposals) {
    if ('error' in proposal) continue;
    if (best === undefined || best.replicas === 0 || proposal.replicas > best.replicas) best = proposal;
  }
  return best;
}

const FAILED = {
  Resource: 'FailedGetResourceMetric',
  ContainerResource: 'FailedGetContainerResourceMetric',
  Pods: 'FailedGetPodsMetric',
  Object: 'FailedGetObjectMetric',
  External: 'FailedGetExternalMetric',
} as const;

function unable(metric: HpaMetric | undefined, proposal: Proposal | undefined): Condition {
  const why = proposal !== undefined && 'error' in proposal ? proposal.error : 'no metric';
  return isFalse(
    metric === undefined ? 'InvalidMetricSourceType' : FAILED[metric.type],
    `the HPA was unable to compute the replica count: ${why}`,
  );
}

function withConditions(state: HpaState, conditions: Partial<Record<ConditionType, Condition>>): HpaState {
  return { ...state, conditions: { ...state.conditions, ...conditions } };
}

function withRecommendation(state: HpaState, replicas: number, at: number): HpaState {
  return { ...state, recommendations: [...state.recommendations, { replicas, at }] };
}

/** Nothing can be said in this round. */
function stopped(
  state: HpaState,
  reason: string,
  conditions: Partial<Record<ConditionType, Condition>>,
  proposals: readonly Proposal[] = [],
): HpaRound {
  const after = withConditions(state, conditions);
  return {
    decision: { rescale: undefined, desiredReplicas: undefined, reason, proposals, conditions: after.conditions },
    state: after,
  };
}

/** It stays as it is. */
function left(state: HpaState, replicas: number, reason: string, proposals: readonly Proposal[]): HpaRound {
  const { conditions } = state;
  return { decision: { rescale: undefined, desiredReplicas: replicas, reason, proposals, conditions }, state };
}

function rescaled(
  state: HpaState,
  spec: HpaSpec,
  current: number,
  desired: number,
  reason: string,
  proposals: readonly Proposal[],
  now: number,
): HpaRound {
  const toZero = current > 0 && desired === 0 && spec.minReplicas === 0 && seesWithoutPods(spec);
  const after = withConditions(withScaleEvent(state, spec, current, desired, now), {
    AbleToScale: isTrue('SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`),
    ScaledToZero: toZero
      ? isTrue('ScaledToZero', 'the HPA controller scaled the workload to zero')
      : isFalse('NotScaledToZero', 'the HPA controller did not scale the workload to zero'),
  });
  return {
    decision: { rescale: desired, desiredReplicas: desired, reason, proposals, conditions: after.conditions },
    state: after,
  };
}

function withScaleEvent(
  { ...state }: HpaState,
  spec: HpaSpec,
  current: number,
  desired: number,
  now: number,
): HpaState {
  if (spec.behavior === undefined) return state;
  const { scaleUp, scaleDown } = spec.behavior;
  return desired > current
    ? { ...state, scaleUpEvents: withEvent(state.scaleUpEvents, scaleUp, desired - current, now) }
    : { ...state, scaleDownEvents: withEvent(state.scaleDownEvents, scaleDown, current - desired, now) };
}

/**
 * The state after a round whose change the target refused: what was recommended is remembered, that it
 * scaled is not.
 *
 * @param before the state that the round began with
 */
export function afterFailedUpdate(before: HpaState, { state }: HpaRound, why: string): HpaState {
  const conditions = Object.fromEntries(Object.entries(state.conditions).filter(([type]) => type !== 'ScaledToZero'));
  const { ScaledToZero } = before.conditions;
  const now = state.at ?? 0;
  const { scaleUpEvents, scaleDownEvents } = stateAt(before, now);
  return {
    ...state,
    scaleUpEvents,
    scaleDownEvents,
    conditions: {
      ...conditions,
      ...(ScaledToZero === undefined ? {} : { ScaledToZero }),
      AbleToScale: isFalse('FailedUpdateScale', `the HPA controller was unable to update the target scale: ${why}`),
    },
  };
}
