import type { Issue } from '../../model/issues';
import { IssueCollector, show, TarsError } from '../../model/issues';
import type { Keys } from '../../model/props-reader';
import { PropsReader } from '../../model/props-reader';

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

/** Every type of metric. */
export const METRIC_TYPES: readonly MetricType[] = ['cpu', 'memory', 'rps', 'custom'];

const DEFAULTS: Omit<ScalingPolicy, 'metricType'> = {
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
};

const KEYS: Keys<ScalingPolicyProps> = {
  metricType: true,
  metricName: true,
  targetValue: true,
  scaleUpThreshold: true,
  scaleDownThreshold: true,
  minReplicas: true,
  maxReplicas: true,
  scaleUpCooldownSecs: true,
  scaleDownCooldownSecs: true,
  metricAggregationWindowSecs: true,
  maxStep: true,
};

/**
 * Fills in the defaults.
 * @throws TarsError TARS1001 for a property that no policy has; TARS7101 for a policy that contradicts itself; with
 *   everything that is wrong
 */
export function scalingPolicy(props: ScalingPolicyProps): ScalingPolicy {
  const collector = new IssueCollector('policy');
  const reader = new PropsReader<ScalingPolicyProps>(props, collector, KEYS);
  const given = Object.fromEntries(
    Object.keys(KEYS).flatMap((key) => {
      const value = reader.raw(key as keyof ScalingPolicyProps);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const policy = { ...DEFAULTS, ...given } as ScalingPolicy;
  const issues = [...collector.issues, ...problems(policy)];
  if (issues.length > 0) throw new TarsError(issues);
  return policy;
}

function* problems(policy: ScalingPolicy): Generator<Issue> {
  const { metricName, targetValue, scaleUpThreshold, scaleDownThreshold, minReplicas, maxReplicas } = policy;
  if (!METRIC_TYPES.includes(policy.metricType)) yield wrong('metricType', policy.metricType, METRIC_TYPES.join(', '));
  if (typeof (metricName as unknown) !== 'string') yield wrong('metricName', metricName, 'a text');
  if (!(isNumber(targetValue) && targetValue > 0)) yield wrong('targetValue', targetValue, 'a number above 0');
  if (!(isNumber(scaleUpThreshold) && scaleUpThreshold >= targetValue)) {
    yield wrong('scaleUpThreshold', scaleUpThreshold, `a number, at least targetValue (${targetValue})`);
  }
  if (!(isNumber(scaleDownThreshold) && scaleDownThreshold <= targetValue && scaleDownThreshold >= 0)) {
    yield wrong('scaleDownThreshold', scaleDownThreshold, `0 to targetValue (${targetValue})`);
  }
  if (!isWhole(minReplicas, 1)) yield wrong('minReplicas', minReplicas, 'a whole number above 0');
  if (!isWhole(maxReplicas, minReplicas)) {
    yield wrong('maxReplicas', maxReplicas, `a whole number, at least minReplicas (${minReplicas})`);
  }
  if (!isWhole(policy.maxStep, 1)) yield wrong('maxStep', policy.maxStep, 'a whole number above 0');
  for (const key of ['scaleUpCooldownSecs', 'scaleDownCooldownSecs'] as const) {
    if (!(isNumber(policy[key]) && policy[key] >= 0)) yield wrong(key, policy[key], 'seconds, 0 or more');
  }
  const window = policy.metricAggregationWindowSecs;
  if (!(isNumber(window) && window > 0)) yield wrong('metricAggregationWindowSecs', window, 'seconds, above 0');
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(value);
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
    given: typeof given === 'number' ? String(given) : show(given),
    allowed,
    remedy: `choose a ${field} that fits the rest of the policy`,
  };
}
