import type { Cluster, NodeState } from './cluster';
import { isZonal } from './cluster';
import { ZONE } from './node';
import { admits } from './node-affinity';
import type { Pod } from './pod';
import type { PodTerm } from './pod-affinity';
import { isAbout } from './pod-affinity';
import { selects } from './selector';
import type { Spread } from './spread';
import { KEEP_AWAY, untolerated } from './tolerations';

/** Why the pod cannot run on one node, in the scheduler's words; several reasons are given for resources only. */
type Reasons = readonly string[];

/** A filter, once it has seen the pod and all nodes. */
type Filter = (state: NodeState) => Reasons;

const NONE: Reasons = [];

/**
 * The scheduler's filters, in its order: the first one that says no gives the reason.
 * @see https://github.com/kubernetes/kubernetes/tree/v1.37.2/pkg/scheduler/framework/plugins
 */
export function filtersFor(pod: Pod, cluster: Cluster): Filter {
  const filters: readonly Filter[] = [
    ({ node }) => (pod.onlyOn === undefined || pod.onlyOn === node.name ? NONE : [AFFINITY]),
    ({ node }) => (untolerated(node.taints, pod.tolerations, KEEP_AWAY).length === 0 ? NONE : [TAINTS]),
    ({ node }) => (admits(pod.affinity, node) ? NONE : [AFFINITY]),
    (state) => (portsAreFree(pod, state) ? NONE : ["node(s) didn't have free ports for the requested pod ports"]),
    (state) => lacking(pod, state),
    usedByOne(pod, cluster),
    ({ node }) => (volumesReach(pod, cluster, node.labels[ZONE]) ? NONE : [VOLUME_AFFINITY]),
    spreadFilter(pod, cluster),
    neighbourFilter(pod, cluster),
  ];
  return (state) => {
    for (const filter of filters) {
      const reasons = filter(state);
      if (reasons.length > 0) return reasons;
    }
    return NONE;
  };
}

const TAINTS = 'node(s) had untolerated taint(s)';
const AFFINITY = "node(s) didn't match Pod's node affinity/selector";
const VOLUME_AFFINITY = "node(s) didn't match PersistentVolume's node affinity";

function portsAreFree(pod: Pod, { pods }: NodeState): boolean {
  const taken = pods.flatMap(({ hostPorts }) => hostPorts);
  return pod.hostPorts.every((wanted) =>
    taken.every(
      (other) =>
        other.port !== wanted.port ||
        other.protocol !== wanted.protocol ||
        (other.address !== wanted.address && other.address !== ANY && wanted.address !== ANY),
    ),
  );
}

const ANY = '0.0.0.0';

/** NodeResourcesFit: every resource that there is too little of. */
function lacking(pod: Pod, { node, pods, used }: NodeState): Reasons {
  const reasons = pods.length + 1 > (node.allocatable['pods'] ?? 0) ? ['Too many pods'] : [];
  for (const [name, amount] of Object.entries(pod.requests)) {
    if (amount > 0 && amount > (node.allocatable[name] ?? 0) - (used[name] ?? 0)) reasons.push(`Insufficient ${name}`);
  }
  return reasons;
}

/** VolumeRestrictions: a claim for one pod alone. */
function usedByOne(pod: Pod, cluster: Cluster): Filter {
  const alone = pod.claims.filter(({ accessModes }) => accessModes?.includes('ReadWriteOncePod'));
  const isTaken = alone.some(({ key }) =>
    cluster.nodes.some(({ pods }) => pods.some(({ claims }) => claims.some((claim) => claim.key === key))),
  );
  return () =>
    isTaken
      ? [
          'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
        ]
      : NONE;
}

/** VolumeBinding: a volume that was made in one zone is not to be had in another. */
function volumesReach(pod: Pod, cluster: Cluster, zone: string | undefined): boolean {
  return pod.claims.every(({ key, accessModes }) => {
    const made = isZonal(accessModes) ? cluster.zones.get(key) : undefined;
    return made === undefined || made === zone;
  });
}

/** Pods of a node that a constraint counts. An empty selector counts none. */
export function countSelected({ pods }: NodeState, { selector }: Spread, namespace: string): number {
  if (selector === undefined || selector.length === 0) return 0;
  return pods.filter((other) => other.namespace === namespace && selects(selector, other.labels)).length;
}

/** Whether a constraint looks at the node at all. */
export function isIncluded(pod: Pod, spread: Spread, { node }: NodeState): boolean {
  if (spread.honoursAffinity && !admits(pod.affinity, node)) return false;
  return !spread.honoursTaints || untolerated(node.taints, pod.tolerations, KEEP_AWAY).length === 0;
}

/** PodTopologySpread. */
function spreadFilter(pod: Pod, cluster: Cluster): Filter {
  const { hard } = pod.spreads;
  if (hard.length === 0) return () => NONE;
  const complete = cluster.nodes.filter(({ node }) => hard.every(({ topologyKey }) => topologyKey in node.labels));
  const domains = hard.map((spread) => {
    const counts = new Map<string, number>();
    for (const state of complete) {
      if (!isIncluded(pod, spread, state)) continue;
      const value = state.node.labels[spread.topologyKey] ?? '';
      counts.set(value, (counts.get(value) ?? 0) + countSelected(state, spread, pod.namespace));
    }
    const least = counts.size < spread.minDomains ? 0 : Math.min(...counts.values());
    return { spread, counts, least, self: selects(spread.selector, pod.labels) ? 1 : 0 };
  });
  return ({ node }) => {
    for (const { spread, counts, least, self } of domains) {
      const value = node.labels[spread.topologyKey];
      if (value === undefined) {
        return ["node(s) didn't match pod topology spread constraints (missing required label)"];
      }
      if ((counts.get(value) ?? 0) + self - least > spread.maxSkew) {
        return ["node(s) didn't match pod topology spread constraints"];
      }
    }
    return NONE;
  };
}

/** InterPodAffinity. */
function neighbourFilter(pod: Pod, cluster: Cluster): Filter {
  const { near, apart } = pod.neighbours;
  const about = (term: PodTerm, other: Pod): boolean => isAbout(term, other, cluster.namespaceLabels);
  const friends = new Set<string>();
  const foes = new Set<string>();
  const hostile = new Set<string>();
  for (const { node, pods } of cluster.nodes) {
    const place = (term: PodTerm): string | undefined => {
      const value = node.labels[term.topologyKey];
      return value === undefined ? undefined : `${term.topologyKey}=${value}`;
    };
    const note = (set: Set<string>, terms: readonly PodTerm[]): void => {
      for (const at of terms.map(place)) if (at !== undefined) set.add(at);
    };
    for (const other of pods) {
      // One pod has to be what all terms are about.
      if (near.length > 0 && near.every((term) => about(term, other))) note(friends, near);
      if (apart.length > 0)
        note(
          foes,
          apart.filter((term) => about(term, other)),
        );
      if (other.neighbours.apart.length > 0)
        note(
          hostile,
          other.neighbours.apart.filter((term) => about(term, pod)),
        );
    }
  }
  // The first of a group that wants to be together may go anywhere.
  const isFirst = friends.size === 0 && near.every((term) => about(term, pod));
  return ({ node }) => {
    const at = ({ topologyKey }: PodTerm): string =>
      topologyKey in node.labels ? `${topologyKey}=${node.labels[topologyKey] ?? ''}` : '';
    const isThere = near.every((term) => term.topologyKey in node.labels);
    if (near.length > 0 && !(isThere && (isFirst || near.every((term) => friends.has(at(term)))))) {
      return ["node(s) didn't match pod affinity rules"];
    }
    if (apart.some((term) => foes.has(at(term)))) return ["node(s) didn't match pod anti-affinity rules"];
    const labels = Object.entries(node.labels);
    return hostile.size > 0 && labels.some(([key, value]) => hostile.has(`${key}=${value}`))
      ? ["node(s) didn't satisfy existing pods anti-affinity rules"]
      : NONE;
  };
}
