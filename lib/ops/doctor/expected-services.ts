import type { ExpectedService } from './compose-snapshot';

/** A service of a compose file, as far as a diagnosis looks at it. */
export interface ComposeServiceJson {
  readonly image?: string;
  readonly build?: unknown;
  readonly pull_policy?: string;
  readonly restart?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly volumes?: readonly (string | { readonly type?: string; readonly source?: string })[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
}

/**
 * What the compose file wants to run.
 * @param on names of the services that are switched on; undefined: all
 */
export function expectedServices(
  services: Readonly<Record<string, ComposeServiceJson>>,
  on: readonly string[] | undefined,
): readonly ExpectedService[] {
  const componentOf = (name: string): string => {
    const service = services[name];
    // A task has the label of its service, and is no replica of it.
    return service?.restart === 'no' ? name : (service?.labels?.['component'] ?? name);
  };
  return Object.entries(services)
    .filter(([name]) => on === undefined || on.includes(name))
    .map(([name, service]) => ({
      name,
      component: componentOf(name),
      image: service.image ?? name,
      isBuilt: service.build !== undefined || service.pull_policy === 'never',
      isTask: service.restart === 'no',
      networks: namesIn(service.networks),
      needs: namesIn(service.depends_on).map(componentOf),
      mounts: (service.volumes ?? []).flatMap((volume) =>
        typeof volume === 'object' && volume.type === 'bind' ? (volume.source ?? []) : [],
      ),
    }));
}

function namesIn(value: readonly string[] | Readonly<Record<string, unknown>> | undefined): readonly string[] {
  if (value === undefined) return [];
  return isNames(value) ? value : Object.keys(value);
}

/** `Array.isArray` does not narrow readonly lists. */
function isNames(value: readonly string[] | Readonly<Record<string, unknown>>): value is readonly string[] {
  return Array.isArray(value);
}
