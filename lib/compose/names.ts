import type { ServiceSpec, Task } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';

/** Profile of what runs on demand only, by `docker compose run`. */
export const JOBS_PROFILE = 'jobs';

/**
 * Name of the Compose project: the system's prefix. A system of several charts is named after the
 * chart at its root, or after the first of them where the root is the App.
 */
export function projectName(model: SystemModel): string {
  const prefixes = model.services.map((service) => service.prefix);
  const root = model.path.split('/').at(-1) ?? '';
  const first = prefixes.find((prefix) => prefix !== '') ?? (root === '' ? 'app' : root);
  const name = root !== '' && prefixes.includes(root) ? root : first;
  // Another environment is another project: it must not take this one's containers and volumes for its own.
  const environment = model.settings.composeProject.split('/').slice(1).join('-');
  return environment === '' || environment === name ? name : `${name}-${environment}`;
}

/** Name of a task's service. */
export function taskName(spec: ServiceSpec, task: Task): string {
  return `${spec.composeName}-${task.name}`;
}

/** Name of the gateway's service; a service of the user's comes first. */
export function gatewayName(model: SystemModel): string {
  return model.services.some((service) => service.composeName === 'gateway') ? 'compose-gateway' : 'gateway';
}

/** Network between one client and one server. Service names hold no "_", so no two pairs share a name. */
export function linkNetwork(client: string, server: string): string {
  return `${client}_${server}`;
}

/** Network through which a service's own published ports are reached. */
export function publishedNetwork(service: string): string {
  return `${service}-published`;
}

/** Network through which a service reaches the internet; shared, it would lead from one service to another. */
export function internetNetwork(service: string): string {
  return `${service}-internet`;
}

/** Key of a named volume. */
export function volumeName(spec: ServiceSpec, volume: string): string {
  return `${spec.composeName}_${volume}`;
}

/** Profiles that switch the service on; none: always on. */
export function profilesOf(spec: ServiceSpec): readonly string[] {
  return spec.workload.kind === 'cron-job' ? [JOBS_PROFILE] : spec.profiles;
}

/** All profiles of the system that `up` should start, sorted. */
export function startedProfiles(model: SystemModel): readonly string[] {
  const all = model.services.flatMap((service) => (service.workload.kind === 'cron-job' ? [] : service.profiles));
  return [...new Set(all)].sort();
}

/** The text as part of a variable's name. */
export function variablePart(text: string): string {
  const name = text.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}
