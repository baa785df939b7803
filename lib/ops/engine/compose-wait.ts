import { latest } from '../cluster/latest';
import { Deadline, WAIT_LONGER } from '../cluster-client/deadline';
import type { Container } from '../engine-client/containers';
import { observeContainers } from '../engine-client/engine-events';
import { engineError } from '../engine-client/engine-error';
import type { ManagedCondition, WaitOptions } from '../manager';
import { LOOK_MS, WAIT_TIMEOUT_MS } from '../waiting';
import { containersOf, nameOf, projectLabels } from './compose-project';
import type { ProjectPlace } from './compose-project';
import { isReady } from './container-info';

/**
 * Waits until a container is as it should be.
 * @returns the container; undefined once it is gone
 * @throws ClusterError ObjectDeleted when it goes while something else is waited for; Timeout, Aborted; Unsupported for
 *   a condition that a container does not have
 */
export async function waitForContainer(
  place: ProjectPlace,
  name: string,
  condition: ManagedCondition,
  options: WaitOptions = {},
): Promise<Container | undefined> {
  // Types are not everywhere.
  const wanted: string = typeof condition === 'string' ? condition : condition.condition;
  if (!['created', 'deleted', 'Ready'].includes(wanted)) {
    throw engineError('Unsupported', `a container has no condition ${wanted}`, { remedy: 'wait for Ready' });
  }
  const deadline = new Deadline(
    `waiting for container ${name}`,
    options.timeoutMs ?? WAIT_TIMEOUT_MS,
    options.signal,
    'engine',
    WAIT_LONGER.engine,
  );
  const { signal } = deadline;
  let isSeen = false;
  try {
    const changes = latest(observeContainers(place.client, { labels: projectLabels(place.project), signal }), LOOK_MS);
    while ((await changes.next()).done !== true) {
      const found = (await containersOf(place, [], signal)).find((one) => nameOf(one) === name);
      if (found === undefined) {
        if (condition === 'deleted') return undefined;
        if (isSeen) throw engineError('ObjectDeleted', `container ${name} was removed while it was waited for`);
        continue;
      }
      isSeen = true;
      if (holds(found, condition)) return found;
    }
    throw engineError('ConnectionLost', `waiting for container ${name}: nothing more came of it`);
  } catch (error) {
    throw signal.aborted ? deadline.error(error) : error;
  } finally {
    deadline.close();
  }
}

function holds(container: Container, condition: ManagedCondition): boolean {
  if (typeof condition === 'string') return condition === 'created';
  return isReady(container) === ((condition.status ?? 'True') === 'True');
}
