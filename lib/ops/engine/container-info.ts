import type { ContainerInfo, PodInfo } from '../cluster/pod-info';
import type { Container } from '../engine-client/containers';
import { COMPOSE } from '../engine-client/containers';
import { nameOf, serviceOf } from './compose-project';

/** A container as a pod: it has one container of its own, and those with tools that were added. */
export function containerInfo(container: Container, added: readonly Container[] = []): PodInfo {
  const { Config: config, Created: createdAt, Id: uid, NetworkSettings: network } = container;
  const ip = Object.values(network.Networks ?? {}).find(({ IPAddress }) => IPAddress !== '')?.IPAddress;
  return {
    name: nameOf(container),
    namespace: config.Labels[COMPOSE.project] ?? '',
    uid,
    phase: phaseOf(container),
    status: wordOf(container),
    isReady: isReady(container),
    restarts: container.RestartCount,
    node: undefined,
    ip,
    createdAt,
    labels: config.Labels,
    owner: `Service/${serviceOf(container)}`,
    containers: [describe(container, serviceOf(container), 'main'), ...added.map((one) => addedInfo(one))],
    unschedulable: undefined,
  };
}

/** Whether it takes requests: it runs, and its health check, if it has one, says so. */
export function isReady({ State: state }: Container): boolean {
  if (!state.Running || state.Paused || state.Restarting) return false;
  const health = state.Health?.Status ?? 'none';
  return health === 'none' || health === 'healthy';
}

/** Whether it did its work and ended: nobody starts it again. */
export function isCompleted({ State: state, HostConfig: host }: Container): boolean {
  const isFinal = ['no', 'on-failure', ''].includes(host.RestartPolicy.Name);
  return state.Status === 'exited' && state.ExitCode === 0 && isFinal;
}

/** What a container waits for or has ended with: words for people. */
export function reasonsOf(container: Container): string[] {
  const { State: state } = container;
  const name = nameOf(container);
  const end = `${endWord(container)} (${state.ExitCode})`;
  if (isReady(container) || isCompleted(container)) return [];
  if (state.Status === 'restarting') return [`${name}: started again and again, ended last with ${end}`];
  if (state.Status === 'paused') return [`${name}: paused`];
  if (state.Status !== 'running') {
    const said = state.Error === '' ? '' : `: ${state.Error}`;
    return [state.Status === 'exited' ? `${name}: ${end}${said}` : `${name}: ${state.Status}${said}`];
  }
  const last = state.Health?.Log?.at(-1)?.Output.trim().slice(0, 300) ?? '';
  return [`${name}: runs, and is ${state.Health?.Status ?? 'not ready'}${last === '' ? '' : `: ${last}`}`];
}

function describe(container: Container, name: string, kind: ContainerInfo['kind']): ContainerInfo {
  const { State: state, Config: config, RestartCount: restarts } = container;
  const isOver = state.Status === 'exited' || state.Status === 'dead';
  const isBefore = restarts > 0 && state.FinishedAt > '0002';
  return {
    name,
    image: config.Image,
    kind,
    isReady: isReady(container),
    restarts,
    state: state.Running && !state.Restarting ? 'running' : isOver ? 'terminated' : 'waiting',
    reason: isOver ? endWord(container) : state.Running && !state.Paused ? undefined : wordOf(container),
    message: state.Error === '' ? undefined : state.Error,
    exitCode: isOver ? state.ExitCode : undefined,
    // Of a container that runs the engine keeps when the run before ended, and not how.
    lastEnd: isBefore && state.Restarting ? `${endWord(container)} (${state.ExitCode})` : undefined,
  };
}

function addedInfo(container: Container): ContainerInfo {
  return describe(container, nameOf(container), 'ephemeral');
}

function endWord({ State: { OOMKilled: isOutOfMemory, ExitCode: code } }: Container): string {
  return isOutOfMemory ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error';
}

/** The words of Kubernetes, as far as they mean the same. */
function wordOf(container: Container): string {
  const { Status: status } = container.State;
  if (status === 'exited' || status === 'dead') return endWord(container);
  return {
    created: 'Created',
    running: 'Running',
    paused: 'Paused',
    restarting: 'Restarting',
    removing: 'Terminating',
  }[status];
}

function phaseOf({ State: state }: Container): string {
  if (state.Status === 'exited' || state.Status === 'dead') return state.ExitCode === 0 ? 'Succeeded' : 'Failed';
  return state.Status === 'created' ? 'Pending' : 'Running';
}
