import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import type { Autoscaler } from '../cluster-client/objects';
import { listObjects } from '../cluster-client/read';
import { pathOf, RESOURCES } from '../cluster-client/resources';
import type { ScalableKind } from '../cluster-client/scale';
import type { ChangeOptions } from './restart';
import { dryRun } from './restart';
import { retryOnConflict } from './retry-on-conflict';
import type { Place } from './workload';

/** Who steers the replicas of a workload. */
export interface AutoscalerInfo {
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly name: string;
  /** Undefined for a ScaledObject: KEDA makes an HPA of it, which has them. */
  readonly minReplicas: number | undefined;
  readonly maxReplicas: number | undefined;
}

/** Bounds that a pin has replaced, on the HPA: `3-10`. */
const PINNED_FROM = 'cdk8s-tars/pinned-from';

/** The autoscalers of a workload; there should be one at most. */
export async function autoscalersOf(
  place: Place,
  kind: ScalableKind,
  name: string,
  signal?: AbortSignal,
): Promise<readonly AutoscalerInfo[]> {
  const { client, namespace } = place;
  const hpas = (await listObjects(client, RESOURCES.HorizontalPodAutoscaler, { namespace, signal })).items
    .filter(({ spec }) => spec.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === name)
    .map(({ metadata, spec }) => ({
      kind: 'HorizontalPodAutoscaler' as const,
      name: metadata.name,
      minReplicas: spec.minReplicas ?? 1,
      maxReplicas: spec.maxReplicas,
    }));
  return [...hpas, ...(await scaledObjects(place, kind, name, signal))];
}

/** Clusters without KEDA have no such kind. */
async function scaledObjects(
  { client, namespace }: Place,
  kind: string,
  name: string,
  signal?: AbortSignal,
): Promise<AutoscalerInfo[]> {
  try {
    const { items } = await listObjects(client, RESOURCES.ScaledObject, { namespace, signal });
    return items
      .filter(({ spec }) => (spec.scaleTargetRef.kind ?? 'Deployment') === kind && spec.scaleTargetRef.name === name)
      .map(({ metadata }) => ({
        kind: 'ScaledObject' as const,
        name: metadata.name,
        minReplicas: undefined,
        maxReplicas: undefined,
      }));
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return [];
    throw error;
  }
}

/** @throws ClusterError ManagedByAutoscaler where somebody steers the replicas */
export function refuseAutoscaled(name: string, autoscalers: readonly AutoscalerInfo[]): void {
  const [first] = autoscalers;
  if (first === undefined) return;
  const bounds = first.minReplicas === undefined ? '' : ` between ${first.minReplicas} and ${first.maxReplicas ?? '?'}`;
  throw new ClusterError(
    'ManagedByAutoscaler',
    `${first.kind} ${first.name} steers the replicas of ${name}${bounds}, and would set them back`,
    { remedy: `change its bounds in main.ts, or pin them for a while: \`tars scale ${name} --pin N\`` },
  );
}

/**
 * Holds an autoscaled workload at a number of replicas: minimum and maximum of its HPA become that number.
 * The bounds before are kept on the HPA, for {@link unpin}.
 * @throws ClusterError NotFound without an HPA; Refused below 1; Conflict when it is written to all the time
 */
export async function pin(
  place: Place,
  target: { readonly kind: ScalableKind; readonly name: string },
  replicas: number,
  options: ChangeOptions = {},
): Promise<AutoscalerInfo> {
  if (!Number.isInteger(replicas) || replicas < 1) {
    throw new ClusterError('Refused', `an autoscaler cannot be pinned to ${replicas} replicas: 1 is the least`);
  }
  return setBounds(place, target, options, (hpa) => {
    const { minReplicas, maxReplicas } = pinnedFrom(hpa) ?? hpa.spec;
    return { minReplicas: replicas, maxReplicas: replicas, from: `${minReplicas ?? 1}-${maxReplicas}` };
  });
}

/** Gives a pinned autoscaler its bounds back. @throws ClusterError NotFound, Refused when it is not pinned */
export async function unpin(
  place: Place,
  target: { readonly kind: ScalableKind; readonly name: string },
  options: ChangeOptions = {},
): Promise<AutoscalerInfo> {
  return setBounds(place, target, options, (hpa) => {
    const from = pinnedFrom(hpa);
    if (from === undefined) throw new ClusterError('Refused', `the autoscaler ${hpa.metadata.name} is not pinned`);
    return { ...from, from: null };
  });
}

/**
 * The bounds that a pinned autoscaler had. One whose bounds are apart is not pinned, whatever it says: somebody
 * has applied others since, and an apply leaves an annotation that is not its own.
 */
function pinnedFrom({ metadata, spec }: Autoscaler): Omit<Bounds, 'from'> | undefined {
  const [, min, max] = /^(\d+)-(\d+)$/.exec(metadata.annotations?.[PINNED_FROM] ?? '') ?? [];
  if (min === undefined || max === undefined || (spec.minReplicas ?? 1) !== spec.maxReplicas) return undefined;
  return { minReplicas: Number(min), maxReplicas: Number(max) };
}

interface Bounds {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** To be kept on the HPA. */
  readonly from: string | null;
}

/** Its controller writes its status every few seconds. */
function setBounds(
  place: Place,
  target: { readonly kind: ScalableKind; readonly name: string },
  options: ChangeOptions,
  boundsOf: (hpa: Autoscaler) => Bounds,
): Promise<AutoscalerInfo> {
  const { client, namespace } = place;
  const { signal } = options;
  return retryOnConflict(client, signal, async () => {
    const hpa = await hpaOf(place, target, signal);
    const { name, resourceVersion } = hpa.metadata;
    const { minReplicas, maxReplicas, from } = boundsOf(hpa);
    await client.call({
      method: 'PATCH',
      path: pathOf(RESOURCES.HorizontalPodAutoscaler, namespace, name),
      query: dryRun(options),
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { resourceVersion, annotations: { [PINNED_FROM]: from } },
        spec: { minReplicas, maxReplicas },
      },
      signal,
    });
    return { kind: 'HorizontalPodAutoscaler', name, minReplicas, maxReplicas };
  });
}

async function hpaOf(
  { client, namespace }: Place,
  { kind, name }: { readonly kind: ScalableKind; readonly name: string },
  signal?: AbortSignal,
): Promise<Autoscaler> {
  const { items } = await listObjects(client, RESOURCES.HorizontalPodAutoscaler, { namespace, signal });
  const hpa = items.find(({ spec: { scaleTargetRef: to } }) => to.kind === kind && to.name === name);
  if (hpa !== undefined) return hpa;
  throw new ClusterError('NotFound', `no HorizontalPodAutoscaler steers ${name}`, {
    remedy: `scale it: \`tars scale ${name} N\``,
  });
}
