import type { EmittedCompose, Json, JsonObject } from '../emitted';
import { isList, isObject, listOf, numberOf, objectOf, textOf } from '../read';

/** What the networks of one compose file let through. */
export interface ComposeNetworks {
  /** Services on each network, by its key. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Networks of each service, by its name; none for `network_mode: none`. */
  readonly networksOf: ReadonlyMap<string, readonly string[]>;
  /** Networks that lead to addresses outside. */
  readonly leadOut: ReadonlySet<string>;
  /** Networks on which the engine can publish a port. */
  readonly publish: ReadonlySet<string>;
  /** Ports of each service that are published. */
  readonly published: ReadonlyMap<string, readonly PublishedPort[]>;
  /** Services on the network of the machine itself: they reach, and are reached, as its own programs are. */
  readonly onHost: ReadonlySet<string>;
}

/** A port of a container that the machine passes on. */
export interface PublishedPort {
  /** Port in the container. */
  readonly target: number;
  /** Port on the machine, or a range; undefined: the engine chooses. */
  readonly published: string | undefined;
  /** Address of the machine that it is bound to; undefined: all of them. */
  readonly address: string | undefined;
  readonly protocol: 'TCP' | 'UDP';
  /** Index among the ports of the service. */
  readonly index: number;
}

/** The network that a service is on when it says nothing. */
const DEFAULT = 'default';

/**
 * Reads the networks of a compose file. On a bridge every container reaches every port of every
 * other one, both ways, and bridges are closed to each other. An `internal` one leads nowhere else,
 * and the engine publishes no port on it; one without masquerading lets connections in and none out,
 * since answers do not find the way back.
 * @see https://docs.docker.com/reference/compose-file/networks/
 * @see https://docs.docker.com/engine/network/drivers/bridge/
 */
export function composeNetworks({ compose }: Pick<EmittedCompose, 'compose'>): ComposeNetworks {
  const services = objectOf(compose['services']);
  const networksOf = new Map(Object.keys(services).map((name) => [name, networkKeys(services, name, [])]));
  const members = new Map<string, string[]>();
  for (const [service, networks] of networksOf) {
    for (const network of networks) {
      const list = members.get(network);
      if (list === undefined) members.set(network, [service]);
      else list.push(service);
    }
  }
  const definition = (key: string): JsonObject => objectOf(objectOf(compose['networks'])[key]);
  const open = [...members.keys()].filter((key) => definition(key)['internal'] !== true);
  return {
    members,
    networksOf,
    leadOut: new Set(open.filter((key) => masquerades(definition(key)))),
    publish: new Set(open),
    published: new Map(Object.entries(services).map(([name, service]) => [name, publishedPorts(objectOf(service))])),
    onHost: new Set(Object.keys(services).filter((name) => objectOf(services[name])['network_mode'] === 'host')),
  };
}

/** Whether two services share a network. */
export function meet(networks: ComposeNetworks, a: string, b: string): boolean {
  const own = networks.networksOf.get(a) ?? [];
  return (networks.networksOf.get(b) ?? []).some((network) => own.includes(network));
}

/** Whether a service reaches addresses outside. */
export function leadsOut(networks: ComposeNetworks, service: string): boolean {
  return (
    networks.onHost.has(service) ||
    (networks.networksOf.get(service) ?? []).some((network) => networks.leadOut.has(network))
  );
}

/** Whether the ports of a service can be published. */
export function canPublish(networks: ComposeNetworks, service: string): boolean {
  return (networks.networksOf.get(service) ?? []).some((network) => networks.publish.has(network));
}

function networkKeys(services: JsonObject, name: string, asked: readonly string[]): readonly string[] {
  const service = objectOf(services[name]);
  const mode = textOf(service['network_mode']);
  if (mode?.startsWith('service:') === true) {
    const other = mode.slice('service:'.length);
    return asked.includes(other) ? [] : networkKeys(services, other, [...asked, name]);
  }
  // The engine's own bridge, which is no network of the project.
  if (mode === 'bridge') return ['(bridge)'];
  if (mode !== undefined) return [];
  const said = service['networks'];
  if (isList(said)) return said.flatMap((key) => textOf(key) ?? []);
  return isObject(said) ? Object.keys(said) : [DEFAULT];
}

function masquerades(definition: JsonObject): boolean {
  const option = objectOf(definition['driver_opts'])['com.docker.network.bridge.enable_ip_masquerade'];
  return option !== false && option !== 'false';
}

function publishedPorts(service: JsonObject): readonly PublishedPort[] {
  return listOf(service['ports']).flatMap((port, index): PublishedPort[] =>
    isObject(port) ? longForm(port, index) : shortForm(port, index),
  );
}

function longForm(port: JsonObject, index: number): PublishedPort[] {
  const target = Number(port['target']);
  if (!Number.isInteger(target)) return [];
  const published = port['published'];
  return [
    {
      target,
      published: published === undefined || published === null ? undefined : scalar(published),
      address: textOf(port['host_ip']),
      protocol: textOf(port['protocol'])?.toLowerCase() === 'udp' ? 'UDP' : 'TCP',
      index,
    },
  ];
}

/** `[ADDRESS:][HOST:]CONTAINER[/PROTOCOL]`, with ranges. */
function shortForm(port: Json, index: number): PublishedPort[] {
  const text = typeof port === 'number' ? String(port) : (textOf(port) ?? '');
  const [, address, published, first, last, protocol] =
    /^(?:(\[[^\]]+\]|[^:[\]$]+):)?(?:([\d-]*|\$\{[^}]*\}):)?(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text) ?? [];
  if (first === undefined) return [];
  // With one colon only, what stands before it is the port of the machine.
  const only = published === undefined && address !== undefined && /^[\d-]+$/.test(address);
  const host = only ? address : published;
  const bound = only ? undefined : address?.replace(/^\[|\]$/g, '');
  const count = Number(last ?? first) - Number(first) + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i): PublishedPort => {
    const start = /^(\d+)/.exec(host ?? '')?.[1];
    const inRange = start === undefined ? undefined : String(Number(start) + i);
    return {
      target: Number(first) + i,
      published: count === 1 ? (host === '' ? undefined : host) : inRange,
      address: bound,
      protocol: protocol?.toLowerCase() === 'udp' ? 'UDP' : 'TCP',
      index,
    };
  });
}

function scalar(value: Json): string | undefined {
  const number = numberOf(value);
  return number === undefined ? textOf(value) : String(number);
}
