import type { NodeInfo } from '../cluster/usage';
import type { EngineClient } from '../engine-client/engine-client';

/** What `GET /info` says, as far as it is used. */
interface Info {
  readonly Name: string;
  readonly ServerVersion: string;
  /** Processors. */
  readonly NCPU: number;
  /** Bytes. */
  readonly MemTotal: number;
  readonly Warnings?: readonly string[] | null;
}

/** The machine of an engine as a node: it is the only one, and there is no bound on the number of its containers. */
export async function engineNode(client: EngineClient, signal?: AbortSignal): Promise<NodeInfo> {
  const info = await client.call<Info>({ method: 'GET', path: '/info', signal });
  return {
    name: info.Name,
    // It has answered.
    isReady: true,
    isSchedulable: true,
    version: info.ServerVersion,
    addresses: [],
    taints: [],
    problems: info.Warnings ?? [],
    allocatable: { cpuMillis: info.NCPU * 1000, memoryBytes: info.MemTotal },
    pods: undefined,
    used: undefined,
  };
}
