import type { Cluster, NodeState } from './cluster';
import { attachedElsewhere, placed } from './cluster';
import { filtersFor } from './filter';
import type { Pod } from './pod';
import { scores } from './score';

/** Chooses among nodes of equal score: an index below the number of them. */
export type Choose = (count: number) => number;

/** A pod that has no place, or a place where it cannot start. */
export interface Unplaced {
  readonly pod: Pod;
  /** In the words of the scheduler, or of the controller that attaches volumes. */
  readonly reason: string;
  /** The node where it was placed and cannot start; undefined: it has no node. */
  readonly stuckOn: string | undefined;
}

/** What became of some pods. */
export interface Placement {
  readonly cluster: Cluster;
  readonly unplaced: readonly Unplaced[];
}

/**
 * Places pods one after the other, as the scheduler does: each on the node of the highest score
 * among those that no filter refuses. A pod that has no place waits, and is tried again once others
 * have theirs: it may have waited for a neighbour.
 */
export function schedule(pods: readonly Pod[], cluster: Cluster, choose: Choose): Placement {
  const stuck: Unplaced[] = [];
  let now = cluster;
  let queue = pods;
  for (;;) {
    const waiting: Unplaced[] = [];
    for (const pod of queue) {
      const { best, reason } = decide(pod, now);
      const node = best[choose(best.length)];
      if (node === undefined) {
        waiting.push({ pod, reason, stuckOn: undefined });
        continue;
      }
      stuck.push(...attachError(pod, node, now));
      now = placed(now, pod, node);
    }
    if (waiting.length === 0 || waiting.length === queue.length) {
      const unplaced = [...waiting, ...stuck].filter(({ pod }) => !pod.canWait);
      return { cluster: now, unplaced };
    }
    queue = waiting.map(({ pod }) => pod);
  }
}

/** A pod that the scheduler placed where its volume cannot be attached. */
function attachError(pod: Pod, { node }: NodeState, cluster: Cluster): readonly Unplaced[] {
  const attached = attachedElsewhere(cluster, pod, node);
  if (attached === undefined) return [];
  const claim = attached.claim.slice(attached.claim.indexOf('/') + 1);
  const reason = `it stays in ContainerCreating on ${node.name}: Multi-Attach error for volume of claim "${claim}": Volume is already used by pod(s) on ${attached.node}`;
  return [{ pod, reason, stuckOn: node.name }];
}

/** What the scheduler decides of one pod. */
export interface Decision {
  /** The nodes of the highest score, one of which it takes at random; none: the pod has to wait. */
  readonly best: readonly NodeState[];
  /** Why it has to wait, as the scheduler's event says it. */
  readonly reason: string;
}

/** Filters the nodes, and scores what is left. */
export function decide(pod: Pod, cluster: Cluster): Decision {
  if (pod.isGated) return { best: [], reason: 'Scheduling is blocked due to non-empty scheduling gates' };
  const filter = filtersFor(pod, cluster);
  const feasible: NodeState[] = [];
  const reasons = new Map<string, number>();
  for (const state of cluster.nodes) {
    const against = filter(state);
    if (against.length === 0) feasible.push(state);
    for (const reason of against) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (feasible.length === 0) return { best: [], reason: summary(cluster.nodes.length, reasons) };
  if (feasible.length === 1) return { best: feasible, reason: '' };
  const values = scores(pod, feasible, cluster);
  const most = Math.max(...values);
  return { best: feasible.filter((_, i) => values[i] === most), reason: '' };
}

/** As the event of a pod that waits says it. */
function summary(nodes: number, reasons: ReadonlyMap<string, number>): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const counted = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort(byCodeUnits);
  return `0/${nodes} nodes are available: ${counted.join(', ')}.`;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
