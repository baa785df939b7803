import type { ClusterClient } from '../cluster-client/cluster-client';
import type { LabelSelector, Pod, Workload } from '../cluster-client/objects';
import { listObjects, readObject } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import { selectorText } from '../cluster-client/selector';

/** Kinds that roll out. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** A workload by its name. */
export interface WorkloadRef {
  /** @default "Deployment" */
  readonly kind?: WorkloadKind;
  readonly name: string;
}

/** A namespace of a cluster. */
export interface Place {
  readonly client: ClusterClient;
  readonly namespace: string;
}

/** `deployment/web`, for people. */
export function refText({ kind = 'Deployment', name }: WorkloadRef): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** @throws ClusterError NotFound */
export function readWorkload({ client, namespace }: Place, ref: WorkloadRef, signal?: AbortSignal): Promise<Workload> {
  return readObject(client, RESOURCES[ref.kind ?? 'Deployment'], namespace, ref.name, signal);
}

/** Pods that match a selector. */
export async function podsOf(
  { client, namespace }: Place,
  selector: LabelSelector,
  signal?: AbortSignal,
): Promise<readonly Pod[]> {
  const labelSelector = selectorText(selector);
  return (await listObjects(client, RESOURCES.Pod, { namespace, labelSelector, signal })).items;
}

/** The number of a Deployment's revision, as its controller writes it. */
export const REVISION = 'deployment.kubernetes.io/revision';

/** Its ReplicaSets, the newest first. */
export async function replicaSetsOf(
  { client, namespace }: Place,
  deployment: Workload,
  signal?: AbortSignal,
): Promise<readonly Workload[]> {
  const labelSelector = selectorText(deployment.spec.selector);
  const { items } = await listObjects(client, RESOURCES.ReplicaSet, { namespace, labelSelector, signal });
  return items
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid))
    .sort((a, b) => revisionOf(b) - revisionOf(a));
}

/** 0 where the controller has not numbered it yet. */
export function revisionOf({ metadata }: Workload): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}
