import type { Gpu, Resources } from '../model/service-spec';
import type { FieldTable } from './answer';
import { needless, notice, rendered } from './answer';
import { Interpolation } from './interpolation';
import type { ServiceContext } from './service-context';
import { cpuVariable } from './variables';

/** Processes and threads of one container at most: far above any use, far below what harms the machine. */
const PIDS_LIMIT = 2048;

/** A context in which something runs under a name of its own: a service or a task. */
export interface ResourcesContext extends ServiceContext {
  /** Name of the Compose service. */
  readonly name: string;
  /** Limit while the code is being worked on; undefined: as in production. */
  readonly developmentLimitMiB: number | undefined;
}

export const RESOURCES: FieldTable<Resources, ResourcesContext> = {
  // As the kubelet does: a share of 1024 for each core that is asked for.
  cpuRequestMillis: ({ cpuRequestMillis }) =>
    rendered({ cpu_shares: Math.max(2, Math.floor((cpuRequestMillis * 1024) / 1000)) }),
  memoryRequestMiB: (resources, context) =>
    rendered({
      deploy: {
        resources: { reservations: { memory: `${Math.min(resources.memoryRequestMiB, memoryLimit(resources, context))}M` } },
      },
    }),
  memoryLimitMiB: (resources, context) =>
    rendered({ deploy: { resources: { limits: { memory: `${memoryLimit(resources, context)}M` } } } }),
  // The engine refuses more CPUs than the machine has, so there is no limit unless one is asked for.
  cpuLimitMillis: (_, { project, name }) => {
    const cpus = new Interpolation([{ kind: 'default', name: cpuVariable(project, name), value: '0' }]);
    return rendered({ deploy: { resources: { limits: { cpus, pids: PIDS_LIMIT } } } });
  },
  storageRequestMiB: () => needless('nothing is scheduled'),
  storageLimitMiB: () =>
    notice('limit what a container writes to its own disk', "the engine can do so on few file systems only: keep an eye on the disk"),
};

function memoryLimit(resources: Resources, context: ResourcesContext): number {
  return context.developmentLimitMiB ?? resources.memoryLimitMiB;
}

export const GPU: FieldTable<Gpu, ServiceContext> = {
  count: (gpu) =>
    rendered({
      deploy: { resources: { reservations: { devices: [{ driver: 'nvidia', count: gpu.count, capabilities: ['gpu'] }] } } },
    }),
  runtimeClassName: () => needless('the device reservation chooses the runtime'),
  tolerationKeys: () => needless('one machine, no taints'),
};
