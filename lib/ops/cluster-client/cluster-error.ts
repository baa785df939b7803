import type { IssueCode } from '../../model/issues';

interface Kind {
  /** The code that docs/errors.md explains. */
  readonly code: IssueCode;
  readonly message: string;
  /** What to do, where the failure itself says nothing better. */
  readonly remedy: string;
}

/** Every way in which an operation on a cluster fails. */
export const CLUSTER_ERRORS = {
  NotFound: {
    code: 'TARS7001',
    message: 'the object is not there',
    remedy: 'look at its name, at the namespace and at the context',
  },
  Forbidden: {
    code: 'TARS7002',
    message: 'you may not do this',
    remedy:
      'ask for the role `tars-oncall` in the namespace (`oncallRole: true` in main.ts), or see `kubectl auth can-i --list`',
  },
  Unauthorized: {
    code: 'TARS7003',
    message: 'the cluster does not know you',
    remedy: 'log in again, and see what `kubectl auth whoami` says',
  },
  Refused: {
    code: 'TARS7004',
    message: 'the cluster refuses the request',
    remedy: 'mend what the message names',
  },
  Conflict: {
    code: 'TARS7005',
    message: 'somebody else changed the object at the same time',
    remedy: 'look at it again, and repeat the command if it is still wanted',
  },
  PreconditionFailed: {
    code: 'TARS7006',
    message: 'a precondition does not hold',
    remedy: 'look at the object again before you change it',
  },
  ScaleSuperseded: {
    code: 'TARS7007',
    message: 'somebody else changed the replicas meanwhile',
    remedy: 'find out who: another person, an autoscaler, a deployment in CI',
  },
  ManagedByAutoscaler: {
    code: 'TARS7008',
    message: 'an autoscaler manages the replicas, and would set them back',
    remedy: 'change its bounds in main.ts, or pin them for a while: `tars scale NAME --pin N`',
  },
  ProgressDeadlineExceeded: {
    code: 'TARS7009',
    message: 'the rollout made no progress in its time',
    remedy: 'mend what the pods wait for, or go back: `tars rollout undo NAME`',
  },
  RolloutRefused: {
    code: 'TARS7010',
    message: 'the cluster refuses pods of the rollout',
    remedy: 'mend what the message names: a quota, a limit range, Pod Security; or go back: `tars rollout undo NAME`',
  },
  RolloutPaused: {
    code: 'TARS7011',
    message: 'the rollout is paused',
    remedy: '`kubectl rollout resume deployment/NAME`',
  },
  ObjectDeleted: {
    code: 'TARS7012',
    message: 'the object was deleted meanwhile',
    remedy: 'find out who deleted it, and apply again',
  },
  Timeout: {
    code: 'TARS7013',
    message: 'it took too long',
    remedy: 'look at `tars status` and `tars events`',
  },
  Aborted: {
    code: 'TARS7014',
    message: 'it was called off',
    remedy: 'nothing: what was asked of the cluster before stands, nothing more was asked',
  },
  TooManyRequests: {
    code: 'TARS7015',
    message: 'the server is busy, or a budget forbids the disruption',
    remedy: 'try again later; what a budget allows is said by `kubectl get poddisruptionbudgets`',
  },
  ApiUnavailable: {
    code: 'TARS7016',
    message: 'the API server does not answer',
    remedy: 'see whether `kubectl version` reaches it',
  },
  ConnectionLost: {
    code: 'TARS7017',
    message: 'the connection was lost midway',
    remedy: 'find out what came of the command before you repeat it',
  },
  MetricsUnavailable: {
    code: 'TARS7018',
    message: 'the cluster serves no metrics of pods and nodes',
    remedy: 'install metrics-server, and see `kubectl get apiservice v1beta1.metrics.k8s.io`',
  },
  ContainerNotReady: {
    code: 'TARS7019',
    message: 'the container does not run',
    remedy: 'look at `tars pods` and `tars events`; of one that ended, `tars logs --previous` has the last words',
  },
  ExecFailed: {
    code: 'TARS7020',
    message: 'the command could not be run in the container',
    remedy: 'see whether the image has the program; `tars debug` brings one that has a shell',
  },
  NoCluster: {
    code: 'TARS7021',
    message: 'the kubeconfig has no such cluster',
    remedy: 'see `kubectl config get-contexts`, and set --kubeconfig or --context',
  },
  ClientMissing: {
    code: 'TARS7022',
    message: 'a package that operations need is not installed',
    remedy: 'npm install --save-dev --save-exact @kubernetes/client-node@1.4.0',
  },
  WrongCluster: {
    code: 'TARS7023',
    message: 'this is not the cluster of the project',
    remedy: 'choose the context with --context, or correct the pin in tars.cluster.yaml',
  },
  Unconfirmed: {
    code: 'TARS7024',
    message: 'nobody confirmed the change',
    remedy: 'answer with yes, or hand in --yes where nobody can be asked',
  },
  Unsupported: {
    code: 'TARS7025',
    message: 'what runs the system cannot do this',
    remedy: 'see docs/running.md for what each target can do',
  },
} as const satisfies Record<string, Kind>;

/** A kind of failure. */
export type ClusterErrorCode = keyof typeof CLUSTER_ERRORS;

/**
 * What the server says of a failure.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export interface ServerStatus {
  /** HTTP status code; 0 where the answer came over a stream. */
  readonly code: number;
  /** One word for programs, e.g. `AlreadyExists`. */
  readonly reason: string;
  readonly message: string;
  /** Seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number | undefined;
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field?: string }[];
}

/** More of a failure. */
export interface ClusterErrorDetails {
  /** What to do about it. @default what the kind says */
  readonly remedy?: string | undefined;
  readonly status?: ServerStatus | undefined;
  readonly cause?: unknown;
  /** Whether the same call may succeed later. @default false */
  readonly retryable?: boolean;
  /** What there is after a change that was begun and did not come to its end. */
  readonly left?: string | undefined;
  /** What failed. @default "cluster" */
  readonly system?: 'cluster' | 'engine' | undefined;
}

/** A failed operation. `code` says which kind, and never changes its meaning. */
export class ClusterError extends Error {
  public readonly code: ClusterErrorCode;
  /** Whether the same call may succeed later. */
  public readonly retryable: boolean;
  /** The server's own words, where it had any. */
  public readonly status: ServerStatus | undefined;
  /** What to do about it. */
  public readonly remedy: string;
  /** What there is after a change that was begun and did not come to its end. */
  public readonly left: string | undefined;
  /** What failed: a cluster, or a container engine. */
  public readonly system: 'cluster' | 'engine';

  public constructor(code: ClusterErrorCode, message: string, details: ClusterErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ClusterError';
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.status = details.status;
    this.remedy = details.remedy ?? CLUSTER_ERRORS[code].remedy;
    this.left = details.left;
    this.system = details.system ?? 'cluster';
  }

  /** The code of docs/errors.md. */
  public get issueCode(): IssueCode {
    return CLUSTER_ERRORS[this.code].code;
  }
}

/** Whether an exception is a {@link ClusterError}, of one of these kinds if any are named. */
export function isClusterError(error: unknown, ...codes: readonly ClusterErrorCode[]): error is ClusterError {
  return error instanceof ClusterError && (codes.length === 0 || codes.includes(error.code));
}
