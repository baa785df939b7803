import type { PodUsage } from '../cluster/usage';
import { isClusterError } from '../cluster-client/cluster-error';
import type { Container } from '../engine-client/containers';
import { containerUsage } from '../engine-client/stats';
import { containersOf, labelsOf, nameOf } from './compose-project';
import type { ProjectPlace } from './compose-project';
import { together } from './together';

/** Compose's weight of one processor. */
const SHARES = 1024;

/** CPU and memory of the containers that run, the busiest first. The engine measures for a second or two. */
export async function composeUsage(
  place: ProjectPlace,
  labelSelector?: string,
  signal?: AbortSignal,
): Promise<readonly PodUsage[]> {
  const containers = await containersOf(place, labelsOf(labelSelector), signal);
  const running = containers.filter(({ State: state }) => state.Running);
  const all = await together(running, (one) => usageOf(place, one, signal));
  return all.flat().sort((a, b) => b.cpuMillis - a.cpuMillis || a.pod.localeCompare(b.pod));
}

async function usageOf({ client }: ProjectPlace, container: Container, signal?: AbortSignal): Promise<PodUsage[]> {
  const { HostConfig: host, Id: id } = container;
  try {
    const used = await containerUsage(client, id, signal);
    if (used === undefined) return [];
    return [
      {
        pod: nameOf(container),
        ...used,
        requests: { cpuMillis: (host.CpuShares * 1000) / SHARES, memoryBytes: host.MemoryReservation },
        limits: { cpuMillis: host.NanoCpus / 1e6, memoryBytes: host.Memory },
      },
    ];
  } catch (error) {
    // It ended meanwhile.
    if (isClusterError(error, 'NotFound')) return [];
    throw error;
  }
}
