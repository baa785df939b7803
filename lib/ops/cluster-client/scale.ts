import type { ClusterClient } from './cluster-client';
import type { Scale } from './objects';
import { pathOf, RESOURCES } from './resources';

/** Kinds with replicas. */
export type ScalableKind = 'Deployment' | 'StatefulSet' | 'ReplicaSet';

/** A workload with replicas. */
export interface ScaleTarget {
  readonly kind: ScalableKind;
  readonly namespace: string;
  readonly name: string;
}

/** The scale of a workload, with the version that {@link writeScale} holds it to. */
export function readScale(client: ClusterClient, target: ScaleTarget, signal?: AbortSignal): Promise<Scale> {
  return client.call<Scale>({ method: 'GET', path: scalePath(target), signal });
}

/**
 * Sets the replicas of a workload, if nobody has changed it since it was read.
 * @param from what {@link readScale} gave
 * @throws ClusterError Conflict when somebody has
 */
export function writeScale(
  client: ClusterClient,
  target: ScaleTarget,
  from: Scale,
  replicas: number,
  options: { readonly signal?: AbortSignal | undefined; readonly dryRun?: boolean | undefined } = {},
): Promise<Scale> {
  const { name, namespace, resourceVersion, uid } = from.metadata;
  return client.call<Scale>({
    method: 'PUT',
    path: scalePath(target),
    query: { dryRun: options.dryRun === true ? 'All' : undefined },
    body: {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name, namespace, resourceVersion, uid },
      spec: { replicas },
    },
    signal: options.signal,
  });
}

function scalePath({ kind, namespace, name }: ScaleTarget): string {
  return pathOf(RESOURCES[kind], namespace, name, 'scale');
}
