import type { ClusterClient } from '../cluster-client/cluster-client';
import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import type { Workload } from '../cluster-client/objects';
import { listObjects } from '../cluster-client/read';
import { pathOf, RESOURCES } from '../cluster-client/resources';
import type { ScalableKind } from '../cluster-client/scale';
import { readScale, writeScale } from '../cluster-client/scale';
import { retryOnConflict } from '../cluster/retry-on-conflict';
import type { HeldLease } from './lease';
import { takeLease } from './lease';
import type { ReplicaTarget } from './replica-target';

/** Which workload, and whether to change it. */
export interface KubernetesTargetOptions {
  readonly namespace: string;
  /** @default Deployment */
  readonly kind?: ScalableKind;
  /** Whether the server only checks each change; then no Lease is taken. @default false */
  readonly dryRun?: boolean | undefined;
  /** What others are told of who scales; tells this one from all others. @default a name with a random part */
  readonly holder?: string;
  /**
   * Seconds after which others may scale, when nothing is heard of this one: longer than between two checks.
   * @default 60
   */
  readonly leaseSeconds?: number;
}

/**
 * A workload of a cluster, scaled through its scale subresource. One that a HorizontalPodAutoscaler or a
 * ScaledObject points at is left to it. Of those who scale so, one at a time has the Lease `tars-autoscale-NAME`.
 */
export function kubernetesTarget(
  client: ClusterClient,
  { namespace, kind = 'Deployment', dryRun, holder = newHolder(client), leaseSeconds = 60 }: KubernetesTargetOptions,
): ReplicaTarget {
  const leases = new Map<string, HeldLease>();
  const hold = async (name: string, signal: AbortSignal | undefined): Promise<void> => {
    if (dryRun === true) return; // it changes nothing, so it is in nobody's way
    const lease = leases.get(name);
    if (lease !== undefined) return lease.renew(signal);
    const options = { namespace, name: `tars-autoscale-${name}`, holder, durationSeconds: leaseSeconds, signal };
    leases.set(name, await takeLease(client, options));
  };
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
    hold,
    release: async (name) => {
      const lease = leases.get(name);
      leases.delete(name);
      await lease?.release();
    },
    read: async (name, signal) => {
      const path = pathOf(RESOURCES[kind], namespace, name);
      const { spec, status } = await client.call<Workload>({ method: 'GET', path, signal });
      return { replicas: spec.replicas ?? 1, ready: status?.readyReplicas ?? 0 };
    },
    write: async (name, from, to, signal) => {
      const target = { kind, namespace, name };
      await hold(name, signal); // much time may have passed since it was decided
      await retryOnConflict(client, signal, async () => {
        const scale = await readScale(client, target, signal);
        const now = scale.spec.replicas ?? 0;
        if (now !== from) {
          throw new ClusterError('PreconditionFailed', `replicas should be ${from}, and are ${now}`);
        }
        await writeScale(client, target, scale, to, { signal, dryRun });
      });
    },
  };
}

function newHolder({ surroundings: { random } }: ClusterClient): string {
  return `an AutoScaler of cdk8s-tars, ${random().toString(36).slice(2)}`;
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
