import type { Resources, ServiceSpec } from './service-spec';

/** What pods ask for and may use at most, all together. CPU in thousandths, memory in MiB. */
export interface Demand {
  readonly pods: number;
  readonly cpuRequestMillis: number;
  readonly cpuLimitMillis: number;
  readonly memoryRequestMiB: number;
  readonly memoryLimitMiB: number;
}

/** One line of the arithmetic: a kind of pod, and how many of them at the peak. */
export interface DemandLine extends Demand {
  /** What it is, e.g. `tars/backend: 10 replicas + 1 surge`. */
  readonly label: string;
}

const NOTHING: Demand = { pods: 0, cpuRequestMillis: 0, cpuLimitMillis: 0, memoryRequestMiB: 0, memoryLimitMiB: 0 };

/** Replicas at most, without surge. */
export function maxReplicas(spec: ServiceSpec): number {
  if (spec.workload.kind === 'cron-job') return 1;
  const { scale } = spec.workload;
  return scale.kind === 'auto' ? scale.policy.maxReplicas : scale.replicas;
}

/** The peak of one service: replicas at the autoscaler's maximum, a rolling update's surge, its tasks. */
export function demandOf(spec: ServiceSpec): DemandLine[] {
  const replicas = maxReplicas(spec);
  const surge = spec.workload.kind === 'deployment' ? spec.workload.maxSurge : 0;
  const label = `${spec.path}: ${replicas} replica${replicas === 1 ? '' : 's'}${surge > 0 ? ` + ${surge} surge` : ''}`;
  return [
    line(label, spec.resources, replicas + surge),
    ...spec.tasks.map((task) => line(`${spec.path}: job ${task.name}`, task.resources, 1)),
  ];
}

function line(label: string, resources: Resources, pods: number): DemandLine {
  return {
    label,
    pods,
    cpuRequestMillis: resources.cpuRequestMillis * pods,
    cpuLimitMillis: resources.cpuLimitMillis * pods,
    memoryRequestMiB: resources.memoryRequestMiB * pods,
    memoryLimitMiB: resources.memoryLimitMiB * pods,
  };
}

/** Sum over lines. */
export function totalDemand(lines: readonly Demand[]): Demand {
  return lines.reduce<Demand>(
    (sum, one) => ({
      pods: sum.pods + one.pods,
      cpuRequestMillis: sum.cpuRequestMillis + one.cpuRequestMillis,
      cpuLimitMillis: sum.cpuLimitMillis + one.cpuLimitMillis,
      memoryRequestMiB: sum.memoryRequestMiB + one.memoryRequestMiB,
      memoryLimitMiB: sum.memoryLimitMiB + one.memoryLimitMiB,
    }),
    NOTHING,
  );
}

/** The largest pod among the services: what a LimitRange must let pass. */
export function largestPod(services: readonly ServiceSpec[]): { cpuLimitMillis: number; memoryLimitMiB: number } {
  const all = services.flatMap((s) => [s.resources, ...s.tasks.map((t) => t.resources)]);
  return {
    cpuLimitMillis: Math.max(0, ...all.map((r) => r.cpuLimitMillis)),
    memoryLimitMiB: Math.max(0, ...all.map((r) => r.memoryLimitMiB)),
  };
}

/** Numbers of the contract: the quota and limits are never below these. */
export const CONTRACT_QUOTA: Demand = {
  pods: 50,
  cpuRequestMillis: 10_000,
  cpuLimitMillis: 20_000,
  memoryRequestMiB: 20 * 1024,
  memoryLimitMiB: 40 * 1024,
};
export const CONTRACT_POD_MAX = { cpuLimitMillis: 2000, memoryLimitMiB: 2048 } as const;
export const CONTRACT_POD_MIN = { cpuMillis: 100, memoryMiB: 128 } as const;
export const CONTRACT_CONTAINER_DEFAULT = { cpuMillis: 500, memoryMiB: 512 } as const;
