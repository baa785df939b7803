import type { Pod, Workload } from './objects';

/** What is not ready for so many milliseconds is not about to be. */
const LONG_MS = 300_000;
const STARTING = ['ContainerCreating', 'PodInitializing'];

/**
 * Whether a pod is broken, of an earlier version, and by `OrderedReady` not replaced for that. What it suffers from
 * is no fault of the system as it is now.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
export function isHeldBackBy({ spec, status, kind }: Workload, pod: Pod, now: number): boolean {
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {};
  const { name, labels, deletionTimestamp } = pod.metadata;
  if (kind !== 'StatefulSet' || spec.podManagementPolicy === 'Parallel' || type !== 'RollingUpdate') return false;
  if (status?.updateRevision === undefined || labels?.['controller-revision-hash'] === status.updateRevision)
    return false;
  if (Number(name.slice(name.lastIndexOf('-') + 1)) < (spec.ordinals?.start ?? 0) + (rollingUpdate?.partition ?? 0)) {
    return false;
  }
  return deletionTimestamp === undefined && isBroken(pod, now);
}

function isBroken({ metadata, status }: Pod, now: number): boolean {
  // One that has ended is made anew.
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  if (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true) return false;
  const waits = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(
    ({ state }) => state?.waiting?.reason ?? [],
  );
  const isOld = now - Date.parse(metadata.creationTimestamp ?? '') > LONG_MS;
  return isOld || waits.some((reason) => !STARTING.includes(reason));
}
