import type { Condition, Workload } from '../cluster-client/objects';
import type { WorkloadKind } from './workload';

/** How far a rollout is. */
export interface RolloutVerdict {
  /**
   * - done: every replica is of the newest revision and available
   * - waiting: it goes on by itself
   * - refused: it waits, and the cluster refuses new pods (quota, limits, Pod Security, a webhook)
   * - paused: it is not done, and goes on only when somebody resumes it
   * - failed: it made no progress in its time
   */
  readonly state: 'done' | 'waiting' | 'refused' | 'paused' | 'failed';
  readonly message: string;
  /** What the server says of a refusal. */
  readonly refusal?: string | undefined;
}

/**
 * The verdict of `kubectl rollout status`, and two states that it knows not: refused, paused.
 * @throws RangeError for a strategy that rolls nothing out by itself (OnDelete), as kubectl
 * @see https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go
 */
export function rolloutVerdict(kind: WorkloadKind, workload: Workload): RolloutVerdict {
  const { metadata, status } = workload;
  if (kind !== 'Deployment') requireRolling(kind, workload);
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return waiting(`the controller has not seen the newest ${kind} yet`, workload);
  }
  if (kind === 'Deployment') return deploymentVerdict(workload);
  return kind === 'StatefulSet' ? statefulSetVerdict(workload) : daemonSetVerdict(workload);
}

function requireRolling(kind: WorkloadKind, { spec }: Workload): void {
  const type = spec.updateStrategy?.type ?? 'RollingUpdate';
  if (type === 'RollingUpdate') return;
  throw new RangeError(
    `a ${kind} with the update strategy ${type} rolls nothing out: its pods are replaced when they are deleted`,
  );
}

function deploymentVerdict(workload: Workload): RolloutVerdict {
  const { metadata, spec, status = {} } = workload;
  const progressing = conditionOf(status.conditions, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return {
      state: 'failed',
      message: `${metadata.name} exceeded its progress deadline`,
      refusal: refusalOf(workload),
    };
  }
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const wanted = spec.replicas ?? 1;
  if (updatedReplicas < wanted) {
    return waiting(`${updatedReplicas} of ${wanted} new replicas have been updated`, workload);
  }
  if (replicas > updatedReplicas) {
    return waiting(`${replicas - updatedReplicas} old replicas are pending termination`, workload);
  }
  if (availableReplicas < updatedReplicas) {
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`, workload);
  }
  return { state: 'done', message: `${metadata.name} is rolled out` };
}

function statefulSetVerdict(workload: Workload): RolloutVerdict {
  const { metadata, spec, status = {} } = workload;
  const wanted = spec.replicas ?? 1;
  const {
    readyReplicas = 0,
    updatedReplicas = 0,
    currentReplicas = 0,
  } = status as typeof status & {
    readonly currentReplicas?: number;
  };
  if (readyReplicas < wanted) return waiting(`${wanted - readyReplicas} of ${wanted} pods are not ready`, workload);
  const partition = spec.updateStrategy?.rollingUpdate?.partition;
  if (spec.updateStrategy?.type === 'RollingUpdate' && partition !== undefined && partition > 0) {
    if (updatedReplicas < wanted - partition) {
      return waiting(`${updatedReplicas} of ${wanted - partition} pods of the partition have been updated`, workload);
    }
    return {
      state: 'done',
      message: `${metadata.name} is rolled out down to its partition: ${updatedReplicas} new pods`,
    };
  }
  if (status.updateRevision !== status.currentRevision) {
    return waiting(`${updatedReplicas} of ${wanted} pods are of revision ${status.updateRevision ?? '?'}`, workload);
  }
  return { state: 'done', message: `${metadata.name} is rolled out: ${currentReplicas} pods` };
}

function daemonSetVerdict(workload: Workload): RolloutVerdict {
  const { metadata, status = {} } = workload;
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = status;
  if (updatedNumberScheduled < desiredNumberScheduled) {
    return waiting(`${updatedNumberScheduled} of ${desiredNumberScheduled} new pods have been updated`, workload);
  }
  if (numberAvailable < desiredNumberScheduled) {
    return waiting(`${numberAvailable} of ${desiredNumberScheduled} updated pods are available`, workload);
  }
  return { state: 'done', message: `${metadata.name} is rolled out` };
}

function waiting(message: string, workload: Workload): RolloutVerdict {
  if (workload.spec.paused === true) return { state: 'paused', message: `it is paused: ${message}` };
  const refusal = refusalOf(workload);
  return refusal === undefined ? { state: 'waiting', message } : { state: 'refused', message, refusal };
}

function refusalOf({ status }: Workload): string | undefined {
  const failure = conditionOf(status?.conditions, 'ReplicaFailure');
  return failure?.status === 'True' ? (failure.message ?? failure.reason) : undefined;
}

function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((one) => one.type === type);
}
