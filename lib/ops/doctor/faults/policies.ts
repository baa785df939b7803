import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { livePods, componentOf, ofKind, selects, titleOf } from '../live';
import type { LiveObject, NetworkPolicy } from '../objects';

/** A NetworkPolicy that is not what the manifests say. */
export interface PolicyDifference {
  readonly object: string;
  readonly what: 'not in the manifests' | 'missing' | 'edited';
}

/** Policies about these components that are not as they should be. */
export function policyDifferences(
  components: readonly string[],
  snapshot: KubernetesSnapshot,
): readonly PolicyDifference[] {
  const live = ofKind(snapshot.objects, 'NetworkPolicy');
  const meant = ofKind(snapshot.expected, 'NetworkPolicy');
  if (snapshot.unread.includes('NetworkPolicy')) return [];
  const same = (one: LiveObject) => (other: LiveObject) => one.metadata.name === other.metadata.name;
  const isAbout = ({ spec }: NetworkPolicy): boolean =>
    livePods(snapshot).some(
      (pod) => components.includes(componentOf(pod)) && selects(spec.podSelector, pod.metadata.labels),
    );
  const strangers = live.filter((one) => isAbout(one) && !meant.some(same(one)));
  const missing = meant.filter((one) => isAbout(one) && !live.some(same(one)));
  const edited = live.filter((one) => {
    const wanted = meant.find(same(one));
    return wanted !== undefined && isAbout(wanted) && canonical(one.spec) !== canonical(wanted.spec);
  });
  return [
    ...strangers.map((one) => ({ object: titleOf(one), what: 'not in the manifests' as const })),
    ...missing.map((one) => ({ object: titleOf(one), what: 'missing' as const })),
    ...edited.map((one) => ({ object: titleOf(one), what: 'edited' as const })),
  ];
}

/** Commands that take the differences back. */
export function policyRemedies(
  differences: readonly PolicyDifference[],
  { namespace, manifests }: KubernetesSnapshot,
): readonly string[] {
  const strangers = differences.filter(({ what }) => what === 'not in the manifests');
  return [
    ...strangers.map(({ object }) => `kubectl -n ${namespace} delete networkpolicy ${object.split('/')[1] ?? ''}`),
    ...(strangers.length < differences.length ? [`kubectl apply -f ${manifests}`] : []),
  ];
}

/** What stands in a list of rules without a word is an empty list to the server. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
