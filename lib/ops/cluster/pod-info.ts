import type { ContainerStatus, Pod } from '../cluster-client/objects';

/** A container of a pod. */
export interface ContainerInfo {
  readonly name: string;
  readonly image: string;
  readonly kind: 'init' | 'main' | 'ephemeral';
  readonly isReady: boolean;
  readonly restarts: number;
  readonly state: 'waiting' | 'running' | 'terminated' | 'unknown';
  /** Why it waits or ended: `CrashLoopBackOff`, `OOMKilled`. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Of a container that ended. */
  readonly exitCode: number | undefined;
  /** How the run before ended: `OOMKilled (137)`. */
  readonly lastEnd: string | undefined;
}

/** A pod in short. */
export interface PodInfo {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly phase: string;
  /** One word for what it does, as kubectl says it: Running, CrashLoopBackOff, Terminating, Init:0/1. */
  readonly status: string;
  readonly isReady: boolean;
  readonly restarts: number;
  readonly node: string | undefined;
  readonly ip: string | undefined;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The workload that made it: `ReplicaSet/tars-backend-7d9f`. */
  readonly owner: string | undefined;
  readonly containers: readonly ContainerInfo[];
  /** Why it has no node. */
  readonly unschedulable: string | undefined;
}

/** A pod, as people ask about it. */
export function podInfo(pod: Pod): PodInfo {
  const { metadata, spec, status } = pod;
  const containers = [
    ...containersOf('init', spec.initContainers, status?.initContainerStatuses),
    ...containersOf('main', spec.containers, status?.containerStatuses),
    ...containersOf('ephemeral', spec.ephemeralContainers, status?.ephemeralContainerStatuses),
  ];
  const owner = metadata.ownerReferences?.find((one) => one.controller === true);
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    phase: status?.phase ?? 'Unknown',
    status: statusWord(pod, containers),
    isReady: isReady(pod),
    restarts: containers.reduce((sum, one) => sum + one.restarts, 0),
    node: spec.nodeName,
    ip: status?.podIP,
    createdAt: metadata.creationTimestamp ?? '',
    labels: metadata.labels ?? {},
    owner: owner === undefined ? undefined : `${owner.kind}/${owner.name}`,
    containers,
    unschedulable: scheduled?.status === 'False' ? scheduled.message : undefined,
  };
}

/** Whether a Service may send it requests. */
export function isReady(pod: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined &&
    (pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false)
  );
}

/** What the containers of a pod wait for, and why it has no node: words for people. */
export function waitingReasons(pod: Pod): string[] {
  const info = podInfo(pod);
  const place = info.unschedulable === undefined ? [] : [`${info.name}: ${info.unschedulable}`];
  const containers = info.containers.flatMap(
    ({ name, kind, state, reason, message, exitCode, isReady: is, lastEnd }) => {
      const where = `${info.name}/${name}`;
      const last = lastEnd === undefined ? '' : `, ended before with ${lastEnd}`;
      if (state === 'waiting' && reason !== undefined) {
        if (reason === 'PodInitializing' || reason === 'ContainerCreating') return [];
        return [`${where}: ${reason}${message === undefined ? '' : `: ${message}`}${last}`];
      }
      if (state === 'terminated' && kind === 'main') return [`${where}: ${reason ?? 'ended'} (${exitCode ?? '?'})`];
      if (state === 'running' && kind === 'main' && !is) return [`${where}: runs, and is not ready${last}`];
      return [];
    },
  );
  return [...place, ...containers];
}

function containersOf(
  kind: ContainerInfo['kind'],
  containers: Pod['spec']['containers'] = [],
  statuses: readonly ContainerStatus[] = [],
): ContainerInfo[] {
  return containers.map(({ name, image = '' }) => {
    const status = statuses.find((one) => one.name === name);
    const state = status?.state;
    const { terminated, waiting } = state ?? {};
    const last = status?.lastState?.terminated;
    return {
      name,
      image,
      kind,
      isReady: status?.ready ?? false,
      restarts: status?.restartCount ?? 0,
      state: stateOf(status),
      reason: waiting?.reason ?? terminated?.reason,
      message: waiting?.message ?? terminated?.message,
      exitCode: terminated?.exitCode,
      lastEnd: last === undefined ? undefined : `${last.reason ?? 'exit code'} (${last.exitCode})`,
    };
  });
}

function stateOf(status: ContainerStatus | undefined): ContainerInfo['state'] {
  if (status?.state?.running !== undefined) return 'running';
  if (status?.state?.terminated !== undefined) return 'terminated';
  return status?.state?.waiting === undefined ? 'unknown' : 'waiting';
}

/** @see https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go (printPod) */
function statusWord({ metadata, status }: Pod, containers: readonly ContainerInfo[]): string {
  if (metadata.deletionTimestamp !== undefined) return status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  const init = containers.filter(({ kind }) => kind === 'init');
  const stuck = init.findIndex(
    ({ state, exitCode, isReady: is }) => !(state === 'terminated' && exitCode === 0) && !(state === 'running' && is),
  );
  const isInitialized = status?.conditions?.some((one) => one.type === 'Initialized' && one.status === 'True') ?? false;
  if (stuck !== -1 && !isInitialized) {
    const { reason, state } = init[stuck] ?? {};
    const isTelling = (state === 'waiting' || state === 'terminated') && reason !== undefined;
    if (isTelling && reason !== 'PodInitializing') return `Init:${reason}`;
    if (status?.phase === 'Pending' && state !== 'unknown') return `Init:${stuck}/${init.length}`;
  }
  const main = containers.filter(({ kind }) => kind === 'main');
  const telling = main.find(({ state, reason }) => state !== 'running' && reason !== undefined);
  if (
    telling?.reason !== undefined &&
    !(telling.reason === 'Completed' && main.some((one) => one.state === 'running'))
  ) {
    return telling.reason;
  }
  const ended = main.find(({ state, exitCode }) => state === 'terminated' && exitCode !== undefined);
  if (ended?.exitCode !== undefined) return `ExitCode:${ended.exitCode}`;
  return status?.reason ?? status?.phase ?? 'Unknown';
}
