import type { Workload } from '../cluster-client/objects';
import type { WorkloadKind } from './workload';

/** A workload in short. */
export interface DeploymentStatus {
  /** `Service` is one of Compose. */
  readonly kind: WorkloadKind | 'Service';
  readonly name: string;
  /** Replicas that it should have. */
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly isPaused: boolean;
  /** Whether its controller has seen its newest version. */
  readonly isObserved: boolean;
  readonly images: readonly string[];
  /** RFC 3339. */
  readonly createdAt: string;
  /** Conditions that say something is wrong: `Progressing: ProgressDeadlineExceeded: …`. */
  readonly problems: readonly string[];
}

/** A workload, as people ask about it. */
export function workloadStatus(kind: WorkloadKind, { metadata, spec, status = {} }: Workload): DeploymentStatus {
  const isDaemon = kind === 'DaemonSet';
  const wrong = (status.conditions ?? []).filter(({ type, status: is }) =>
    type === 'ReplicaFailure' ? is === 'True' : is === 'False',
  );
  return {
    kind,
    name: metadata.name,
    desired: isDaemon ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1),
    updated: (isDaemon ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0,
    ready: (isDaemon ? status.numberReady : status.readyReplicas) ?? 0,
    available: (isDaemon ? status.numberAvailable : status.availableReplicas) ?? 0,
    isPaused: spec.paused ?? false,
    isObserved: (status.observedGeneration ?? 0) >= (metadata.generation ?? 0),
    images: (spec.template.spec?.containers ?? []).map(({ image = '' }) => image),
    createdAt: metadata.creationTimestamp ?? '',
    problems: wrong.map(({ type, reason, message }) =>
      [type, reason, message].filter((text) => text !== undefined).join(': '),
    ),
  };
}
