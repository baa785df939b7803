import { systemsIn } from '../constructs/system';
import { cpuMetric } from '../model/cpu-metric';
import type { AutoscalingPolicy, ServiceSpec } from '../model/service-spec';
import type { HpaSpec } from '../ops/autoscaling/hpa-spec';
import type { HpaFields } from '../ops/autoscaling/read-hpa';
import { readHpa } from '../ops/autoscaling/read-hpa';
import type { SimulatedWorkload } from '../ops/autoscaling/simulated-workload';
import { compileToHpa } from '../policy/hpa';
import { CliError } from './errors';
import { EXIT } from './exit-code';
import type { Target } from './targets';

/** A service with a scaling policy about CPU, and how its autoscaler is made. */
export interface ScaledService {
  readonly path: string;
  readonly policy: AutoscalingPolicy;
  /** Percent of the request. */
  readonly targetValue: number;
  readonly workload: SimulatedWorkload;
  readonly specOf: (policy: AutoscalingPolicy) => HpaSpec;
}

/**
 * The service to play a load against.
 *
 * @param name of it; undefined: the only one there is
 * @throws CliError TARS5004 when there is none, or more than one
 */
export function scaledService(targets: readonly Target[], name: string | undefined): ScaledService {
  const all = targets.flatMap(({ app }) =>
    systemsIn(app).flatMap(({ services, settings }) =>
      services.flatMap((spec) => scaled(spec, settings.kubernetesMinor)),
    ),
  );
  const found = name === undefined ? all : all.filter(({ path }) => path === name || path.endsWith(`/${name}`));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new CliError(
    {
      code: 'TARS5004',
      severity: 'error',
      path: 'tars autoscale --service',
      message: 'it has to be one service whose policy is about CPU',
      given: name ?? 'none',
      allowed: all.map(({ path }) => path).join(', ') || 'nothing: no service has such a policy',
      remedy: 'name one of them, or turn on autoscaling in main.ts',
    },
    EXIT.notFound,
  );
}

function scaled({ path, workload, resources }: ServiceSpec, minor: number): readonly ScaledService[] {
  if (workload.kind === 'cron-job' || workload.scale.kind !== 'auto') return [];
  const { policy } = workload.scale;
  const cpu = cpuMetric(policy);
  if (cpu === undefined) return [];
  return [
    {
      path,
      policy,
      targetValue: cpu.targetValue,
      workload: { limitPercent: (resources.cpuLimitMillis / resources.cpuRequestMillis) * 100 },
      specOf: (changed) => readHpa(compileToHpa(changed, resources, minor).spec as HpaFields),
    },
  ];
}

/** The policy with another target of CPU; its thresholds move with it, as far as percents go. */
export function withCpuTarget(policy: AutoscalingPolicy, targetValue: number): AutoscalingPolicy {
  return {
    ...policy,
    metrics: policy.metrics.map((metric) =>
      metric.metricType === 'cpu'
        ? {
            ...metric,
            targetValue,
            scaleUpThreshold: Math.round((metric.scaleUpThreshold / metric.targetValue) * targetValue),
            scaleDownThreshold: Math.round((metric.scaleDownThreshold / metric.targetValue) * targetValue),
          }
        : metric,
    ),
  };
}
