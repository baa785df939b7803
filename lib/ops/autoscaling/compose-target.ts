import type { Manager } from '../manager';
import type { MetricSource } from './metric-source';
import type { ReplicaTarget } from './replica-target';

/** What a Compose project has to do for an AutoScaler: a `ComposeManager`. */
export type ScaledProject = Pick<Manager, 'selectorOf' | 'listPods' | 'scaleDeployment' | 'top'>;

/** What the use of one container is held against. */
export interface UsageBases {
  /** Thousandths of a processor that are 100 % of `cpu`. */
  readonly cpuMillis: number;
  /** Bytes that are 100 % of `memory`. */
  readonly memoryBytes: number;
}

/**
 * A service of a Compose project, scaled by Compose: containers that run stay as they are.
 *
 * @param options `dryRun`: everything is looked at, and nothing is changed
 */
export function composeTarget(project: ScaledProject, options: { readonly dryRun?: boolean } = {}): ReplicaTarget {
  return {
    managedBy: () => Promise.resolve(undefined), // Compose knows no autoscaler
    read: async (name, signal) => {
      const containers = await project.listPods(await project.selectorOf({ name }, signal), signal);
      return { replicas: containers.length, ready: containers.filter(({ isReady }) => isReady).length };
    },
    write: async (name, from, to, signal) => {
      await project.scaleDeployment(name, to, { currentReplicas: from, dryRun: options.dryRun, signal });
    },
  };
}

/** CPU and memory of a service's containers, as the engine measures them, in percent: sums over those that run. */
export function engineStatsSource(project: ScaledProject, { cpuMillis, memoryBytes }: UsageBases): MetricSource {
  return {
    read: async (service, { metricType, metricName: name }, signal) => {
      if (metricType !== 'cpu' && metricType !== 'memory') return [];
      const used = await project.top(await project.selectorOf({ name: service }, signal), signal);
      if (used.length === 0) return [];
      const total = used.reduce((sum, one) => sum + (metricType === 'cpu' ? one.cpuMillis : one.memoryBytes), 0);
      const base = used.length * (metricType === 'cpu' ? cpuMillis : memoryBytes);
      return [{ metricType, name, value: (total / base) * 100, unit: 'percent' }];
    },
  };
}
