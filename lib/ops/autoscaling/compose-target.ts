import type { Manager } from '../manager';
import type { MetricSource } from './metric-source';
import { engineError } from '../engine-client/engine-error';
import type { LocalLock } from './local-lock';
import { takeLocalLock } from './local-lock';
import type { ReplicaTarget } from './replica-target';

/** What a Compose project has to do for an AutoScaler: a `ComposeManager`. */
export type ScaledProject = Pick<Manager, 'where' | 'selectorOf' | 'listPods' | 'scaleDeployment' | 'top'>;

/** What the use of one container is held against. */
export interface UsageBases {
  /** Thousandths of a processor that are 100 % of `cpu`. */
  readonly cpuMillis: number;
  /** Bytes that are 100 % of `memory`. */
  readonly memoryBytes: number;
}

/** Whether to change it, and by whom. */
export interface ComposeTargetOptions {
  /** Whether everything is looked at and nothing is changed; then nobody else is kept out. @default false */
  readonly dryRun?: boolean | undefined;
  /** What others are told of who scales. @default an AutoScaler of cdk8s-tars */
  readonly holder?: string;
}

/**
 * A service of a Compose project, scaled by Compose: containers that run stay as they are. Of those who scale so on
 * this machine, one at a time has the service.
 */
export function composeTarget(
  project: ScaledProject,
  { dryRun = false, holder = 'an AutoScaler of cdk8s-tars' }: ComposeTargetOptions = {},
): ReplicaTarget {
  const locks = new Map<string, LocalLock>();
  const hold = async (name: string): Promise<void> => {
    if (dryRun || locks.has(name)) return;
    const lock = await takeLocalLock(`autoscale ${project.where}, service ${name}`, holder);
    if ('heldBy' in lock) {
      throw engineError('ManagedByAutoscaler', `${lock.heldBy} scales ${name} already: two would fight`, {
        remedy: 'end the other one, such as a `tars autoscale run`',
      });
    }
    locks.set(name, lock);
  };
  return {
    managedBy: () => Promise.resolve(undefined), // Compose knows no autoscaler
    hold,
    release: async (name) => {
      const lock = locks.get(name);
      locks.delete(name);
      await lock?.release();
    },
    read: async (name, signal) => {
      const containers = await project.listPods(await project.selectorOf({ name }, signal), signal);
      return { replicas: containers.length, ready: containers.filter(({ isReady }) => isReady).length };
    },
    write: async (name, from, to, signal) => {
      await hold(name);
      await project.scaleDeployment(name, to, { currentReplicas: from, dryRun, signal });
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
