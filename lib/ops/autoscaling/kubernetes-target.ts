import type { ClusterClient } from '../cluster-client/cluster-client';
import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import type { Workload } from '../cluster-client/objects';
import { listObjects } from '../cluster-client/read';
import { pathOf, RESOURCES } from '../cluster-client/resources';
import type { ScalableKind } from '../cluster-client/scale';
import { readScale, writeScale } from '../cluster-client/scale';
import type { ReplicaTarget } from './replica-target';

/** Which workload, and whether to change it. */
export interface KubernetesTargetOptions {
  readonly namespace: string;
  /** @default Deployment */
  readonly kind?: ScalableKind;
  /** Whether the server only checks each change. @default false */
  readonly dryRun?: boolean | undefined;
}

/**
 * A workload of a cluster, scaled through its scale subresource. One that a HorizontalPodAutoscaler or a
 * ScaledObject points at is left to it.
 */
export function kubernetesTarget(
  client: ClusterClient,
  { namespace, kind = 'Deployment', dryRun }: KubernetesTargetOptions,
): ReplicaTarget {
  return {
    managedBy: async (name, signal) => {
      const isOurs = (target: { readonly kind?: string; readonly name: string }): boolean =>
        target.name === name && (target.kind ?? 'Deployment') === kind;
      const query = { namespace, signal };
      const hpas = await listObjects(client, RESOURCES.HorizontalPodAutoscaler, query);
      const hpa = hpas.items.find(({ spec }) => isOurs(spec.scaleTargetRef));
      if (hpa !== undefined) return `HorizontalPodAutoscaler ${hpa.metadata.name}`;
      const scaled = (await scaledObjects(client, namespace, signal)).find(({ spec }) => isOurs(spec.scaleTargetRef));
      return scaled === undefined ? undefined : `ScaledObject ${scaled.metadata.name}`;
    },
    read: async (name, signal) => {
      const path = pathOf(RESOURCES[kind], namespace, name);
      const { spec, status } = await client.call<Workload>({ method: 'GET', path, signal });
      return { replicas: spec.replicas ?? 1, ready: status?.readyReplicas ?? 0 };
    },
    write: async (name, from, to, signal) => {
      const target = { kind, namespace, name };
      const scale = await readScale(client, target, signal);
      const now = scale.spec.replicas ?? 0;
      if (now !== from) {
        throw new ClusterError('PreconditionFailed', `replicas should be ${from}, and are ${now}`);
      }
      await writeScale(client, target, scale, to, { signal, dryRun });
    },
  };
}

/** Clusters without KEDA have no such kind. */
async function scaledObjects(client: ClusterClient, namespace: string, signal: AbortSignal | undefined) {
  try {
    return (await listObjects(client, RESOURCES.ScaledObject, { namespace, signal })).items;
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return [];
    throw error;
  }
}
