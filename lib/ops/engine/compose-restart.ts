import type { PodInfo } from '../cluster/pod-info';
import type { ChangeOptions, RestartPodOptions } from '../cluster/restart';
import { Deadline } from '../cluster-client/deadline';
import type { Container } from '../engine-client/containers';
import { inspectContainer, restartContainer } from '../engine-client/containers';
import { observeContainers } from '../engine-client/engine-events';
import { engineError } from '../engine-client/engine-error';
import { containerNamed, containersOf, nameOf, projectLabels, serviceLabel } from './compose-project';
import type { ProjectPlace } from './compose-project';
import { containerInfo, isReady } from './container-info';

const READY_MS = 300_000;

/**
 * Stops a container, by its own signal and within its own time, and starts it again. It stays the same container,
 * of the configuration that it was made of.
 * @throws ClusterError NotFound; Unsupported for `delete` and `force`: nobody makes a container anew
 */
export async function restartOne(place: ProjectPlace, name: string, options: RestartPodOptions = {}): Promise<PodInfo> {
  if (options.delete === true || options.force === true) {
    throw engineError(
      'Unsupported',
      'a container of Compose is restarted, and not deleted: nobody would make it anew',
      {
        remedy: 'leave out --delete and --force, or make it anew: `docker compose up --force-recreate SERVICE`',
      },
    );
  }
  const container = await containerNamed(place, name, options.signal);
  if (options.dryRun !== true) await restartContainer(place.client, container, options.signal);
  return containerInfo(container);
}

/**
 * Restarts the containers of a service, one after the other: the next one when the one before is ready, so that the
 * others serve meanwhile.
 * @throws ClusterError NotFound, ContainerNotReady when one does not become ready, Timeout, Aborted
 */
export async function restartService(
  place: ProjectPlace,
  service: string,
  options: ChangeOptions = {},
): Promise<readonly string[]> {
  const containers = await containersOf(place, [serviceLabel(service)], options.signal);
  if (containers.length === 0) throw engineError('NotFound', `project ${place.project} runs no service ${service}`);
  const names = containers.map(nameOf);
  if (options.dryRun === true) return names;
  for (const [at, container] of containers.entries()) {
    await restartContainer(place.client, container, options.signal);
    if (at + 1 < containers.length) await becomesReady(place, container, options.signal);
  }
  return names;
}

async function becomesReady(place: ProjectPlace, { Id: id }: Container, signal?: AbortSignal): Promise<void> {
  const { client, project } = place;
  const what = `waiting for container ${id.slice(0, 12)}`;
  const remedy = 'look at `tars pods --target compose` and `tars logs --target compose`';
  const deadline = new Deadline(what, READY_MS, signal, 'engine', remedy);
  try {
    for await (const found of observeContainers(client, {
      labels: projectLabels(project),
      signal: deadline.signal,
    })) {
      if (!found.some((one) => one.Id === id)) throw engineError('ObjectDeleted', `container ${id} was removed`);
      if (isReady(await inspectContainer(client, id, deadline.signal))) return;
    }
  } catch (error) {
    throw deadline.signal.aborted ? deadline.error(error) : error;
  } finally {
    deadline.close();
  }
}
