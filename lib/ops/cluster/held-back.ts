import type { Pod, Workload } from '../cluster-client/objects';
import { isReady } from './pod-info';
import type { WorkloadKind } from './workload';

/**
 * Pods of an earlier revision that hold back the rollout of a StatefulSet: by `OrderedReady` its controller goes on
 * only when each pod is ready, and it does not replace one that is not, even where the new revision would mend it.
 * @param pods all that the workload has
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
export function podsHoldingBack(kind: WorkloadKind, { spec, status }: Workload, pods: readonly Pod[]): readonly Pod[] {
  const revision = status?.updateRevision;
  if (kind !== 'StatefulSet' || spec.podManagementPolicy === 'Parallel' || revision === undefined) return [];
  const first = (spec.ordinals?.start ?? 0) + (spec.updateStrategy?.rollingUpdate?.partition ?? 0);
  return pods.filter(
    (pod) =>
      pod.metadata.labels?.['controller-revision-hash'] !== revision &&
      pod.metadata.deletionTimestamp === undefined &&
      // One that has ended is made anew.
      pod.status?.phase !== 'Failed' &&
      pod.status?.phase !== 'Succeeded' &&
      ordinalOf(pod) >= first &&
      !isReady(pod),
  );
}

/** What to do about one, for people. */
export function heldBackBy({ metadata: { name } }: Pod): string {
  return `${name}: of an earlier revision, and not replaced before it is ready; \`tars restart pod/${name} --delete\` replaces it`;
}

function ordinalOf({ metadata: { name } }: Pod): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}
