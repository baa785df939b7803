import type { Cluster, NodeState } from './cluster';
import { countSelected, isIncluded } from './filter';
import { HOSTNAME } from './node';
import { preference } from './node-affinity';
import type { Pod } from './pod';
import type { PodTerm } from './pod-affinity';
import { isAbout } from './pod-affinity';
import { untolerated } from './tolerations';

const MOST = 100;

/**
 * The scheduler's default scores with its weights, of the nodes where the pod can run: they say
 * where it goes, and so what is left for the next one. Locality of images counts nothing: no node has any.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/apis/config/v1/default_plugins.go
 */
export function scores(pod: Pod, feasible: readonly NodeState[], cluster: Cluster): readonly number[] {
  const plugins: readonly (readonly [weight: number, values: readonly number[]])[] = [
    [
      3,
      proportional(
        feasible.map((state) => disliked(pod, state)),
        true,
      ),
    ],
    [
      2,
      pod.affinity.preferred.length === 0
        ? []
        : proportional(
            feasible.map(({ node }) => preference(pod.affinity, node)),
            false,
          ),
    ],
    [1, feasible.map((state) => leastAllocated(pod, state))],
    [1, isBestEffort(pod) ? [] : feasible.map((state) => balance(pod, state))],
    [2, spreading(pod, feasible, cluster)],
    [2, between(neighbours(pod, feasible, cluster))],
  ];
  return feasible.map((_, i) => plugins.reduce((sum, [weight, values]) => sum + weight * (values[i] ?? 0), 0));
}

/** Shares of the largest, from 0 to 100. */
function proportional(values: readonly number[], reverse: boolean): readonly number[] {
  const largest = Math.max(0, ...values);
  if (largest === 0) return values.map(() => (reverse ? MOST : 0));
  return values.map((value) => {
    const share = Math.trunc((MOST * value) / largest);
    return reverse ? MOST - share : share;
  });
}

/** TaintToleration: taints that would rather not have the pod. */
function disliked(pod: Pod, { node }: NodeState): number {
  return untolerated(node.taints, pod.tolerations, ['PreferNoSchedule']).length;
}

/** NodeResourcesFit: the emptier the better. */
function leastAllocated(pod: Pod, { node, guessed }: NodeState): number {
  const shares = (['cpu', 'memory'] as const).flatMap((name) => {
    const capacity = node.allocatable[name] ?? 0;
    if (capacity === 0) return [];
    const requested = guessed[name] + pod.guessed[name];
    return [requested > capacity ? 0 : Math.trunc(((capacity - requested) * MOST) / capacity)];
  });
  return shares.length === 0 ? 0 : Math.trunc(shares.reduce((sum, share) => sum + share, 0) / shares.length);
}

function isBestEffort({ requests }: Pod): boolean {
  return (requests['cpu'] ?? 0) === 0 && (requests['memory'] ?? 0) === 0;
}

/** NodeResourcesBalancedAllocation: whether CPU and memory are used more alike than before. */
function balance(pod: Pod, { node, used }: NodeState): number {
  const score = (withPod: boolean): number => {
    const fractions = (['cpu', 'memory'] as const).flatMap((name) => {
      const capacity = node.allocatable[name] ?? 0;
      const amount = (used[name] ?? 0) + (withPod ? (pod.requests[name] ?? 0) : 0);
      return capacity === 0 ? [] : [Math.min(1, amount / capacity)];
    });
    const [cpu, memory] = fractions;
    const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs((cpu - memory) / 2);
    return Math.trunc((1 - deviation) * MOST);
  };
  return MOST / 2 + Math.trunc((MOST / 2 + score(true) - score(false)) / 2);
}

/** PodTopologySpread: constraints that may be broken. */
function spreading(pod: Pod, feasible: readonly NodeState[], cluster: Cluster): readonly number[] {
  const { soft, areOwn } = pod.spreads;
  if (soft.length === 0) return [];
  const isComplete = ({ node }: NodeState): boolean =>
    !areOwn || soft.every(({ topologyKey }) => topologyKey in node.labels);
  const scored = feasible.filter(isComplete);
  const parts = soft.map((spread) => {
    const value = ({ node }: NodeState): string => node.labels[spread.topologyKey] ?? '';
    if (spread.topologyKey === HOSTNAME) {
      const weight = Math.log(scored.length + 2);
      return (state: NodeState) => countSelected(state, spread, pod.namespace) * weight + spread.maxSkew - 1;
    }
    const counts = new Map(scored.map((state) => [value(state), 0]));
    const weight = Math.log(counts.size + 2);
    for (const state of cluster.nodes) {
      const count = counts.get(value(state));
      if (count === undefined || !isComplete(state) || !isIncluded(pod, spread, state)) continue;
      counts.set(value(state), count + countSelected(state, spread, pod.namespace));
    }
    return (state: NodeState) =>
      spread.topologyKey in state.node.labels ? (counts.get(value(state)) ?? 0) * weight + spread.maxSkew - 1 : 0;
  });
  const raw = feasible.map((state) =>
    isComplete(state) ? Math.round(parts.reduce((sum, part) => sum + part(state), 0)) : undefined,
  );
  const known = raw.filter((value) => value !== undefined);
  const [least, most] = [Math.min(...known), Math.max(0, ...known)];
  return raw.map((value) =>
    value === undefined ? 0 : most === 0 ? MOST : Math.trunc((MOST * (most + least - value)) / most),
  );
}

/** InterPodAffinity: what the pod would like of others, and others of it. */
function neighbours(pod: Pod, feasible: readonly NodeState[], cluster: Cluster): readonly number[] {
  const weights = new Map<string, number>();
  const own = pod.neighbours;
  const about = (term: PodTerm, other: Pod): boolean => isAbout(term, other, cluster.namespaceLabels);
  for (const { node, pods } of cluster.nodes) {
    const add = (term: PodTerm, of: Pod, weight: number): void => {
      const value = node.labels[term.topologyKey];
      if (value === undefined || !about(term, of)) return;
      const key = `${term.topologyKey}=${value}`;
      weights.set(key, (weights.get(key) ?? 0) + weight);
    };
    for (const other of pods) {
      for (const { term, weight } of own.preferNear) add(term, other, weight);
      for (const { term, weight } of own.preferApart) add(term, other, -weight);
      for (const term of other.neighbours.near) add(term, pod, 1);
      for (const { term, weight } of other.neighbours.preferNear) add(term, pod, weight);
      for (const { term, weight } of other.neighbours.preferApart) add(term, pod, -weight);
    }
  }
  if (weights.size === 0) return [];
  return feasible.map(({ node }) =>
    Object.entries(node.labels).reduce((sum, [key, value]) => sum + (weights.get(`${key}=${value}`) ?? 0), 0),
  );
}

/** Where a value lies between the least and the most, from 0 to 100. */
function between(values: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (most > least ? Math.trunc(MOST * ((value - least) / (most - least))) : 0));
}
