import { isHeldBackBy } from './held-back';
import type { KubernetesSnapshot } from './kubernetes-snapshot';
import type {
  Condition,
  ContainerSpec,
  ContainerStatus,
  Event,
  Kinds,
  LiveObject,
  Pod,
  Selector,
  Terminated,
  Workload,
} from './objects';

/** What has happened within so many milliseconds is part of what is now. */
export const RECENT_MS = 600_000;
const MANAGED = 'app.kubernetes.io/managed-by';
const OURS = 'cdk8s-tars';

/** Objects of a kind. */
export function ofKind<K extends keyof Kinds>(objects: readonly LiveObject[], kind: K): readonly Kinds[K][] {
  return objects.filter((object): object is Kinds[K] => object.kind === kind);
}

/** Whether an object carries our labels. */
export function isOurs({ metadata }: LiveObject): boolean {
  return metadata.labels?.[MANAGED] === OURS;
}

/** `Deployment/tars-backend`. */
export function titleOf({ kind, metadata }: LiveObject): string {
  return `${kind}/${metadata.name}`;
}

/** Our pods that are not about to go away, and that nobody has replaced. */
export function livePods({ objects }: KubernetesSnapshot): readonly Pod[] {
  return ofKind(objects, 'Pod').filter(
    (pod) => isOurs(pod) && pod.metadata.deletionTimestamp === undefined && !isReplaced(pod, objects),
  );
}

/** After its grace a kubelet has so many milliseconds to say that a pod has ended. */
const ENDING_MS = 120_000;

/** Whether a pod was deleted, and is there long after it should have ended: the moment of a deletion is that of its end. */
export function isEndingForLong({ metadata: { deletionTimestamp } }: Pod, now: number): boolean {
  return deletionTimestamp !== undefined && now - Date.parse(deletionTimestamp) > ENDING_MS;
}

/** One that was evicted stays in the list beside the one that was made for it, as does a failed run of a task. */
function isReplaced({ metadata, status }: Pod, objects: readonly LiveObject[]): boolean {
  if (status?.phase !== 'Failed') return false;
  const [owner] = metadata.ownerReferences ?? [];
  if (owner?.kind !== 'Job') return owner !== undefined;
  const job = ofKind(objects, 'Job').find((one) => one.metadata.name === owner.name);
  return condition(job?.status?.conditions, 'Complete', 'True') !== undefined;
}

/** Name of the component that an object belongs to; empty: of none. */
export function componentOf({ metadata }: LiveObject): string {
  return metadata.labels?.['component'] ?? metadata.labels?.['app.kubernetes.io/component'] ?? '';
}

/** What made a pod, at the top: a Deployment rather than its ReplicaSet. */
export function ownerOf(object: LiveObject, objects: readonly LiveObject[]): string {
  const [owner] = object.metadata.ownerReferences ?? [];
  if (owner === undefined) return titleOf(object);
  const above = objects.find(({ kind, metadata }) => kind === owner.kind && metadata.name === owner.name);
  return above === undefined ? `${owner.kind}/${owner.name}` : ownerOf(above, objects);
}

/** A container of a pod, with what is known of it. */
export interface LiveContainer {
  readonly pod: Pod;
  readonly owner: string;
  readonly component: string;
  readonly spec: ContainerSpec;
  readonly status: ContainerStatus;
}

/** The containers of our pods whose state is known; not of those that only wait to be replaced by hand. */
export function liveContainers(snapshot: KubernetesSnapshot): readonly LiveContainer[] {
  const { now, objects } = snapshot;
  const sets = ofKind(objects, 'StatefulSet');
  const isLeftOver = (pod: Pod): boolean =>
    sets.some((set) => ownerOf(pod, objects) === titleOf(set) && isHeldBackBy(set, pod, now));
  const pods = livePods(snapshot).filter((pod) => !isLeftOver(pod));
  return pods.flatMap((pod) => {
    const specs = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    return statuses.flatMap((status) => {
      const spec = specs.find(({ name }) => name === status.name);
      const owner = ownerOf(pod, snapshot.objects);
      return spec === undefined ? [] : [{ pod, owner, component: componentOf(pod), spec, status }];
    });
  });
}

/** How a container ended the last time, if that is not long ago. */
export function lastEnd({ status }: LiveContainer, now: number): Terminated | undefined {
  const end = status.state?.terminated ?? status.lastState?.terminated;
  return end !== undefined && isRecent(end.finishedAt, now) ? end : undefined;
}

/** How long an object has been there, in milliseconds; NaN when it does not say. */
export function ageOf({ metadata }: LiveObject, now: number): number {
  return now - Date.parse(metadata.creationTimestamp ?? '');
}

/** Whether a moment is part of what is now. */
export function isRecent(time: string | null | undefined, now: number): boolean {
  return time !== undefined && time !== null && now - Date.parse(time) < RECENT_MS;
}

/** Events of an object that are not long ago, the last one first. */
export function eventsOf(object: LiveObject, { objects, now }: KubernetesSnapshot): readonly Event[] {
  return ofKind(objects, 'Event')
    .filter(({ involvedObject: { kind, name, uid } }) =>
      uid === undefined || object.metadata.uid === undefined
        ? kind === object.kind && name === object.metadata.name
        : uid === object.metadata.uid,
    )
    .filter((event) => isRecent(timeOf(event), now))
    .sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
}

/** When it happened the last time; RFC 3339. */
export function timeOf(event: Event): string {
  return (
    event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? ''
  );
}

/** A condition that has this status. */
export function condition(
  conditions: readonly Condition[] | undefined,
  type: string,
  status: string,
): Condition | undefined {
  return conditions?.find((one) => one.type === type && one.status === status);
}

/** Whether a pod serves. */
export function isReady(pod: Pod): boolean {
  return condition(pod.status?.conditions, 'Ready', 'True') !== undefined;
}

/** Our Deployments, StatefulSets and Jobs. */
export function workloads({ objects }: KubernetesSnapshot): readonly Workload[] {
  return (['Deployment', 'StatefulSet', 'Job'] as const).flatMap((kind) => ofKind(objects, kind)).filter(isOurs);
}

/** Whether labels are what a selector asks for; an empty one takes all. */
export function selects(selector: Selector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const holds = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    holds &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

/** `kubectl -n NAMESPACE …`, with a workload as kubectl takes it. */
export function kubectl({ namespace }: KubernetesSnapshot, words: string): string {
  return `kubectl -n ${namespace} ${words}`;
}

/** Brings back what the manifests say. */
export function reapply({ manifests }: KubernetesSnapshot): string {
  return `kubectl apply -f ${manifests}`;
}

/** `deployment/tars-backend`, of `Deployment/tars-backend`. */
export function lower(title: string): string {
  const slash = title.indexOf('/');
  return title.slice(0, slash).toLowerCase() + title.slice(slash);
}
