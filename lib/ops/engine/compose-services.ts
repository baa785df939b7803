import type { DeploymentStatus } from '../cluster/workload-status';
import { isClusterError } from '../cluster-client/cluster-error';
import type { Container } from '../engine-client/containers';
import { COMPOSE, listContainers } from '../engine-client/containers';
import { engineError } from '../engine-client/engine-error';
import type { EngineInfo } from '../manager';
import { composeConfig, configHashes, replicasOf } from './compose-config';
import type { ProjectPlace } from './compose-project';
import { containersOf, projectLabels, serviceLabel, serviceOf } from './compose-project';
import { containerInfo, isCompleted, isReady, reasonsOf } from './container-info';

/** What the files of a project want, by service; nothing is known where Compose cannot be asked. */
interface Wanted {
  readonly replicas: ReadonlyMap<string, number>;
  readonly hashes: ReadonlyMap<string, string>;
  /** What Compose says of the files when it refuses them. */
  readonly refusal?: string | undefined;
}

/** Services of a project; those whose containers did their work and ended are no workloads. */
export async function composeServices(place: ProjectPlace, signal?: AbortSignal): Promise<readonly DeploymentStatus[]> {
  const containers = await containersOf(place, [], signal);
  const wanted = await wantedBy(place, containers, signal);
  const names = new Set([...containers.map(serviceOf), ...wanted.replicas.keys()]);
  const all = [...names].sort().flatMap((name) => {
    const own = containers.filter((one) => serviceOf(one) === name);
    return own.length > 0 && own.every(isCompleted) ? [] : [statusOf(name, own, wanted)];
  });
  const { refusal } = wanted;
  // It is about all of them, and said once.
  return refusal === undefined
    ? all
    : all.map((one, at) => (at === 0 ? { ...one, problems: [...one.problems, refusal] } : one));
}

/** A service of the project, also one that did its work and ended. @throws ClusterError NotFound */
export async function composeService(
  place: ProjectPlace,
  name: string,
  signal?: AbortSignal,
): Promise<DeploymentStatus> {
  const containers = await containersOf(place, [], signal);
  const own = containers.filter((one) => serviceOf(one) === name);
  const wanted = await wantedBy(place, containers, signal);
  if (own.length === 0 && !wanted.replicas.has(name)) {
    throw engineError('NotFound', `project ${place.project} has no service ${name}`);
  }
  const status = statusOf(name, own, wanted);
  const { refusal } = wanted;
  return refusal === undefined ? status : { ...status, problems: [...status.problems, refusal] };
}

/** Looks whether a service has a container, or is in the files, in whatever profile. @throws ClusterError NotFound */
export async function requireService(place: ProjectPlace, name: string, signal?: AbortSignal): Promise<void> {
  const labels = projectLabels(place.project);
  if ((await listContainers(place.client, { labels: [...labels, serviceLabel(name)], signal })).length > 0) return;
  const { services } =
    place.compose === undefined
      ? { services: {} }
      : await composeConfig(place, await containersOf(place, [], signal), 'all', signal);
  if (Object.hasOwn(services, name)) return;
  const names = Object.keys(services).sort().join(', ');
  throw engineError('NotFound', `project ${place.project} has no service ${name}`, {
    ...(names === '' ? {} : { remedy: `choose one of ${names}` }),
  });
}

function statusOf(name: string, own: readonly Container[], wanted: Wanted): DeploymentStatus {
  const hash = wanted.hashes.get(name);
  const ready = own.filter(isReady).length;
  const updated = own.filter(({ Config: config }) => isCurrent(config.Labels, hash)).length;
  // Compose keeps nowhere how many were asked for: there are as many as somebody made, or the file's where none is.
  const desired = own.length === 0 ? (wanted.replicas.get(name) ?? 0) : own.length;
  const old = updated === own.length ? [] : [`${own.length - updated} of an earlier configuration`];
  return {
    kind: 'Service',
    name,
    desired,
    updated,
    ready,
    available: ready,
    isPaused: own.some(({ State: state }) => state.Paused),
    isObserved: true,
    images: [...new Set(own.map(({ Config: config }) => config.Image))],
    createdAt: own.map(({ Created: created }) => created).sort()[0] ?? '',
    problems: [...own.flatMap(reasonsOf), ...old],
  };
}

/** Whether a container was made of the files as they are now. */
export function isCurrent(labels: Readonly<Record<string, string>>, hash: string | undefined): boolean {
  return hash === undefined || labels[COMPOSE.configHash] === hash;
}

async function wantedBy(
  place: ProjectPlace,
  containers: readonly Container[],
  signal: AbortSignal | undefined,
): Promise<Wanted> {
  const none = { replicas: new Map(), hashes: new Map() };
  if (place.compose === undefined) return none;
  try {
    const { services } = await composeConfig(place, containers, 'active', signal);
    const replicas = new Map(Object.entries(services).map(([name, service]) => [name, replicasOf(service)]));
    return { replicas, hashes: await configHashes(place, containers, signal) };
  } catch (error) {
    // What runs is shown all the same.
    if (!isClusterError(error, 'Refused', 'ClientMissing')) throw error;
    return { ...none, refusal: error.message };
  }
}

/** What there is of the project. */
export async function engineInfo(place: ProjectPlace, signal?: AbortSignal): Promise<EngineInfo> {
  const { client, project } = place;
  const [version, containers] = await Promise.all([
    client.call<{ readonly Version: string }>({ method: 'GET', path: '/version', signal }),
    containersOf(place, [], signal),
  ]);
  const pods: Record<string, number> = {};
  for (const { phase } of containers.map((one) => containerInfo(one))) pods[phase] = (pods[phase] ?? 0) + 1;
  return { engine: client.host, project, version: version.Version, pods };
}
