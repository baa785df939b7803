import { toleranceMillis } from '../../policy/hpa-tolerances';
import type { HpaMetric, HpaSpec, ScalingRules } from './hpa-spec';
import type { MetricReading, Observation, PodObservation } from './observation';
import type { ScalingPolicy } from './scaling-policy';
import type { ReplicaObservation } from './threshold-engine';
import { keyOf } from './threshold-engine';

/** Thousandths of a processor that each replica is taken to ask for: percents of it come to whole numbers. */
const REQUEST_MILLI = 1_000_000;
/** Sums of so much are still numbers. */
const MOST = 1e200;

/**
 * Policies as the spec of a HorizontalPodAutoscaler, by the rules by which `compileToHpa` writes one. There is one band,
 * one rate and one pair of bounds for all of them: see docs/decisions/one-band-for-all-metrics.md. The order of the
 * policies does not matter.
 */
export function policiesAsHpa(policies: readonly [ScalingPolicy, ...ScalingPolicy[]]): HpaSpec {
  const largest = (of: (policy: ScalingPolicy) => number, among: readonly ScalingPolicy[] = policies): number =>
    Math.max(...among.map(of));
  const cpu = policies.filter(({ metricType }) => metricType === 'cpu');
  const leading = cpu.length > 0 ? cpu : policies;
  const minReplicas = largest((policy) => policy.minReplicas);
  const maxReplicas = Math.max(
    minReplicas,
    largest((policy) => policy.maxReplicas),
  );
  const maxStep = largest((policy) => policy.maxStep, leading);
  const up = largest(({ scaleUpCooldownSecs }) => scaleUpCooldownSecs);
  const down = largest(({ scaleDownCooldownSecs }) => scaleDownCooldownSecs);
  return {
    minReplicas,
    maxReplicas,
    metrics: policies.map(metricOf),
    behavior: {
      scaleUp: { ...rules(maxStep, maxReplicas, up, 0), tolerance: largest((one) => bandOf(one).up, leading) },
      scaleDown: { ...rules(maxStep, maxReplicas, down, down), tolerance: largest((one) => bandOf(one).down, leading) },
    },
  };
}

function rules(maxStep: number, maxReplicas: number, cooldown: number, window: number): ScalingRules {
  return {
    stabilizationWindowSeconds: window,
    selectPolicy: 'Max',
    policies: [
      cooldown === 0
        ? { type: 'Pods', value: maxReplicas, periodSeconds: 1 }
        : { type: 'Pods', value: maxStep, periodSeconds: cooldown },
    ],
  };
}

/** Tolerances, as fractions. */
function bandOf(policy: ScalingPolicy): { readonly up: number; readonly down: number } {
  if (policy.metricType !== 'cpu') {
    const { targetValue, scaleUpThreshold, scaleDownThreshold } = policy;
    return { up: scaleUpThreshold / targetValue - 1, down: 1 - scaleDownThreshold / targetValue };
  }
  const { up, down } = toleranceMillis(policy);
  return { up: fractionOfMillis(up), down: fractionOfMillis(down) };
}

/** To the last bit what `341m` is for the controller. */
function fractionOfMillis(millis: number): number {
  return millis % 1000 === 0 ? millis / 1000 : millis * 1e-3;
}

function metricOf({ metricType, metricName, targetValue }: ScalingPolicy): HpaMetric {
  if (metricType === 'cpu') {
    return { type: 'Resource', resource: 'cpu', target: { averageUtilization: targetValue } };
  }
  const averageValueMilli = targetValue * 1000;
  if (metricType === 'memory') return { type: 'Resource', resource: 'memory', target: { averageValueMilli } };
  return { type: 'Pods', name: metricName === '' ? metricType : metricName, averageValueMilli };
}

/** What the controller would see of such a workload: the mean of a metric is the value of each replica. */
export function asHpaObservation(
  policies: readonly ScalingPolicy[],
  { replicas, ready }: ReplicaObservation,
  means: readonly (number | undefined)[],
  now: number,
): Observation {
  const pods = [podsOf('ready', Math.min(ready, replicas)), podsOf('not ready', Math.max(0, replicas - ready))].filter(
    ({ count = 0 }) => count > 0,
  );
  return {
    scale: { specReplicas: replicas, statusReplicas: replicas },
    pods,
    readings: policies.map((policy, index): MetricReading => {
      const mean = means[index];
      if (mean === undefined) return { kind: 'missing', message: `${keyOf(policy)} has no value in the window` };
      const bounded = Math.min(Math.max(mean, -MOST), MOST);
      const value = Math.round(policy.metricType === 'cpu' ? (bounded * REQUEST_MILLI) / 100 : bounded * 1000);
      return {
        kind: 'pods',
        values: new Map(pods.map(({ name }) => [name, { value, timestamp: now, windowMs: 0 }])),
      };
    }),
  };
}

function podsOf(name: 'ready' | 'not ready', count: number): PodObservation {
  return {
    name,
    phase: 'Running',
    deleting: false,
    ready: { status: name === 'ready' ? 'True' : 'False', since: 0 },
    startTime: 0,
    containers: [{ name: 'main', requests: { cpu: REQUEST_MILLI } }],
    count,
  };
}
