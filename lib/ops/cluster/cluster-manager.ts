import type { ClusterClient } from '../cluster-client/cluster-client';
import type { ConnectOptions } from '../cluster-client/connect';
import { connectCluster } from '../cluster-client/connect';
import type { ApiObject, Workload } from '../cluster-client/objects';
import { listObjects, readObject } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import { selectorText } from '../cluster-client/selector';
import type { Manager } from '../manager';
import type { AutoscalerInfo } from './autoscalers';
import { autoscalersOf, pin, unpin } from './autoscalers';
import type { AuditLine } from './audit';
import { leaveAuditLine } from './audit';
import type { DebugOptions } from './debug-container';
import { addDebugContainer } from './debug-container';
import type { EventInfo, EventsQuery } from './events';
import { followEvents, listEvents } from './events';
import type { ExecOptions, ExecResult } from './exec';
import { executeInPod } from './exec';
import type { PodInfo } from './pod-info';
import { podInfo } from './pod-info';
import type { LogLine, LogsQuery } from './pod-logs';
import { podLogs } from './pod-logs';
import type { ForwardOptions, ForwardTarget, PortForward } from './port-forward';
import { portForward } from './port-forward';
import type { ChangeOptions, RestartPodOptions } from './restart';
import { restartPod, restartWorkload } from './restart';
import type { RevisionInfo } from './rollback';
import { revisions, rollback } from './rollback';
import type { RolloutStatus, RolloutWait } from './rollout';
import { rolloutStatus, waitForRollout } from './rollout';
import type { Scaled, ScaleOptions } from './scale-workload';
import { scaleWorkload } from './scale-workload';
import type { ClusterInfo, NodeInfo, PodUsage } from './usage';
import { clusterInfo, nodeInfo, podUsage } from './usage';
import type { ObjectRef, WaitCondition } from './wait-for';
import { waitFor } from './wait-for';
import type { DeploymentStatus } from './workload-status';
import { workloadStatus } from './workload-status';
import type { Place, WorkloadKind, WorkloadRef } from './workload';
import { readWorkload } from './workload';

/** Which namespace of which cluster. */
export interface ClusterManagerOptions extends ConnectOptions {
  /** @default the namespace of the context */
  readonly namespace?: string | undefined;
}

/**
 * One namespace of a running cluster: what is there, and what one may do with it. Every method ends, by a
 * time-out or by the signal that it is given, and fails with a {@link ClusterError} whose `code` says how: what stands at
 * the method, or what any request may end with: Unauthorized, Forbidden, Refused, TooManyRequests, ApiUnavailable,
 * ConnectionLost, Timeout, Aborted.
 */
export class ClusterManager implements Manager {
  public readonly workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
  private readonly place: Place;

  public constructor(
    public readonly client: ClusterClient,
    public readonly namespace: string,
  ) {
    this.place = { client, namespace };
  }

  /**
   * Reads the kubeconfig; the cluster is asked by the first call.
   * @throws ClusterError NoCluster, ClientMissing
   */
  public static async connect(options: ClusterManagerOptions = {}): Promise<ClusterManager> {
    const client = await connectCluster(options);
    return new ClusterManager(client, options.namespace ?? client.identity.namespace);
  }

  public get where(): string {
    const { context, server } = this.client.identity;
    return `context ${context} (${server}), namespace ${this.namespace}`;
  }

  /** Pods, by a selector such as `component=backend`. */
  public async listPods(labelSelector?: string, signal?: AbortSignal): Promise<readonly PodInfo[]> {
    const { items } = await listObjects(this.client, RESOURCES.Pod, {
      namespace: this.namespace,
      labelSelector,
      signal,
    });
    return items.map(podInfo);
  }

  /** @throws ClusterError NotFound */
  public async getPodInfo(name: string, signal?: AbortSignal): Promise<PodInfo> {
    return podInfo(await readObject(this.client, RESOURCES.Pod, this.namespace, name, signal));
  }

  /** Workloads of a kind. */
  public async listWorkloads(kind: WorkloadKind, signal?: AbortSignal): Promise<readonly DeploymentStatus[]> {
    const { items } = await listObjects(this.client, RESOURCES[kind], { namespace: this.namespace, signal });
    return items.map((one) => workloadStatus(kind, one));
  }

  /** Workloads of every kind that rolls out. */
  public async workloads(signal?: AbortSignal): Promise<readonly DeploymentStatus[]> {
    return (await Promise.all(this.workloadKinds.map((kind) => this.listWorkloads(kind, signal)))).flat();
  }

  /** The labels by which pods of a workload are known. @throws ClusterError NotFound */
  public async selectorOf(ref: WorkloadRef, signal?: AbortSignal): Promise<string> {
    return selectorText((await readWorkload(this.place, ref, signal)).spec.selector);
  }

  /** @throws ClusterError NotFound */
  public async getDeploymentStatus(name: string, signal?: AbortSignal): Promise<DeploymentStatus> {
    return workloadStatus('Deployment', await readWorkload(this.place, { name }, signal));
  }

  /**
   * Ends a pod by eviction, whose owner makes another one.
   * @throws ClusterError NotFound; Refused for a pod without an owner; TooManyRequests when a budget forbids it
   */
  public async restartPod(name: string, options?: RestartPodOptions): Promise<PodInfo> {
    return podInfo(await restartPod(this.place, name, options));
  }

  /**
   * Replaces all pods of a workload, by its own strategy.
   * @throws ClusterError NotFound; RolloutPaused for a paused Deployment; Conflict when it was restarted in this second
   */
  public restart(ref: WorkloadRef, options?: ChangeOptions): Promise<Workload> {
    return restartWorkload(this.place, ref, options);
  }

  /**
   * Sets the replicas of a workload.
   * @throws ClusterError NotFound; Refused for what is no number of replicas; ManagedByAutoscaler; PreconditionFailed;
   *   Conflict when it is written to all the time; while it waits ScaleSuperseded, ObjectDeleted, Timeout, Aborted
   */
  public scaleDeployment(name: string, replicas: number, options?: ScaleOptions): Promise<Scaled> {
    return scaleWorkload(this.place, name, replicas, options);
  }

  /** Who steers the replicas of a Deployment. */
  public autoscalers(name: string, signal?: AbortSignal): Promise<readonly AutoscalerInfo[]> {
    return autoscalersOf(this.place, 'Deployment', name, signal);
  }

  /**
   * Holds an autoscaled Deployment at a number of replicas, until `unpin`.
   * @throws ClusterError NotFound without a HorizontalPodAutoscaler; Refused below 1; Conflict when it is written to all
   *   the time
   */
  public pin(name: string, replicas: number, options?: ChangeOptions): Promise<AutoscalerInfo> {
    return pin(this.place, { kind: 'Deployment', name }, replicas, options);
  }

  /**
   * Lets go of a pinned Deployment.
   * @throws ClusterError NotFound without a HorizontalPodAutoscaler; Refused when it is not pinned; Conflict
   */
  public unpin(name: string, options?: ChangeOptions): Promise<AutoscalerInfo> {
    return unpin(this.place, { kind: 'Deployment', name }, options);
  }

  /**
   * Where a rollout is now.
   * @throws ClusterError NotFound; Refused for a workload that rolls nothing out (OnDelete)
   */
  public rolloutStatus(ref: WorkloadRef, signal?: AbortSignal): Promise<RolloutStatus> {
    return rolloutStatus(this.place, ref, signal);
  }

  /**
   * Waits until a rollout is done.
   * @throws ClusterError NotFound; Refused for a workload that rolls nothing out (OnDelete); ProgressDeadlineExceeded,
   *   RolloutRefused, RolloutPaused, ObjectDeleted, Timeout, Aborted
   */
  public waitForRollout(ref: WorkloadRef, wait?: RolloutWait): Promise<RolloutStatus> {
    return waitForRollout(this.place, ref, wait);
  }

  /** What a workload can go back to, the newest first. @throws ClusterError NotFound */
  public revisions(ref: WorkloadRef, signal?: AbortSignal): Promise<readonly RevisionInfo[]> {
    return revisions(this.place, ref, signal);
  }

  /**
   * Goes back to an earlier revision. @returns the revision that it goes back to
   * @param options `toRevision`: @default the one before the current
   * @throws ClusterError NotFound, also when there is no such revision; RolloutPaused; PreconditionFailed when somebody
   *   else changes its pods at the same time; Conflict when it is written to all the time
   */
  public rollback(
    ref: WorkloadRef,
    options?: ChangeOptions & { readonly toRevision?: number | undefined },
  ): Promise<RevisionInfo> {
    return rollback(this.place, ref, options);
  }

  /** Nodes, or one of them. @throws ClusterError Forbidden: nodes belong to the whole cluster */
  public getNodeInfo(name?: string, signal?: AbortSignal): Promise<readonly NodeInfo[]> {
    return nodeInfo(this.place, name, signal);
  }

  /** What is in use. */
  public getClusterInfo(signal?: AbortSignal): Promise<ClusterInfo> {
    return clusterInfo(this.place, signal);
  }

  /** CPU and memory of pods, the busiest first. @throws ClusterError MetricsUnavailable */
  public top(labelSelector?: string, signal?: AbortSignal): Promise<readonly PodUsage[]> {
    return podUsage(this.place, labelSelector, signal);
  }

  /**
   * Lines of logs, each once, also when a connection breaks or a container is started again.
   * @throws ClusterError NotFound for a pod or container that is not there; ContainerNotReady, Forbidden, Aborted
   */
  public monitorPodLogs(query: LogsQuery): AsyncGenerator<LogLine, void, undefined> {
    return podLogs(this.place, query);
  }

  /**
   * Runs a command in a pod; never a second time. An exit code is no error.
   * @throws ClusterError NotFound, Forbidden, ContainerNotReady; ExecFailed when it could not be started; ConnectionLost
   *   when the connection went before the exit code came; Timeout, Aborted
   */
  public executeInPod(pod: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return executeInPod(this.place, pod, command, options);
  }

  /**
   * Adds a container with tools to a pod. @returns its name
   * @throws ClusterError NotFound, Forbidden, Timeout, Aborted; ContainerNotReady when it does not start
   */
  public debug(pod: string, options: DebugOptions): Promise<string> {
    return addDebugContainer(this.place, pod, options);
  }

  /** An ephemeral container cannot be taken away: it ends by itself. */
  public endDebug(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Opens a local port that leads into the cluster.
   * @throws ClusterError NotFound; ContainerNotReady when no pod is ready; Refused when the local port is taken
   */
  public portForward(target: ForwardTarget, options?: ForwardOptions): Promise<PortForward> {
    return portForward(this.place, target, options);
  }

  /** Events, the oldest first. */
  public events(query?: EventsQuery): Promise<readonly EventInfo[]> {
    return listEvents(this.place, query);
  }

  /** Events as they happen, after those that are there. */
  public followEvents(
    query: EventsQuery & { readonly signal: AbortSignal },
  ): AsyncGenerator<EventInfo, void, undefined> {
    return followEvents(this.place, query);
  }

  /**
   * Waits until an object is as it should be. @returns the object; undefined once it is gone
   * @param options `timeoutMs`: @default 300000
   * @throws ClusterError ObjectDeleted when it goes while something else is waited for; Timeout, Aborted
   */
  public waitFor(
    ref: ObjectRef,
    condition: WaitCondition,
    options?: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<ApiObject | undefined> {
    return waitFor(this.place, ref, condition, options);
  }

  /**
   * Leaves an Event that says who did what.
   * @throws ClusterError Forbidden where one may not write events; NotFound without a uid of what is not there
   */
  public audit(line: AuditLine, signal?: AbortSignal): Promise<void> {
    return leaveAuditLine(this.place, line, signal);
  }

  /** Closes the connections that are kept for the next call. */
  public close(): void {
    this.client.close();
  }
}
