import { holdsBack } from '../holds-back';
import type { Pod, Workload } from './objects';

/** What is not ready for so many milliseconds is not about to be. */
const LONG_MS = 300_000;
const STARTING = ['ContainerCreating', 'PodInitializing'];

/**
 * Whether a pod is broken, and holds back the StatefulSet that it is of. What it suffers from is no fault of the system
 * as it is now.
 */
export function isHeldBackBy(set: Workload, pod: Pod, now: number): boolean {
  return holdsBack(set, pod) && !isStarting(pod, now);
}

function isStarting({ metadata, status }: Pod, now: number): boolean {
  const waits = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(
    ({ state }) => state?.waiting?.reason ?? [],
  );
  const isOld = now - Date.parse(metadata.creationTimestamp ?? '') > LONG_MS;
  return !isOld && waits.every((reason) => STARTING.includes(reason));
}
