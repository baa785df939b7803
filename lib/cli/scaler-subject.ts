import { systemsIn } from '../constructs/system';
import type { AutoscalingMetric, AutoscalingPolicy, ServiceSpec } from '../model/service-spec';
import type { UsageBases } from '../ops/autoscaling/compose-target';
import { milliOf } from '../ops/autoscaling/quantities';
import type { ScalingPolicyProps } from '../ops/autoscaling/scaling-policy';
import { CliError } from './errors';
import { EXIT } from './exit-code';
import type { Target } from './targets';

/** A service of the model that is to be scaled, by its policy. */
export interface ScalerSubject {
  /** Name on Compose, which is the component on Kubernetes. */
  readonly name: string;
  readonly policies: readonly ScalingPolicyProps[];
  readonly bases: UsageBases;
}

const MIB = 2 ** 20;

/**
 * The service whose policy is followed.
 *
 * @param name of it; undefined: the only one there is
 * @throws CliError TARS5004 when there is none, or more than one
 */
export function scalerSubject(targets: readonly Target[], name: string | undefined): ScalerSubject {
  const all = targets.flatMap(({ app }) => systemsIn(app).flatMap(({ services }) => services.flatMap(subject)));
  const found = name === undefined ? all : all.filter((one) => one.name === name);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new CliError(
    {
      code: 'TARS5004',
      severity: 'error',
      path: 'tars autoscale run [service]',
      message: 'it has to be one service with a scaling policy',
      given: name ?? 'none',
      allowed: all.map((one) => one.name).join(', ') || 'nothing: no service has a policy',
      remedy: 'name one of them, or turn on autoscaling in main.ts',
    },
    EXIT.notFound,
  );
}

function subject({ composeName, workload, resources }: ServiceSpec): readonly ScalerSubject[] {
  if (workload.kind === 'cron-job' || workload.scale.kind !== 'auto') return [];
  const { policy } = workload.scale;
  return [
    {
      name: composeName,
      policies: policiesOf(policy),
      bases: { cpuMillis: resources.cpuRequestMillis, memoryBytes: resources.memoryLimitMiB * MIB },
    },
  ];
}

/** A policy of main.ts, by metric, as an AutoScaler has it. */
export function policiesOf(policy: AutoscalingPolicy): readonly ScalingPolicyProps[] {
  return policy.metrics.map((metric) => policyOf(metric, policy));
}

/** Where a policy says no window, the mean over two looks counts: one of them may have found no value. */
export function withWindows(
  policies: readonly ScalingPolicyProps[],
  intervalMs: number,
): readonly ScalingPolicyProps[] {
  const metricAggregationWindowSecs = (2 * intervalMs) / 1000;
  return policies.map((policy) => ({ metricAggregationWindowSecs, ...policy }));
}

function policyOf(metric: AutoscalingMetric, policy: AutoscalingPolicy): ScalingPolicyProps {
  const { minReplicas, maxReplicas, scaleUpCooldownSecs, scaleDownCooldownSecs } = policy;
  const { metricAggregationWindowSecs: window } = policy;
  return {
    ...{ minReplicas, maxReplicas, scaleUpCooldownSecs, scaleDownCooldownSecs },
    ...(window === undefined ? {} : { metricAggregationWindowSecs: window }),
    ...thresholds(metric),
  };
}

/** A metric without thresholds has the controller's tolerance around its target. */
function thresholds(
  metric: AutoscalingMetric,
): Pick<ScalingPolicyProps, 'metricType' | 'metricName' | 'targetValue' | 'scaleUpThreshold' | 'scaleDownThreshold'> {
  switch (metric.metricType) {
    case 'cpu': {
      const { metricType, targetValue, scaleUpThreshold, scaleDownThreshold } = metric;
      return { metricType, targetValue, scaleUpThreshold, scaleDownThreshold };
    }
    case 'memory': // the thresholds of a policy are those of CPU
      return { metricType: 'memory', ...around(metric.targetValue) };
    case 'rps':
      return { metricType: 'rps', ...around(metric.targetValue) };
    case 'custom':
      return { metricType: 'custom', metricName: metric.name, ...around((milliOf(metric.target) ?? 0) / 1000) };
  }
}

function around(
  targetValue: number,
): Pick<ScalingPolicyProps, 'targetValue' | 'scaleUpThreshold' | 'scaleDownThreshold'> {
  return { targetValue, scaleUpThreshold: targetValue * 1.1, scaleDownThreshold: targetValue * 0.9 };
}
