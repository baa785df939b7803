import type { LabelSelector } from '../cluster-client/objects';
import type { AmountTarget, HpaBehavior, HpaMetric, HpaSpec, RatePolicy, ScalingRules } from './hpa-spec';
import { BEHAVIOR_DEFAULTS } from './hpa-spec';
import { fractionOf, milliOf } from './quantities';

/** The spec of a HorizontalPodAutoscaler of autoscaling/v2, as it stands in YAML. */
export interface HpaFields {
  readonly minReplicas?: number | undefined;
  readonly maxReplicas: number;
  readonly metrics?: readonly MetricFields[] | undefined;
  readonly behavior?: BehaviorFields | undefined;
}

export interface BehaviorFields {
  readonly scaleUp?: RulesFields | undefined;
  readonly scaleDown?: RulesFields | undefined;
}

export interface RulesFields {
  readonly stabilizationWindowSeconds?: number | undefined;
  readonly selectPolicy?: string | undefined;
  readonly policies?: readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[];
  readonly tolerance?: string | number | undefined;
}

export interface TargetFields {
  readonly averageUtilization?: number | undefined;
  readonly averageValue?: string | number | undefined;
  readonly value?: string | number | undefined;
}

export interface IdentityFields {
  readonly name: string;
  readonly selector?: LabelSelector | undefined;
}

/** One metric, as it stands in YAML. */
export interface MetricFields {
  readonly type: string;
  readonly resource?: { readonly name: string; readonly target: TargetFields };
  readonly containerResource?: { readonly name: string; readonly container: string; readonly target: TargetFields };
  readonly pods?: { readonly metric: IdentityFields; readonly target: TargetFields };
  readonly external?: { readonly metric: IdentityFields; readonly target: TargetFields };
  readonly object?: {
    readonly metric: IdentityFields;
    readonly target: TargetFields;
    readonly describedObject: { readonly kind: string; readonly name: string; readonly apiVersion?: string };
  };
}

/** What a spec without metrics means. */
const DEFAULT_METRICS: readonly HpaMetric[] = [
  { type: 'Resource', resource: 'cpu', target: { averageUtilization: 80 } },
];

/**
 * Reads the spec of a HorizontalPodAutoscaler, with the defaults of the API server.
 *
 * @throws {TypeError} for a metric or a quantity that no API server would have let in
 * @see https://kubernetes.io/docs/reference/kubernetes-api/autoscaling/horizontal-pod-autoscaler-v2/
 */
export function readHpa({ minReplicas = 1, maxReplicas, metrics = [], behavior }: HpaFields): HpaSpec {
  return {
    minReplicas,
    maxReplicas,
    metrics: metrics.length === 0 ? DEFAULT_METRICS : metrics.map(readMetric),
    ...(behavior === undefined ? {} : { behavior: readBehavior(behavior) }),
  };
}

function readMetric({ type, resource, containerResource, pods, object, external }: MetricFields): HpaMetric {
  if (type === 'Resource' && resource !== undefined) {
    return { type, resource: resource.name, target: podsTarget(resource.target) };
  }
  if (type === 'ContainerResource' && containerResource !== undefined) {
    const { name, container, target } = containerResource;
    return { type, resource: name, container, target: podsTarget(target) };
  }
  if (type === 'Pods' && pods !== undefined) {
    return { type, name: pods.metric.name, averageValueMilli: milli(pods.target.averageValue) };
  }
  if (type === 'Object' && object !== undefined) {
    const { metric, describedObject, target } = object;
    return { type, ...identity(metric), kind: describedObject.kind, target: amountTarget(target) };
  }
  if (type === 'External' && external !== undefined) {
    return { type, ...identity(external.metric), target: amountTarget(external.target) };
  }
  throw new TypeError(`not a metric of autoscaling/v2: type ${JSON.stringify(type)} without its part`);
}

function identity({ name, selector }: IdentityFields): Pick<HpaMetric & { type: 'External' }, 'name' | 'labels'> {
  return selector === undefined ? { name } : { name, labels: selector.matchLabels ?? {} };
}

function podsTarget({ averageUtilization, averageValue }: TargetFields): (HpaMetric & { type: 'Resource' })['target'] {
  if (averageValue !== undefined) return { averageValueMilli: milli(averageValue) };
  if (averageUtilization === undefined) throw new TypeError('a target needs averageUtilization or averageValue');
  return { averageUtilization };
}

function amountTarget({ averageValue, value }: TargetFields): AmountTarget {
  return averageValue === undefined ? { valueMilli: milli(value) } : { averageValueMilli: milli(averageValue) };
}

function milli(quantity: string | number | undefined): number {
  const value = quantity === undefined ? undefined : milliOf(quantity);
  if (value === undefined) throw new TypeError(`not a quantity: ${JSON.stringify(quantity)}`);
  return value;
}

function readBehavior({ scaleUp, scaleDown }: BehaviorFields): HpaBehavior {
  return {
    scaleUp: readRules(scaleUp, BEHAVIOR_DEFAULTS.scaleUp),
    scaleDown: readRules(scaleDown, BEHAVIOR_DEFAULTS.scaleDown),
  };
}

function readRules(rules: RulesFields | undefined, defaults: ScalingRules): ScalingRules {
  if (rules === undefined) return defaults;
  const tolerance = rules.tolerance === undefined ? undefined : fractionOf(rules.tolerance);
  const window = rules.stabilizationWindowSeconds ?? defaults.stabilizationWindowSeconds;
  return {
    ...(window === undefined ? {} : { stabilizationWindowSeconds: window }),
    selectPolicy: (rules.selectPolicy as ScalingRules['selectPolicy'] | undefined) ?? defaults.selectPolicy,
    policies: (rules.policies as readonly RatePolicy[] | undefined) ?? defaults.policies,
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}
