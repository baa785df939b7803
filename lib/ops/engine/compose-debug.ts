import type { DebugOptions } from '../cluster/debug-container';
import { isClusterError } from '../cluster-client/cluster-error';
import { Deadline, WAIT_LONGER } from '../cluster-client/deadline';
import type { Container } from '../engine-client/containers';
import { createContainer, listContainers, removeContainer, startContainer } from '../engine-client/containers';
import { engineError } from '../engine-client/engine-error';
import { ensureImage } from '../engine-client/images';
import { containerNamed, inspected, nameOf } from './compose-project';
import type { ProjectPlace } from './compose-project';
import { together } from './together';

/** The container to which one with tools was added, by its id. */
const ADDED_TO = 'cdk8s-tars.added-to';
/** An hour: whatever happens to this process, it is gone by then. */
const SLEEP = ['sleep', '3600'];
/** Nobody in particular, where the container does not say who it runs as. */
const NOBODY = '65534:65534';
/** Until it runs, the pull of its image included. */
export const TOOLS_TIMEOUT_MS = 120_000;
const MEMORY_BYTES = 256 << 20;
const MOST_PROCESSES = 128;

/**
 * Adds a container with tools to another one: it has its network and sees its processes. It runs as the same user,
 * without capabilities and on a file system that it cannot write to, as the containers of a project do; the engine
 * removes it after an hour, if nobody does before.
 *
 * @returns its name
 * @throws ClusterError NotFound, Timeout; ContainerNotReady when the container does not run or the image cannot be had
 */
export async function addTools(place: ProjectPlace, pod: string, options: DebugOptions): Promise<string> {
  const target = await containerNamed(place, pod, options.signal);
  requireRunning(target);
  // One that was added to a container of this name before it was made anew has its name still.
  const taken = (await listContainers(place.client, { labels: [ADDED_TO], signal: options.signal })).flatMap(
    ({ Names: names }) => names.map((one) => one.replace(/^\//, '')),
  );
  const nameAt = (number: number): string => `${pod}-debug-${number}`;
  const name = nameAt([...taken, ''].findIndex((_, at) => !taken.includes(nameAt(at + 1))) + 1);
  if (options.dryRun === true) {
    await options.onAdded?.(name);
    return name;
  }
  const { timeoutMs = TOOLS_TIMEOUT_MS, signal } = options;
  const deadline = new Deadline(`adding ${name}`, timeoutMs, signal, 'engine', WAIT_LONGER.engine);
  try {
    await ensureImage(place.client, options.image, deadline.signal);
    await runTools(place, target, { name, image: options.image, command: options.command }, deadline.signal);
    await options.onAdded?.(name);
    return name;
  } catch (error) {
    throw deadline.signal.aborted ? deadline.error(error) : error;
  } finally {
    deadline.end();
  }
}

/** @throws ClusterError ContainerNotReady */
export function requireRunning(target: Container): void {
  if (target.State.Running && !target.State.Paused) return;
  throw engineError('ContainerNotReady', `container ${nameOf(target)} is ${target.State.Status}`, { retryable: true });
}

/** Makes one and starts it. @returns its id */
export async function runTools(
  { client }: ProjectPlace,
  target: Container,
  tools: { readonly name: string; readonly image: string; readonly command?: readonly string[] | undefined },
  signal: AbortSignal,
): Promise<string> {
  const body = {
    Image: tools.image,
    Entrypoint: tools.command ?? SLEEP,
    User: target.Config.User === '' ? NOBODY : target.Config.User,
    Labels: { [ADDED_TO]: target.Id },
    HostConfig: {
      NetworkMode: `container:${target.Id}`,
      PidMode: `container:${target.Id}`,
      AutoRemove: true,
      ...{ CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges:true'], ReadonlyRootfs: true },
      Tmpfs: { '/tmp': 'size=64m,mode=1777' },
      ...{ Memory: MEMORY_BYTES, PidsLimit: MOST_PROCESSES },
    },
  };
  // It takes a moment and is not called off: of one that is made without an answer nobody would know.
  const id = await createContainer(client, tools.name, body);
  try {
    await startContainer(client, id, signal);
  } catch (error) {
    // One that was never started is not removed by itself.
    await removeContainer(client, id).catch(() => undefined);
    throw error;
  }
  return id;
}

/** Ends one and removes it; one that is gone already is what was wanted. */
export async function removeTools(place: ProjectPlace, pod: string, name: string): Promise<void> {
  try {
    const target = await containerNamed(place, pod);
    await removeContainer(place.client, (await addedContainer(place, target, name)).Id);
  } catch (error) {
    if (!isClusterError(error, 'NotFound')) throw error;
  }
}

/** Containers with tools that were added to this one. */
export async function addedTo(
  { client }: ProjectPlace,
  target: Container,
  signal?: AbortSignal,
): Promise<readonly Container[]> {
  const listed = await listContainers(client, { labels: [`${ADDED_TO}=${target.Id}`], signal });
  const all = await together(listed, ({ Id: id }) => inspected(client, id, signal));
  return all.filter((one) => one !== undefined);
}

/** One of them, by its name. @throws ClusterError NotFound */
export async function addedContainer(
  place: ProjectPlace,
  target: Container,
  name: string,
  signal?: AbortSignal,
): Promise<Container> {
  const all = await addedTo(place, target, signal);
  const found = all.find((one) => nameOf(one) === name);
  if (found !== undefined) return found;
  throw engineError('NotFound', `nothing named ${name} was added to container ${nameOf(target)}`, {
    remedy: all.length === 0 ? '`tars debug` adds one' : `choose one of ${all.map(nameOf).join(', ')}`,
  });
}
