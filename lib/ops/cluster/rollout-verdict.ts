import type { Condition, Workload } from '../cluster-client/objects';
import type { WorkloadKind } from './workload';

/** How far a rollout is. */
export interface RolloutVerdict {
  /**
   * - done: every replica is of the newest revision and available
   * - waiting: it goes on by itself
   * - refused: it waits, and the cluster refuses new pods (quota, limits, Pod Security, a webhook)
   * - paused: new pods are wanted, and are made only when somebody resumes it
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

const MARGIN_MS = 60_000;
const DEFAULT_DEADLINE_SECONDS = 600;
/** By this number a Deployment says that it has no progress deadline. */
const NO_DEADLINE = 2 ** 31 - 1;

/** How long a rollout may take, in milliseconds: its progress deadline and a minute, else eleven minutes. */
export function rolloutTimeoutMs({ spec: { progressDeadlineSeconds: seconds } }: Workload): number {
  const isSet = seconds !== undefined && seconds !== NO_DEADLINE;
  return (isSet ? seconds : DEFAULT_DEADLINE_SECONDS) * 1000 + MARGIN_MS;
}

function requireRolling(kind: WorkloadKind, { spec }: Workload): void {
  const type = spec.updateStrategy?.type ?? 'RollingUpdate';
  if (type === 'RollingUpdate') return;
  const how =
    type === 'OnDelete' ? 'rolls nothing out: its pods are replaced when they are deleted' : 'is not followed';
  throw new RangeError(`a ${kind} with the update strategy ${type} ${how}`);
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
  const isPaused = spec.paused === true;
  if (updatedReplicas < wanted) {
    const message = `${updatedReplicas} of ${wanted} new replicas have been updated`;
    // A pause stops no scaling, of new pods among themselves.
    return isPaused && (updatedReplicas === 0 || replicas > updatedReplicas)
      ? paused(message)
      : waiting(message, workload);
  }
  if (replicas > updatedReplicas) {
    const message = `${replicas - updatedReplicas} old replicas are pending termination`;
    return isPaused ? paused(message) : waiting(message, workload);
  }
  if (availableReplicas < updatedReplicas) {
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`, workload);
  }
  return { state: 'done', message: `${metadata.name} is rolled out` };
}

function statefulSetVerdict(workload: Workload): RolloutVerdict {
  const { metadata, spec, status = {} } = workload;
  const { readyReplicas = 0, updatedReplicas = 0 } = status;
  const wanted = spec.replicas ?? 1;
  if (readyReplicas < wanted) return waiting(`${wanted - readyReplicas} of ${wanted} pods are not ready`, workload);
  // The server fills in a partition of 0. Revisions are not compared: half way back to the earlier one both are that one.
  const { partition = 0 } = spec.updateStrategy?.rollingUpdate ?? {};
  const ofPartition = partition > 0 ? ' of the partition' : '';
  if (updatedReplicas < wanted - partition) {
    return waiting(`${updatedReplicas} of ${wanted - partition} pods${ofPartition} have been updated`, workload);
  }
  const how = partition > 0 ? ` down to its partition: ${updatedReplicas} new pods` : `: ${updatedReplicas} pods`;
  return { state: 'done', message: `${metadata.name} is rolled out${how}` };
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
  const refusal = refusalOf(workload);
  return refusal === undefined ? { state: 'waiting', message } : { state: 'refused', message, refusal };
}

function paused(message: string): RolloutVerdict {
  return { state: 'paused', message: `it is paused: ${message}` };
}

function refusalOf({ status }: Workload): string | undefined {
  const failure = conditionOf(status?.conditions, 'ReplicaFailure');
  return failure?.status === 'True' ? (failure.message ?? failure.reason) : undefined;
}

function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((one) => one.type === type);
}
