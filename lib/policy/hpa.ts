import { formatSize } from '../model/quantities';
import type { AutoscalingMetric, AutoscalingPolicy, Resources } from '../model/service-spec';
import { hasFeature } from '../model/versions';

/** How closely an engine follows one field of a policy. */
export interface FidelityRow {
  readonly field: string;
  readonly fidelity: 'exact' | 'approximate' | 'unsupported';
  readonly detail: string;
}

/** A policy as a HorizontalPodAutoscaler, and what became of each of its fields. */
export interface HpaCompilation {
  /** The spec, without its target. */
  readonly spec: object;
  readonly report: readonly FidelityRow[];
}

const MIB = 1024 * 1024;

/**
 * Compiles a policy to autoscaling/v2.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
export function compileToHpa(policy: AutoscalingPolicy, resources: Resources, minor: number): HpaCompilation {
  const cpu = policy.metrics.find((m) => m.metricType === 'cpu');
  const tolerance = cpu !== undefined && hasFeature(minor, 'hpaTolerance') ? tolerances(cpu) : undefined;
  return {
    spec: {
      minReplicas: policy.minReplicas,
      maxReplicas: policy.maxReplicas,
      metrics: policy.metrics.map((metric) => resourceMetric(metric, resources)),
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [{ type: 'Pods', value: 1, periodSeconds: Math.max(1, policy.scaleUpCooldownSecs) }],
          ...(tolerance === undefined ? {} : { tolerance: tolerance.up }),
        },
        scaleDown: {
          stabilizationWindowSeconds: policy.scaleDownCooldownSecs,
          selectPolicy: 'Max',
          policies: [{ type: 'Pods', value: 1, periodSeconds: Math.max(1, policy.scaleDownCooldownSecs) }],
          ...(tolerance === undefined ? {} : { tolerance: tolerance.down }),
        },
      },
    },
    report: [
      ...policy.metrics.map((m): FidelityRow => ({
        field: `${m.metricType}.targetValue`,
        fidelity: 'exact',
        detail: targetDetail(m, resources),
      })),
      ...(cpu === undefined
        ? []
        : [
            thresholdRow('scaleUpThreshold', cpu, tolerance?.up),
            thresholdRow('scaleDownThreshold', cpu, tolerance?.down),
          ]),
      { field: 'minReplicas', fidelity: 'exact', detail: String(policy.minReplicas) },
      { field: 'maxReplicas', fidelity: 'exact', detail: String(policy.maxReplicas) },
      {
        field: 'scaleUpCooldownSecs',
        fidelity: 'approximate',
        detail: `one replica each ${policy.scaleUpCooldownSecs} s: a sliding rate limit`,
      },
      {
        field: 'scaleDownCooldownSecs',
        fidelity: 'approximate',
        detail: `a stabilization window and one replica each ${policy.scaleDownCooldownSecs} s`,
      },
    ],
  };
}

function resourceMetric(metric: AutoscalingMetric, resources: Resources): object {
  if (metric.metricType === 'cpu') {
    return {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: metric.targetValue } },
    };
  }
  return {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'AverageValue', averageValue: memoryTarget(metric, resources) } },
  };
}

/** Memory is held against the limit: against the small request it would scale to the maximum at once (decision D7). */
function memoryTarget(metric: AutoscalingMetric, resources: Resources): string {
  const bytes = Math.floor((resources.memoryLimitMiB * MIB * metric.targetValue) / 100);
  if (bytes % MIB === 0) return formatSize(bytes / MIB);
  return bytes % 1024 === 0 ? `${bytes / 1024}Ki` : String(bytes);
}

/**
 * Tolerances that make the controller's ratio test the thresholds' own: utilization is a whole
 * number, so half a percent past a threshold separates "above" from "at".
 */
function tolerances(cpu: AutoscalingMetric): { up: string; down: string } {
  const millis = (distance: number): string => {
    const value = Math.max(0, Math.floor((distance * 1000) / cpu.targetValue));
    return value % 1000 === 0 ? String(value / 1000) : `${value}m`;
  };
  return {
    up: millis(cpu.scaleUpThreshold + 0.5 - cpu.targetValue),
    down: millis(cpu.targetValue - cpu.scaleDownThreshold + 0.5),
  };
}

function targetDetail(metric: AutoscalingMetric, resources: Resources): string {
  return metric.metricType === 'cpu'
    ? `${metric.targetValue} % of the request`
    : `${memoryTarget(metric, resources)}, ${metric.targetValue} % of the limit`;
}

function thresholdRow(
  field: 'scaleUpThreshold' | 'scaleDownThreshold',
  cpu: AutoscalingMetric,
  tolerance: string | undefined,
): FidelityRow {
  if (tolerance !== undefined) return { field, fidelity: 'exact', detail: `tolerance ${tolerance}` };
  const edge = field === 'scaleUpThreshold' ? cpu.targetValue * 1.1 : cpu.targetValue * 0.9;
  return {
    field,
    fidelity: 'approximate',
    detail: `a server before 1.35 has one tolerance of 10 %: it acts past ${Math.round(edge)} %, not ${cpu[field]} %`,
  };
}
