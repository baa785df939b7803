import type { Pod, Workload } from '../cluster-client/objects';
import { listEvents } from './events';
import type { Place, WorkloadKind } from './workload';

/**
 * What the server says against new pods of a StatefulSet or DaemonSet. They have no condition that tells, so their
 * Events do: the last attempt since the rollout began has failed, no pod has been made after it, and pods are missing.
 * Times are of the servers, in whole seconds; what is of the same second as the beginning is not of this rollout.
 * A Deployment has a condition, and nothing is said of it here.
 * @param pods all that the workload has
 */
export async function podRefusal(
  place: Place,
  kind: WorkloadKind,
  workload: Workload,
  pods: readonly Pod[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (kind === 'Deployment' || !isMissingPods(kind, workload)) return undefined;
  const events = await listEvents(place, { uid: workload.metadata.uid, signal });
  const timesOf = (reason: string): readonly number[] =>
    events.filter((event) => event.reason === reason).map(({ at }) => Date.parse(at));
  // Controllers are heard only so often: a success may have no Event, but it has a pod.
  const made = pods.map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''));
  const since = latestOf([begunAt(workload), ...made, ...timesOf('SuccessfulCreate')]);
  const last = events.filter(({ reason }) => reason === 'FailedCreate').at(-1);
  return last !== undefined && Date.parse(last.at) > since ? last.message : undefined;
}

function isMissingPods(kind: WorkloadKind, { metadata, spec, status = {} }: Workload): boolean {
  // Controllers of before 1.26 do not come to observe it before the pods are made.
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return true;
  if (kind === 'StatefulSet') return (status.replicas ?? 0) < (spec.replicas ?? 1);
  return (status.updatedNumberScheduled ?? 0) < (status.desiredNumberScheduled ?? 0);
}

/** When somebody last wrote what is wanted, and not how it is. */
function begunAt({ metadata }: Workload): number {
  const writes = (metadata.managedFields ?? []).filter(({ subresource }) => subresource !== 'status');
  return latestOf(
    [metadata.creationTimestamp, ...writes.map(({ time }) => time)].map((time) => Date.parse(time ?? '')),
  );
}

function latestOf(times: readonly number[]): number {
  return Math.max(...times.filter(Number.isFinite));
}
