import type { AutoscalerInfo } from '../cluster/autoscalers';
import type { DebugOptions } from '../cluster/debug-container';
import type { EventInfo, EventsQuery } from '../cluster/events';
import type { ExecOptions, ExecResult } from '../cluster/exec';
import type { PodInfo } from '../cluster/pod-info';
import type { LogLine, LogsQuery } from '../cluster/pod-logs';
import type { ForwardOptions, PortForward } from '../cluster/port-forward';
import type { ChangeOptions, RestartPodOptions } from '../cluster/restart';
import type { RevisionInfo } from '../cluster/rollback';
import type { Scaled, ScaleOptions } from '../cluster/scale-workload';
import type { NodeInfo, PodUsage } from '../cluster/usage';
import type { DeploymentStatus } from '../cluster/workload-status';
import type { Surroundings } from '../cluster-client/surroundings';
import type { EngineTls } from '../engine-client/engine-address';
import { EngineClient } from '../engine-client/engine-client';
import { engineError } from '../engine-client/engine-error';
import type { EngineInfo, ManagedCondition, ManagedRef, Manager, RolloutReport, WaitOptions } from '../manager';
import { addedTo, addTools, removeTools } from './compose-debug';
import { composeEvents, followComposeEvents } from './compose-events';
import { executeInContainer } from './compose-exec';
import { composeForward } from './compose-forward';
import { composeLogs } from './compose-logs';
import type { ProjectPlace, RunCompose } from './compose-project';
import { containerNamed, containersOf, labelsOf, serviceLabel } from './compose-project';
import { restartOne, restartService } from './compose-restart';
import type { ServiceWait } from './compose-rollout';
import { serviceRollout, waitForService } from './compose-rollout';
import type { OneOnly } from './compose-scale';
import { scaleService } from './compose-scale';
import { composeService, composeServices, engineInfo, requireService } from './compose-services';
import { composeUsage } from './compose-usage';
import { waitForContainer } from './compose-wait';
import { containerInfo } from './container-info';
import { engineNode } from './engine-node';

/** Which project of which engine. */
export interface ComposeManagerOptions {
  /** Name of the project. */
  readonly project: string;
  /** As DOCKER_HOST has it. @default "unix:///var/run/docker.sock" */
  readonly host?: string | undefined;
  readonly tls?: EngineTls | undefined;
  /** Its compose files, for when nothing of it runs yet. @default what the containers say they were made of */
  readonly files?: readonly string[] | undefined;
  /** Runs Compose. Without it a service cannot be scaled, and nobody knows what the files say now. */
  readonly compose?: RunCompose | undefined;
  /** Why there may be one container of a service only, beside what its files say. @default there may be more */
  readonly oneOnly?: OneOnly | undefined;
  /** Clock and chance; for tests. @default those of the machine */
  readonly surroundings?: Surroundings | undefined;
}

/**
 * One Compose project on a container engine, as {@link ClusterManager} is one namespace of a cluster: a service is a
 * workload, and a container is a pod. What a project keeps nowhere, such as revisions, is Unsupported. Every method
 * ends, by a time-out or by the signal that it is given, and fails with a {@link ClusterError} whose `code` says how:
 * what stands at the method, or what any request may end with: Refused, ApiUnavailable, ConnectionLost, Timeout, Aborted.
 */
export class ComposeManager implements Manager {
  public readonly workloadKinds = ['Service'] as const;
  private readonly place: ProjectPlace;

  public constructor(
    public readonly client: EngineClient,
    private readonly options: ComposeManagerOptions,
  ) {
    const { project, files, compose } = options;
    this.place = { client, project, files, compose };
  }

  /** The engine is asked by the first call. @throws ClusterError NoCluster */
  public static connect(options: ComposeManagerOptions): ComposeManager {
    return new ComposeManager(new EngineClient(options), options);
  }

  public get namespace(): string {
    return this.options.project;
  }

  public get where(): string {
    return `engine ${this.client.host}, project ${this.options.project}`;
  }

  /** Containers, by a selector such as `component=backend`. @throws ClusterError Unsupported for more than equality */
  public async listPods(labelSelector?: string, signal?: AbortSignal): Promise<readonly PodInfo[]> {
    const containers = await containersOf(this.place, labelsOf(labelSelector), signal);
    return containers.map((one) => containerInfo(one));
  }

  /** With what was added to it by {@link debug}. @throws ClusterError NotFound */
  public async getPodInfo(name: string, signal?: AbortSignal): Promise<PodInfo> {
    const container = await containerNamed(this.place, name, signal);
    return containerInfo(container, await addedTo(this.place, container, signal));
  }

  /** Services; those that did their work and ended are left out. */
  public workloads(signal?: AbortSignal): Promise<readonly DeploymentStatus[]> {
    return composeServices(this.place, signal);
  }

  /** A service, also one that did its work. @throws ClusterError NotFound */
  public getDeploymentStatus(name: string, signal?: AbortSignal): Promise<DeploymentStatus> {
    return composeService(this.place, name, signal);
  }

  /** The machine of the engine. */
  public async getNodeInfo(name?: string, signal?: AbortSignal): Promise<readonly NodeInfo[]> {
    const node = await engineNode(this.client, signal);
    return name === undefined || name === node.name ? [node] : [];
  }

  /**
   * Waits until a container is as it should be. @returns the container; undefined once it is gone
   * @throws ClusterError ObjectDeleted when it goes while something else is waited for; Timeout, Aborted; Unsupported for
   *   a condition that a container does not have
   */
  public async waitFor(
    { name }: { readonly kind: 'Pod'; readonly name: string },
    condition: ManagedCondition,
    options?: WaitOptions,
  ): Promise<PodInfo | undefined> {
    const found = await waitForContainer(this.place, name, condition, options);
    return found === undefined ? undefined : containerInfo(found);
  }

  /** The label by which containers of a service are known. @throws ClusterError NotFound */
  public async selectorOf({ name }: ManagedRef, signal?: AbortSignal): Promise<string> {
    await requireService(this.place, name, signal);
    return serviceLabel(name);
  }

  /** What there is of the project. */
  public getClusterInfo(signal?: AbortSignal): Promise<EngineInfo> {
    return engineInfo(this.place, signal);
  }

  /** CPU and memory of containers, the busiest first. */
  public top(labelSelector?: string, signal?: AbortSignal): Promise<readonly PodUsage[]> {
    return composeUsage(this.place, labelSelector, signal);
  }

  /** What the engine still knows of what happened, the oldest first. */
  public events(query?: EventsQuery): Promise<readonly EventInfo[]> {
    return composeEvents(this.place, query);
  }

  /** Events as they happen, after those that the engine still has. */
  public followEvents(
    query: EventsQuery & { readonly signal: AbortSignal },
  ): AsyncGenerator<EventInfo, void, undefined> {
    return followComposeEvents(this.place, query);
  }

  /**
   * Lines of logs, each once, also when a connection breaks or a container is started again.
   * @throws ClusterError NotFound; ContainerNotReady when there was no run before; Unsupported when logs go elsewhere;
   *   Aborted
   */
  public monitorPodLogs(query: LogsQuery): AsyncGenerator<LogLine, void, undefined> {
    return composeLogs(this.place, query);
  }

  /**
   * Runs a command in a container; never a second time. An exit code is no error.
   * @throws ClusterError NotFound, ContainerNotReady; ExecFailed when it could not be started; ConnectionLost when the
   *   connection went before the command had ended; Timeout, Aborted
   */
  public executeInPod(pod: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return executeInContainer(this.place, pod, command, options);
  }

  /**
   * Adds a container with tools to another one. @returns its name
   * @throws ClusterError NotFound, Timeout; ContainerNotReady when the container does not run or the image cannot be had
   */
  public debug(pod: string, options: DebugOptions): Promise<string> {
    return addTools(this.place, pod, options);
  }

  /** Removes a container with tools. @throws ClusterError NotFound */
  public endDebug(pod: string, container: string): Promise<void> {
    return removeTools(this.place, pod, container);
  }

  /**
   * Opens a local port that leads to one of a container.
   * @throws ClusterError NotFound; ContainerNotReady when none is ready, or the image cannot be had; Refused when the
   *   local port is taken
   */
  public portForward(
    target: ManagedRef & { readonly port: number },
    options?: ForwardOptions & { readonly image?: string | undefined },
  ): Promise<PortForward> {
    return composeForward(this.place, target, options);
  }

  /**
   * Stops a container and starts it again: it stays the same container.
   * @throws ClusterError NotFound; Unsupported for `delete` and `force`: nobody makes a container anew
   */
  public restartPod(name: string, options?: RestartPodOptions): Promise<PodInfo> {
    return restartOne(this.place, name, options);
  }

  /**
   * Restarts the containers of a service, one after the other.
   * @throws ClusterError NotFound; ContainerNotReady when one does not become ready; Timeout, Aborted
   */
  public restart({ name }: ManagedRef, options?: ChangeOptions): Promise<readonly string[]> {
    return restartService(this.place, name, options);
  }

  /**
   * Sets how many containers a service has, by Compose.
   * @throws ClusterError NotFound; Refused with a reason for a service that can be there only once; PreconditionFailed,
   *   ScaleSuperseded, Timeout, Aborted; `left` says what there is when Compose was at work by then
   */
  public scaleDeployment(name: string, replicas: number, options?: Omit<ScaleOptions, 'kind'>): Promise<Scaled> {
    return scaleService(this.place, name, replicas, options, this.options.oneOnly);
  }

  /** Where a service is now. @throws ClusterError NotFound */
  public rolloutStatus({ name }: ManagedRef, signal?: AbortSignal): Promise<RolloutReport> {
    return serviceRollout(this.place, name, signal);
  }

  /**
   * Waits until every container of a service runs, is healthy if it has a check, and is of the present files.
   * @throws ClusterError NotFound; ProgressDeadlineExceeded when a container has ended and stays so; RolloutPaused,
   *   ObjectDeleted, Timeout, Aborted
   */
  public waitForRollout({ name }: ManagedRef, wait?: ServiceWait): Promise<RolloutReport> {
    return waitForService(this.place, name, wait);
  }

  /** @throws ClusterError Unsupported */
  public revisions(): Promise<readonly RevisionInfo[]> {
    return unsupported('Compose keeps no revisions', 'the history of the compose file is in Git');
  }

  /** @throws ClusterError Unsupported */
  public rollback(): Promise<RevisionInfo> {
    return unsupported(
      'Compose keeps no revisions to go back to',
      'take the files back with Git, and say `docker compose up --detach`',
    );
  }

  /** @throws ClusterError Unsupported */
  public pin(name: string, replicas: number): Promise<AutoscalerInfo> {
    return unsupported(
      'no autoscaler of a Compose project has bounds to set',
      `say how many there should be: \`tars scale ${name} ${replicas} --target compose\``,
    );
  }

  /** @throws ClusterError Unsupported */
  public unpin(name: string): Promise<AutoscalerInfo> {
    return unsupported(
      'no autoscaler of a Compose project has bounds to set',
      `say how many there should be: \`tars scale ${name} N --target compose\``,
    );
  }

  /** Closes the connections that are kept for the next call. */
  public close(): void {
    this.client.close();
  }
}

function unsupported(message: string, remedy: string): Promise<never> {
  return Promise.reject(engineError('Unsupported', message, { remedy }));
}
