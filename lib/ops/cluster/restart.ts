import { ClusterError } from '../cluster-client/cluster-error';
import type { Pod, Workload } from '../cluster-client/objects';
import { readObject } from '../cluster-client/read';
import { pathOf, RESOURCES } from '../cluster-client/resources';
import type { Place, WorkloadRef } from './workload';
import { readWorkload, refText } from './workload';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/** Of what changes something. */
export interface ChangeOptions {
  readonly signal?: AbortSignal | undefined;
  /** The server checks it, and does nothing. @default false */
  readonly dryRun?: boolean | undefined;
}

/**
 * Replaces all pods of a workload, by its own strategy, as `kubectl rollout restart` does.
 * @throws ClusterError NotFound; RolloutPaused for a paused Deployment, which would do nothing
 */
export async function restartWorkload(place: Place, ref: WorkloadRef, options: ChangeOptions = {}): Promise<Workload> {
  const { client, namespace } = place;
  const workload = await readWorkload(place, ref, options.signal);
  if (workload.spec.paused === true) {
    throw new ClusterError('RolloutPaused', `${refText(ref)} is paused: a restart would not begin`);
  }
  const restartedAt = `${new Date(client.surroundings.now()).toISOString().slice(0, 19)}Z`;
  const { annotations } = workload.spec.template.metadata ?? {};
  if (annotations?.[RESTARTED_AT] === restartedAt) {
    throw new ClusterError('Conflict', `${refText(ref)} was restarted in this very second`, { retryable: true });
  }
  return client.call<Workload>({
    method: 'PATCH',
    path: pathOf(RESOURCES[ref.kind ?? 'Deployment'], namespace, ref.name),
    query: dryRun(options),
    contentType: 'application/strategic-merge-patch+json',
    body: { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: restartedAt } } } } },
    // Said twice it is the same.
    idempotent: true,
    signal: options.signal,
  });
}

/** How to end a pod. */
export interface RestartPodOptions extends ChangeOptions {
  /** Whether to delete it where a budget forbids an eviction. @default false: the budget is respected */
  readonly delete?: boolean | undefined;
  /** Whether to end a pod that nobody makes anew. @default false */
  readonly force?: boolean | undefined;
}

/**
 * Ends a pod, whose owner makes another one. It is evicted, so that disruption budgets are respected.
 * @throws ClusterError Refused for a pod without an owner; TooManyRequests when a budget forbids it; NotFound
 */
export async function restartPod(
  { client, namespace }: Place,
  name: string,
  options: RestartPodOptions = {},
): Promise<Pod> {
  const { signal } = options;
  const pod = await readObject(client, RESOURCES.Pod, namespace, name, signal);
  const isOwned = pod.metadata.ownerReferences?.some(({ controller }) => controller === true) ?? false;
  if (!isOwned && options.force !== true) {
    throw new ClusterError('Refused', `pod ${name} has no owner: nobody would make it anew`, {
      remedy: 'make it again yourself, or end it for good with --force',
    });
  }
  const deleteOptions = {
    // Not another pod of the same name, as a StatefulSet makes it.
    preconditions: { uid: pod.metadata.uid },
    // Where there is a body, the server does not look at the query: with `dryRun` there alone it deletes.
    ...(options.dryRun === true ? { dryRun: ['All'] } : {}),
  };
  const path = pathOf(RESOURCES.Pod, namespace, name);
  if (options.delete === true) {
    await client.call({ method: 'DELETE', path, query: dryRun(options), body: deleteOptions, signal });
    return pod;
  }
  await client.call({
    method: 'POST',
    path: `${path}/eviction`,
    query: dryRun(options),
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions,
    },
    // 429 is here the word of a budget, and not of a busy server.
    retryBusy: false,
    signal,
  });
  return pod;
}

/** The query of a change that is only tried. */
export function dryRun({ dryRun: isDry }: ChangeOptions): { readonly dryRun: string | undefined } {
  return { dryRun: isDry === true ? 'All' : undefined };
}
