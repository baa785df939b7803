import type { AuditLine } from './cluster/audit';
import type { AutoscalerInfo } from './cluster/autoscalers';
import type { DebugOptions } from './cluster/debug-container';
import type { EventInfo, EventsQuery } from './cluster/events';
import type { ExecOptions, ExecResult } from './cluster/exec';
import type { LogLine, LogsQuery } from './cluster/pod-logs';
import type { PodInfo } from './cluster/pod-info';
import type { ForwardOptions, PortForward } from './cluster/port-forward';
import type { ChangeOptions, RestartPodOptions } from './cluster/restart';
import type { RevisionInfo } from './cluster/rollback';
import type { RolloutStatus, RolloutWait } from './cluster/rollout';
import type { Scaled, ScaleOptions } from './cluster/scale-workload';
import type { ClusterInfo, NodeInfo, PodUsage } from './cluster/usage';
import type { WorkloadKind } from './cluster/workload';
import type { DeploymentStatus } from './cluster/workload-status';

/** What can be meant: a workload, one of its pods, a Service. A service of Compose is a workload, and its containers are pods. */
export type TargetKind = WorkloadKind | 'Pod' | 'Service';

/** Something that runs, by its name. */
export interface OpsTarget {
  readonly kind: TargetKind;
  readonly name: string;
}

/** A workload; without a kind what the manager has most of. */
export interface ManagedRef {
  readonly kind?: TargetKind | undefined;
  readonly name: string;
}

/** What is in use on a container engine. */
export interface EngineInfo {
  /** `unix:///var/run/docker.sock`. */
  readonly engine: string;
  readonly project: string;
  /** Version of the engine. */
  readonly version: string;
  /** Containers of the project by what they do: Running, Succeeded, Failed, Pending. */
  readonly pods: Readonly<Record<string, number>>;
}

/** What a pod or a container is waited for: that it is there, that it is gone, that it is ready or not. */
export type ManagedCondition =
  'created' | 'deleted' | { readonly condition: 'Ready'; readonly status?: 'True' | 'False' };

/** How long something is waited for. */
export interface WaitOptions {
  /** @default 300000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A rollout, which has a generation on a cluster alone. */
export type RolloutReport = Omit<RolloutStatus, 'generation'>;

/**
 * A running system, wherever it runs: a namespace of a cluster or a Compose project on an engine. Every method ends,
 * by a time-out or by the signal that it is given, and fails with a ClusterError whose `code` says how: Unsupported
 * for what one of the two cannot do.
 */
export interface Manager {
  /** Name of the namespace or of the project. */
  readonly namespace: string;
  /** Where it is, for people: `context prod (https://…), namespace tars`. */
  readonly where: string;
  /** What its workloads are. */
  readonly workloadKinds: readonly TargetKind[];

  getClusterInfo(signal?: AbortSignal): Promise<ClusterInfo | EngineInfo>;
  /** Nodes, or one of them; the machine of an engine is its only one. @throws ClusterError Forbidden */
  getNodeInfo(name?: string, signal?: AbortSignal): Promise<readonly NodeInfo[]>;
  workloads(signal?: AbortSignal): Promise<readonly DeploymentStatus[]>;
  /** A Deployment, or a service of Compose. @throws ClusterError NotFound */
  getDeploymentStatus(name: string, signal?: AbortSignal): Promise<DeploymentStatus>;
  /** The labels by which pods of a workload are known. @throws ClusterError NotFound */
  selectorOf(ref: ManagedRef, signal?: AbortSignal): Promise<string>;
  listPods(labelSelector?: string, signal?: AbortSignal): Promise<readonly PodInfo[]>;
  getPodInfo(name: string, signal?: AbortSignal): Promise<PodInfo>;
  /**
   * Waits for a pod; a workload is waited for by {@link waitForRollout}.
   * @throws ClusterError ObjectDeleted when it goes while something else is waited for; Timeout, Aborted
   */
  waitFor(
    ref: { readonly kind: 'Pod'; readonly name: string },
    condition: ManagedCondition,
    options?: WaitOptions,
  ): Promise<unknown>;
  top(labelSelector?: string, signal?: AbortSignal): Promise<readonly PodUsage[]>;
  events(query?: EventsQuery): Promise<readonly EventInfo[]>;
  followEvents(query: EventsQuery & { readonly signal: AbortSignal }): AsyncGenerator<EventInfo, void, undefined>;
  monitorPodLogs(query: LogsQuery): AsyncGenerator<LogLine, void, undefined>;

  executeInPod(pod: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Adds a container with tools to a pod. @returns its name */
  debug(pod: string, options: DebugOptions): Promise<string>;
  /** Takes it away again, where that is possible. */
  endDebug(pod: string, container: string): Promise<void>;
  portForward(
    target: ManagedRef & { readonly port: number },
    options?: ForwardOptions & { readonly image?: string | undefined },
  ): Promise<PortForward>;

  restartPod(name: string, options?: RestartPodOptions): Promise<PodInfo>;
  restart(ref: ManagedRef, options?: ChangeOptions): Promise<unknown>;
  scaleDeployment(
    name: string,
    replicas: number,
    options?: Omit<ScaleOptions, 'kind'> & { readonly kind?: TargetKind | ScaleOptions['kind'] },
  ): Promise<Scaled>;
  pin(name: string, replicas: number, options?: ChangeOptions): Promise<AutoscalerInfo>;
  unpin(name: string, options?: ChangeOptions): Promise<AutoscalerInfo>;
  rolloutStatus(ref: ManagedRef, signal?: AbortSignal): Promise<RolloutReport>;
  waitForRollout(
    ref: ManagedRef,
    wait?: Omit<RolloutWait, 'onChange'> & { readonly onChange?: ((status: RolloutReport) => void) | undefined },
  ): Promise<RolloutReport>;
  revisions(ref: ManagedRef, signal?: AbortSignal): Promise<readonly RevisionInfo[]>;
  rollback(
    ref: ManagedRef,
    options?: ChangeOptions & { readonly toRevision?: number | undefined },
  ): Promise<RevisionInfo>;

  /** Leaves a note that says who did what; undefined where there is no place for one. */
  readonly audit?: (line: AuditLine, signal?: AbortSignal) => Promise<void>;
  close(): void;
}
