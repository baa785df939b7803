import type { Scaled, ScaleOptions } from '../cluster/scale-workload';
import { latest } from '../cluster/latest';
import { isClusterError } from '../cluster-client/cluster-error';
import { Deadline, WAIT_LONGER } from '../cluster-client/deadline';
import type { Container } from '../engine-client/containers';
import { observeContainers } from '../engine-client/engine-events';
import { engineError } from '../engine-client/engine-error';
import { LOOK_MS, WAIT_TIMEOUT_MS } from '../waiting';
import type { ConfiguredService } from './compose-config';
import { composeConfig } from './compose-config';
import { containersOf, projectLabels, serviceLabel } from './compose-project';
import type { ProjectPlace } from './compose-project';
import { composeUp } from './compose-up';
import { isReady, reasonsOf } from './container-info';

/** Says why there may be one container of a service only; undefined: there may be more. */
export type OneOnly = (service: string) => Promise<string | undefined>;

/**
 * Sets how many containers a service has, by Compose: others are not touched, and those that run stay as they are.
 * @param oneOnly what is known of the service beside its files
 * @throws ClusterError NotFound, Refused with a reason for a service that can be there only once,
 *   PreconditionFailed, ScaleSuperseded, Timeout, Aborted; `left` says what there is when Compose was at work by then
 */
export async function scaleService(
  place: ProjectPlace,
  service: string,
  replicas: number,
  options: Omit<ScaleOptions, 'kind'> = {},
  oneOnly?: OneOnly,
): Promise<Scaled> {
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > 1000) {
    throw engineError('Refused', `${replicas} is no number of containers`);
  }
  const what = `scaling ${service} to ${replicas}`;
  const { timeoutMs = WAIT_TIMEOUT_MS, signal } = options;
  const deadline = new Deadline(what, timeoutMs, signal, 'engine', WAIT_LONGER.engine);
  try {
    const all = await containersOf(place, [], deadline.signal);
    const configured = (await composeConfig(place, all, 'all', deadline.signal)).services[service];
    if (configured === undefined) throw noService(place, service);
    if (replicas > 1) await refuseMany(service, configured, replicas, oneOnly);
    const own = await containersOf(place, [serviceLabel(service)], deadline.signal);
    const from = own.length;
    const { currentReplicas } = options;
    if (currentReplicas !== undefined && currentReplicas !== from) {
      throw engineError('PreconditionFailed', `${service} should have ${currentReplicas} containers, and has ${from}`);
    }
    deadline.check();
    const isChanged = from !== replicas;
    if (isChanged && options.dryRun !== true) await composeUp(place, { service, own, all, replicas }, deadline);
    const scaled = { from, to: replicas, isChanged };
    await options.onScaled?.(scaled);
    if (options.dryRun !== true) await settled(place, service, replicas, options.wait === true, deadline.signal);
    return scaled;
  } catch (error) {
    const isSaid = isClusterError(error) && error.left !== undefined;
    throw deadline.signal.aborted && !isSaid ? deadline.error(error) : error;
  } finally {
    deadline.close();
  }
}

async function settled(
  place: ProjectPlace,
  service: string,
  replicas: number,
  isWaiting: boolean,
  signal: AbortSignal,
): Promise<void> {
  const count = (own: readonly Container[]): void => {
    if (own.length === replicas) return;
    const message = `${service} should have ${replicas} containers, and somebody else made it ${own.length}`;
    throw engineError('ScaleSuperseded', message);
  };
  const own = [serviceLabel(service)];
  count(await containersOf(place, own, signal));
  if (!isWaiting) return;
  const labels = [...projectLabels(place.project), ...own];
  const changes = latest(observeContainers(place.client, { labels, signal }), LOOK_MS);
  while ((await changes.next()).done !== true) {
    const now = await containersOf(place, own, signal);
    count(now);
    if (now.every(isReady)) return;
    const ended = now.filter(({ State: state }) => state.Status === 'exited' || state.Status === 'dead');
    if (ended.length > 0) throw engineError('ContainerNotReady', ended.flatMap(reasonsOf).join('; '));
  }
}

/** Why one of a kind has to stay alone. */
async function refuseMany(
  service: string,
  { container_name: name, ports = [] }: ConfiguredService,
  replicas: number,
  oneOnly: OneOnly | undefined,
): Promise<void> {
  const fixed = ports.find(({ published }) => published !== undefined && portsIn(published) < replicas);
  const why =
    name !== undefined
      ? `its file names the container ${name}`
      : fixed !== undefined
        ? `it publishes port ${fixed.published ?? ''} of this machine, which one container can have`
        : await oneOnly?.(service);
  if (why === undefined) return;
  throw engineError('Refused', `${service} cannot have ${replicas} containers: ${why}`, {
    remedy: fixed === undefined ? 'leave it at one' : 'leave the port to the gateway, which spreads over all of them',
  });
}

/** `8080`, or `8080-8090`; an empty one is any that is free. */
function portsIn(published: string): number {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(published) ?? [];
  if (first === undefined || first === '0') return Infinity;
  return Number(last ?? first) - Number(first) + 1;
}

function noService({ project }: ProjectPlace, service: string): Error {
  return engineError('NotFound', `the files of project ${project} have no service ${service}`);
}
