import type { HpaSpec, ScalingRules } from './hpa-spec';
import type { MetricReading, Observation, PodObservation } from './observation';
import type { ScalingPolicy } from './scaling-policy';
import type { ReplicaObservation } from './threshold-engine';

/**
 * Policies as the spec of a HorizontalPodAutoscaler, as far as there is a field for them: the thresholds as
 * tolerances around the target, the cooldowns as windows and rates. Each metric is one value for the whole
 * workload, its mean over the window.
 */
export function policiesAsHpa(policies: readonly [ScalingPolicy, ...ScalingPolicy[]]): HpaSpec {
  const [first] = policies;
  const minReplicas = Math.max(...policies.map((policy) => policy.minReplicas));
  const up = Math.max(...policies.map(({ scaleUpCooldownSecs }) => scaleUpCooldownSecs));
  const down = Math.max(...policies.map(({ scaleDownCooldownSecs }) => scaleDownCooldownSecs));
  return {
    minReplicas,
    maxReplicas: Math.max(minReplicas, ...policies.map((policy) => policy.maxReplicas)),
    metrics: policies.map(({ metricType, metricName, targetValue }) => ({
      type: 'External',
      name: metricName === '' ? metricType : metricName,
      target: { valueMilli: Math.round(targetValue * 1000) },
    })),
    behavior: {
      scaleUp: { ...rules(first, up, 0), tolerance: first.scaleUpThreshold / first.targetValue - 1 },
      scaleDown: { ...rules(first, down, down), tolerance: 1 - first.scaleDownThreshold / first.targetValue },
    },
  };
}

function rules({ maxStep, maxReplicas }: ScalingPolicy, cooldown: number, window: number): ScalingRules {
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

/** What the controller would see of such a workload. */
export function asHpaObservation(
  { replicas, ready }: ReplicaObservation,
  means: readonly (number | undefined)[],
): Observation {
  return {
    scale: { specReplicas: replicas, statusReplicas: replicas },
    pods: Array.from({ length: replicas }, (_, index) => podOf(index, index < ready)),
    readings: means.map((mean): MetricReading =>
      mean === undefined
        ? { kind: 'missing', message: 'no value in the window' }
        : { kind: 'values', values: [Math.round(mean * 1000)] },
    ),
  };
}

function podOf(index: number, isReady: boolean): PodObservation {
  return {
    name: String(index),
    phase: 'Running',
    deleting: false,
    ready: { status: isReady ? 'True' : 'False', since: 0 },
    startTime: 0,
    containers: [],
  };
}
