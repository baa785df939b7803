import type { Issue } from '../../model/issues';
import { show, TarsError } from '../../model/issues';

/** When to have more replicas of a workload, and when less. */
export interface ScalingPolicyProps {
  readonly metricType: MetricType;
  /** Tells metrics of one type apart, as in `MetricValue.name`. @default "" */
  readonly metricName?: string;
  /** Where the metric should be, in its own unit: percent for cpu and memory. @default 60 */
  readonly targetValue?: number;
  /** Above it there will be more. @default 80 */
  readonly scaleUpThreshold?: number;
  /** Below it there will be less. @default 30 */
  readonly scaleDownThreshold?: number;
  /** @default 2 */
  readonly minReplicas?: number;
  /** @default 10 */
  readonly maxReplicas?: number;
  /** Seconds after any change in which there will not be more. @default 60 */
  readonly scaleUpCooldownSecs?: number;
  /** Seconds after any change in which there will not be less. @default 300 */
  readonly scaleDownCooldownSecs?: number;
  /** Seconds over which the metric is averaged. @default 60 */
  readonly metricAggregationWindowSecs?: number;
  /** Replicas that one change adds or takes at most. @default 1 */
  readonly maxStep?: number;
}

/** What a metric is about. */
export type MetricType = 'cpu' | 'memory' | 'rps' | 'custom';

/** A policy with every default stated. */
export type ScalingPolicy = Required<ScalingPolicyProps>;

/** One value of a metric. */
export interface MetricValue {
  readonly metricType: MetricType;
  /** @default "" */
  readonly name?: string;
  readonly value: number;
  /** Milliseconds since 1970. @default when it is recorded */
  readonly timestamp?: number;
  /** Such as `percent`. All values of a metric have one unit. @default any */
  readonly unit?: string;
}

const TYPES: readonly string[] = ['cpu', 'memory', 'rps', 'custom'] satisfies readonly MetricType[];

/**
 * Fills in the defaults.
 * @throws TarsError TARS7101 for a policy that contradicts itself
 */
export function scalingPolicy(props: ScalingPolicyProps): ScalingPolicy {
  const policy: ScalingPolicy = {
    metricName: '',
    targetValue: 60,
    scaleUpThreshold: 80,
    scaleDownThreshold: 30,
    minReplicas: 2,
    maxReplicas: 10,
    scaleUpCooldownSecs: 60,
    scaleDownCooldownSecs: 300,
    metricAggregationWindowSecs: 60,
    maxStep: 1,
    ...props,
  };
  const issues = [...problems(policy)];
  if (issues.length > 0) throw new TarsError(issues);
  return policy;
}

function* problems(policy: ScalingPolicy): Generator<Issue> {
  const { targetValue, scaleUpThreshold, scaleDownThreshold, minReplicas, maxReplicas } = policy;
  if (!TYPES.includes(policy.metricType)) yield wrong('metricType', policy.metricType, TYPES.join(', '));
  if (!(targetValue > 0 && targetValue < Infinity)) yield wrong('targetValue', targetValue, 'a number above 0');
  if (!(scaleUpThreshold >= targetValue && scaleUpThreshold < Infinity)) {
    yield wrong('scaleUpThreshold', scaleUpThreshold, `a number, at least targetValue (${targetValue})`);
  }
  if (!(scaleDownThreshold <= targetValue && scaleDownThreshold >= 0)) {
    yield wrong('scaleDownThreshold', scaleDownThreshold, `0 to targetValue (${targetValue})`);
  }
  if (!isWhole(minReplicas, 1)) yield wrong('minReplicas', minReplicas, 'a whole number above 0');
  if (!isWhole(maxReplicas, minReplicas)) {
    yield wrong('maxReplicas', maxReplicas, `a whole number, at least minReplicas (${minReplicas})`);
  }
  if (!isWhole(policy.maxStep, 1)) yield wrong('maxStep', policy.maxStep, 'a whole number above 0');
  for (const key of ['scaleUpCooldownSecs', 'scaleDownCooldownSecs'] as const) {
    if (!(policy[key] >= 0 && policy[key] < Infinity)) yield wrong(key, policy[key], 'seconds, 0 or more');
  }
  const window = policy.metricAggregationWindowSecs;
  if (!(window > 0 && window < Infinity)) yield wrong('metricAggregationWindowSecs', window, 'seconds, above 0');
}

function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function wrong(field: string, given: unknown, allowed: string): Issue {
  return {
    code: 'TARS7101',
    severity: 'error',
    path: `policy.${field}`,
    message: 'a scaling policy cannot have it',
    given: show(given),
    allowed,
    remedy: `choose a ${field} that fits the rest of the policy`,
  };
}
