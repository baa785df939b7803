import type { Node } from './node';
import { ZONE } from './node';
import type { Pod } from './pod';
import type { Labels } from '../label-requirement';

/** A node and what runs on it. */
export interface NodeState {
  readonly node: Node;
  readonly pods: readonly Pod[];
  readonly used: Readonly<Record<string, number>>;
  readonly guessed: { readonly cpu: number; readonly memory: number };
}

/** Nodes, the pods on them, and where their volumes are. A value: placing a pod makes another. */
export interface Cluster {
  readonly nodes: readonly NodeState[];
  /** Zone of the volume of each claim that cannot leave its zone. */
  readonly zones: ReadonlyMap<string, string>;
  readonly namespaceLabels: (namespace: string) => Labels;
}

export function emptyCluster(nodes: readonly Node[], namespaceLabels: Cluster['namespaceLabels']): Cluster {
  return {
    nodes: nodes.map((node) => ({ node, pods: [], used: {}, guessed: { cpu: 0, memory: 0 } })),
    zones: new Map(),
    namespaceLabels,
  };
}

/** The cluster with the pod on the node. A volume is made in the zone of the first pod that mounts it. */
export function placed(cluster: Cluster, pod: Pod, on: NodeState): Cluster {
  const used: Record<string, number> = { ...on.used };
  for (const [name, amount] of Object.entries(pod.requests)) used[name] = (used[name] ?? 0) + amount;
  const next: NodeState = {
    node: on.node,
    pods: [...on.pods, pod],
    used,
    guessed: { cpu: on.guessed.cpu + pod.guessed.cpu, memory: on.guessed.memory + pod.guessed.memory },
  };
  const zone = on.node.labels[ZONE];
  const fresh = pod.claims.filter(({ key, accessModes }) => isZonal(accessModes) && !cluster.zones.has(key));
  return {
    ...cluster,
    nodes: cluster.nodes.map((state) => (state === on ? next : state)),
    zones:
      zone === undefined || fresh.length === 0
        ? cluster.zones
        : new Map([...cluster.zones, ...fresh.map(({ key }): [string, string] => [key, zone])]),
  };
}

/** The cluster without these nodes, and the pods that have to go elsewhere. */
export function without(cluster: Cluster, lost: ReadonlySet<string>): { cluster: Cluster; evicted: readonly Pod[] } {
  const gone = cluster.nodes.filter(({ node }) => lost.has(node.name));
  return {
    cluster: { ...cluster, nodes: cluster.nodes.filter(({ node }) => !lost.has(node.name)) },
    // What a DaemonSet made for a node ends with it.
    evicted: gone.flatMap(({ pods }) => pods).filter(({ onlyOn }) => onlyOn === undefined),
  };
}

/** A disk that one node at a time can attach stays in its zone; a file system that many mount is taken to be in all. */
export function isZonal(accessModes: readonly string[] | undefined): boolean {
  return accessModes !== undefined && !accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
}

/** A node that holds another pod with a claim of this one, which only one node at a time can attach. */
export function attachedElsewhere(
  cluster: Cluster,
  pod: Pod,
  on: Node,
): { readonly claim: string; readonly node: string } | undefined {
  for (const { key, accessModes } of pod.claims) {
    if (!isZonal(accessModes)) continue;
    const other = cluster.nodes.find(
      ({ node, pods }) => node.name !== on.name && pods.some(({ claims }) => claims.some((c) => c.key === key)),
    );
    if (other !== undefined) return { claim: key, node: other.node.name };
  }
  return undefined;
}
