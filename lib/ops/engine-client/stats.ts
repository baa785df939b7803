import type { EngineClient } from './engine-client';
import { pathOf } from './containers';

/** What a container uses. */
export interface ContainerUsage {
  /** Thousandths of a processor, over the last second or two. */
  readonly cpuMillis: number;
  /** Without what the kernel can give back at once, as `docker stats` counts. */
  readonly memoryBytes: number;
  /** RFC 3339. */
  readonly measuredAt: string;
}

/** The answer, as far as it is used. */
interface Stats {
  readonly read: string;
  readonly cpu_stats?: CpuStats;
  readonly precpu_stats?: CpuStats;
  readonly memory_stats?: { readonly usage?: number; readonly stats?: Readonly<Record<string, number>> };
}

interface CpuStats {
  readonly cpu_usage?: { readonly total_usage?: number; readonly percpu_usage?: readonly number[] | null };
  /** Of the whole machine, idle time included. */
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

/**
 * What a container uses now. The engine measures for one or two seconds before it answers.
 * @returns undefined for one that does not run
 * @throws ClusterError NotFound
 * @see https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Container/operation/ContainerStats
 */
export async function containerUsage(
  client: EngineClient,
  name: string,
  signal?: AbortSignal,
): Promise<ContainerUsage | undefined> {
  const stats = await client.call<Stats>({
    method: 'GET',
    path: `${pathOf(name)}/stats`,
    query: { stream: false },
    signal,
  });
  const memory = stats.memory_stats;
  if (memory?.usage === undefined) return undefined;
  // Control groups of version 2, and of version 1.
  const cache = memory.stats?.['inactive_file'] ?? memory.stats?.['total_inactive_file'] ?? 0;
  return {
    cpuMillis: cpuMillis(stats.precpu_stats ?? {}, stats.cpu_stats ?? {}),
    memoryBytes: Math.max(0, memory.usage - cache),
    measuredAt: stats.read,
  };
}

function cpuMillis(before: CpuStats, now: CpuStats): number {
  const used = (now.cpu_usage?.total_usage ?? 0) - (before.cpu_usage?.total_usage ?? 0);
  const passed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const processors = now.online_cpus ?? now.cpu_usage?.percpu_usage?.length ?? 1;
  return used <= 0 || passed <= 0 ? 0 : (used / passed) * processors * 1000;
}
