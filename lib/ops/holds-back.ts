/** As much of a StatefulSet as is looked at. */
export interface HeldBackSet {
  readonly spec: {
    readonly podManagementPolicy?: string;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
    readonly ordinals?: { readonly start?: number };
  };
  readonly status?: { readonly updateRevision?: string };
}

/** As much of a pod of it. */
export interface HoldingPod {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/**
 * Whether a pod of an earlier revision holds back the rollout of its StatefulSet: by `OrderedReady` its controller goes
 * on only when each pod is ready, and it does not replace one that is not, even where the new revision would mend it.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
export function holdsBack({ spec, status }: HeldBackSet, { metadata, status: is }: HoldingPod): boolean {
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {};
  if (spec.podManagementPolicy === 'Parallel' || type !== 'RollingUpdate') return false;
  const { name, labels, deletionTimestamp } = metadata;
  const revision = status?.updateRevision;
  if (revision === undefined || labels?.['controller-revision-hash'] === revision) return false;
  const ordinal = Number(name.slice(name.lastIndexOf('-') + 1));
  if (ordinal < (spec.ordinals?.start ?? 0) + (rollingUpdate?.partition ?? 0)) return false;
  // One that has ended is made anew.
  if (deletionTimestamp !== undefined || is?.phase === 'Failed' || is?.phase === 'Succeeded') return false;
  return is?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') !== true;
}
