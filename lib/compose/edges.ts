import { composeTarget, composeWait, COMPOSE_HOST } from '../model/compose-target';
import type { Endpoint, WaitCondition } from '../model/endpoint';
import { gatewayTargets, planGateway } from '../model/gateway-plan';
import type { ServiceSpec, Task } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import { endpointsOf } from '../model/value';
import type { ComposeDependency } from './compose-file';
import { profilesOf, taskName } from './names';

/** One Compose service seen as a client: what it opens connections to. */
export interface Client {
  readonly name: string;
  /** Whose links these are: a task connects as its service does, on the same networks. */
  readonly component: string;
  readonly profiles: readonly string[];
  /** Servers of the system, each once, by name. */
  readonly edges: readonly Edge[];
  /** Hosts outside the system that it reaches. */
  readonly outside: readonly string[];
}

/** A connection to another Compose service. */
export interface Edge {
  readonly server: ServiceSpec;
  readonly wait: WaitCondition;
}

/** A service as a client. */
export function serviceClient(model: SystemModel, spec: ServiceSpec): Client {
  const name = spec.composeName;
  return client(model, { name, component: name, profiles: profilesOf(spec) }, spec.links);
}

/** A task of a service as a client: of what its own variables name, and of the service's links if it shares them. */
export function taskClient(model: SystemModel, spec: ServiceSpec, task: Task): Client {
  const own = task.env.flatMap((entry) => endpointsOf(entry.value)).map((endpoint) => ({ endpoint, wait: endpoint.wait }));
  const name = taskName(spec, task);
  const found = client(model, { name, component: spec.composeName, profiles: profilesOf(spec) }, task.sharesLinks ? [...spec.links, ...own] : own);
  if (!task.blocksStart) return found;
  // The service waits for the task, so the task cannot wait for the service.
  return { ...found, edges: found.edges.map((edge) => (edge.server.path === spec.path ? { ...edge, wait: 'none' } : edge)) };
}

/** The gateway as a client of everything that it leads to; undefined: there is no gateway. */
export function gatewayClient(model: SystemModel, name: string): Client | undefined {
  const plan = planGateway(model);
  if (plan === undefined) return undefined;
  const targets = gatewayTargets(plan);
  const servers = targets.flatMap((target) => (target.service === undefined ? [] : [target.service]));
  const always = targets.some((target) => target.service === undefined || profilesOf(target.service).length === 0);
  return {
    name,
    component: name,
    profiles: always ? [] : [...new Set(servers.flatMap((server) => profilesOf(server)))].sort(),
    edges: edges(servers.map((server) => ({ server, wait: composeWait(server, undefined) }))),
    outside: targets.flatMap((target) => (target.service === undefined ? [target.host] : [])),
  };
}

type Said = readonly { readonly endpoint: Endpoint; readonly wait: WaitCondition | undefined }[];

function client(model: SystemModel, who: Pick<Client, 'name' | 'component' | 'profiles'>, links: Said): Client {
  const targets = links.flatMap(({ endpoint, wait }) => {
    const target = composeTarget(model, endpoint);
    return target === undefined ? [] : [{ target, wait }];
  });
  return {
    ...who,
    edges: edges(
      targets.flatMap(({ target: { service }, wait }) =>
        service === undefined || service.composeName === who.name ? [] : [{ server: service, wait: composeWait(service, wait) }],
      ),
    ),
    outside: [...new Set(targets.flatMap(({ target }) => (target.service === undefined ? [target.host] : [])))].sort(),
  };
}

const STRENGTH: Record<WaitCondition, number> = { none: 0, started: 1, healthy: 2 };

/** Each server once, with the strongest condition of its links. */
function edges(found: readonly Edge[]): Edge[] {
  const strongest = new Map<string, Edge>();
  for (const edge of found) {
    const known = strongest.get(edge.server.composeName);
    if (known === undefined || STRENGTH[known.wait] < STRENGTH[edge.wait]) strongest.set(edge.server.composeName, edge);
  }
  return [...strongest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge);
}

const CONDITION = { healthy: 'service_healthy', started: 'service_started' } as const;

/** `depends_on` from the connections: whom the client waits for. */
export function dependencies(client: Client): Record<string, ComposeDependency> {
  return Object.fromEntries(
    client.edges.flatMap(({ server, wait }) =>
      wait === 'none' ? [] : [[server.composeName, { condition: CONDITION[wait], ...optional(client.profiles, profilesOf(server)) }]],
    ),
  );
}

/**
 * Compose calls a service undefined when its profile is off, so a dependency on it must not be
 * required unless each profile that switches the client on switches the server on as well.
 */
function optional(client: readonly string[], server: readonly string[]): { required?: false } {
  const together = server.length === 0 || (client.length > 0 && client.every((profile) => server.includes(profile)));
  return together ? {} : { required: false };
}

/** `extra_hosts` for a client that reaches the machine it runs on. Docker Desktop knows the name by itself. */
export function extraHosts(client: Client): readonly string[] | undefined {
  return client.outside.includes(COMPOSE_HOST) ? [`${COMPOSE_HOST}:host-gateway`] : undefined;
}
