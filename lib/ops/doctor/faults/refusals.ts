import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { componentOf, condition, eventsOf, ownerOf, timeOf, workloads } from '../live';
import type { Workload } from '../objects';

/** A pod that the API server did not let a controller make. */
export interface Refusal {
  readonly owner: string;
  readonly component: string;
  readonly message: string;
}

/** The pods that are missing because they were refused. What has been mended since is not among them. */
export function refusals(snapshot: KubernetesSnapshot): readonly Refusal[] {
  const deployments = workloads(snapshot).flatMap((one): Refusal[] => {
    const failure = condition(one.status?.conditions, 'ReplicaFailure', 'True');
    return failure === undefined ? [] : [refusal(one, failure.message, snapshot)];
  });
  const others = workloads(snapshot)
    .filter(({ kind }) => kind !== 'Deployment')
    .flatMap((one): Refusal[] => {
      const made = one.kind === 'Job' ? (one.status?.active ?? 0) + (one.status?.succeeded ?? 0) : one.status?.replicas;
      const wanted = one.kind === 'Job' ? 1 : (one.spec.replicas ?? 1);
      if ((made ?? 0) >= wanted) return [];
      const events = eventsOf(one, snapshot);
      const said = events.find(({ reason }) => reason === 'FailedCreate');
      const since = events.find(({ reason }) => reason === 'SuccessfulCreate');
      if (said === undefined || (since !== undefined && timeOf(since) >= timeOf(said))) return [];
      return [refusal(one, said.message, snapshot)];
    });
  return [...deployments, ...others];
}

function refusal(one: Workload, message: string | undefined, { objects }: KubernetesSnapshot): Refusal {
  const labels = one.spec.template.metadata?.labels;
  return {
    owner: ownerOf(one, objects),
    component: labels?.['component'] ?? componentOf(one),
    message: (message ?? '').replace(/\s+/g, ' '),
  };
}
