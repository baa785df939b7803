import { cpuMetric } from '../model/cpu-metric';
import { formatSize } from '../model/quantities';
import type {
  AutoscalingMetric,
  AutoscalingPolicy,
  CustomMetric,
  ResourceMetric,
  Resources,
} from '../model/service-spec';
import { hasFeature } from '../model/versions';
import { toleranceMillis } from './hpa-tolerances';

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
  const cpu = cpuMetric(policy);
  const tolerance = cpu !== undefined && hasFeature(minor, 'hpaTolerance') ? tolerances(cpu) : undefined;
  const { scaleUpCooldownSecs: up, scaleDownCooldownSecs: down } = policy;
  return {
    spec: {
      minReplicas: policy.minReplicas,
      maxReplicas: policy.maxReplicas,
      metrics: policy.metrics.map((metric) => hpaMetric(metric, resources)),
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [rateLimit(up, policy)],
          ...(tolerance === undefined ? {} : { tolerance: tolerance.up }),
        },
        scaleDown: {
          stabilizationWindowSeconds: down,
          selectPolicy: 'Max',
          policies: [rateLimit(down, policy)],
          ...(tolerance === undefined ? {} : { tolerance: tolerance.down }),
        },
      },
    },
    report: [
      ...policy.metrics.map((m): FidelityRow => ({
        field: m.metricType === 'custom' ? `custom ${m.name}` : `${m.metricType}.targetValue`,
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
      cooldownRow('scaleUpCooldownSecs', up, 'a sliding rate limit'),
      cooldownRow('scaleDownCooldownSecs', down, 'a stabilization window and a sliding rate limit'),
      ...windowRow(policy),
    ],
  };
}

/** One replica in each cooldown; without one as many as there can be. */
function rateLimit(cooldown: number, { maxReplicas }: AutoscalingPolicy): object {
  return cooldown === 0
    ? { type: 'Pods', value: maxReplicas, periodSeconds: 1 }
    : { type: 'Pods', value: 1, periodSeconds: cooldown };
}

function cooldownRow(field: string, seconds: number, means: string): FidelityRow {
  return seconds === 0
    ? { field, fidelity: 'exact', detail: 'none' }
    : {
        field,
        fidelity: 'approximate',
        detail: `one replica each ${seconds} s: ${means}, which also counts what was done the other way`,
      };
}

/** The autoscaler takes each metric as it comes. */
function windowRow({ metricAggregationWindowSecs: seconds }: AutoscalingPolicy): readonly FidelityRow[] {
  if (seconds === undefined) return [];
  const detail = `no field for it: the metrics server and the adapter decide, not ${seconds} s`;
  return [{ field: 'metricAggregationWindowSecs', fidelity: 'unsupported', detail }];
}

function hpaMetric(metric: AutoscalingMetric, resources: Resources): object {
  switch (metric.metricType) {
    case 'cpu':
      return {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: metric.targetValue } },
      };
    case 'memory':
      return {
        type: 'Resource',
        resource: { name: 'memory', target: { type: 'AverageValue', averageValue: memoryTarget(metric, resources) } },
      };
    case 'rps':
      return {
        type: 'Pods',
        pods: {
          metric: { name: metric.name },
          target: { type: 'AverageValue', averageValue: String(metric.targetValue) },
        },
      };
    case 'custom':
      return customMetric(metric);
  }
}

function customMetric({ name, of, labels, target }: CustomMetric): object {
  const metric = { name, ...(Object.keys(labels).length === 0 ? {} : { selector: { matchLabels: labels } }) };
  const average = { type: 'AverageValue', averageValue: target };
  if (of === 'pods') return { type: 'Pods', pods: { metric, target: average } };
  if (of === 'external') return { type: 'External', external: { metric, target: average } };
  return { type: 'Object', object: { describedObject: of, metric, target: { type: 'Value', value: target } } };
}

/** Memory is held against the limit: against the small request it would scale to the maximum at once (decision D7). */
function memoryTarget(metric: ResourceMetric, resources: Resources): string {
  const bytes = Math.floor((resources.memoryLimitMiB * MIB * metric.targetValue) / 100);
  if (bytes % MIB === 0) return formatSize(bytes / MIB);
  return bytes % 1024 === 0 ? `${bytes / 1024}Ki` : String(bytes);
}

/** The tolerances as quantities. */
function tolerances(cpu: ResourceMetric): { up: string; down: string } {
  const text = (millis: number): string => (millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`);
  const { up, down } = toleranceMillis(cpu);
  return { up: text(up), down: text(down) };
}

function targetDetail(metric: AutoscalingMetric, resources: Resources): string {
  switch (metric.metricType) {
    case 'cpu':
      return `${metric.targetValue} % of the request`;
    case 'memory':
      return `${memoryTarget(metric, resources)}, ${metric.targetValue} % of the limit`;
    case 'rps':
      return `${metric.targetValue} ${metric.name} of each pod, from the adapter`;
    case 'custom':
      return `${metric.target}, from the adapter`;
  }
}

function thresholdRow(
  field: 'scaleUpThreshold' | 'scaleDownThreshold',
  cpu: ResourceMetric,
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
