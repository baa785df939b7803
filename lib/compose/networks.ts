import type { ServiceSpec } from '../model/service-spec';
import type { ComposeNetwork } from './compose-file';
import type { Client } from './edges';
import { internetNetwork, linkNetwork, publishedNetwork } from './names';

/**
 * Who can reach whom, as in the network policies of Kubernetes: each pair of a client and its
 * server shares a network that leads nowhere else. What a network cannot say is which of the two
 * may open the connection, and to which port.
 *
 * Docker publishes no port of a container that is on internal networks only, so a service with
 * published ports is alone on one more network, without masquerading: connections come in and
 * none go out.
 */
export interface Membership {
  readonly client: Client;
  /** Opens connections to the internet, or to a host outside the system. */
  readonly internet: boolean;
  readonly publishes: boolean;
}

/** Whether a service's container publishes a port itself. */
export function publishesItself(spec: ServiceSpec): boolean {
  return spec.ports.some((port) => port.publish !== undefined && (port.publish.via === 'service' || port.protocol === 'UDP'));
}

/**
 * Networks that each Compose service is on, in the order of the services: its own links, those of its
 * clients, and the world.
 */
export function networksOf(all: readonly Membership[]): readonly (readonly string[])[] {
  const ofServer = new Map<string, string[]>();
  for (const { client } of all) {
    for (const { server } of client.edges) {
      const networks = ofServer.get(server.composeName) ?? [];
      networks.push(networkBetween(client, server));
      ofServer.set(server.composeName, networks);
    }
  }
  return all.map(({ client, internet, publishes }) => {
    const asClient = client.edges.map(({ server }) => networkBetween(client, server));
    const world = internet ? [internetNetwork(client.name)] : publishes ? [publishedNetwork(client.name)] : [];
    return [...new Set([...asClient, ...(ofServer.get(client.name) ?? []), ...world])].sort();
  });
}

/** Of a component and its server; of a task and its own service, where it connects to that one. */
function networkBetween(client: Client, server: ServiceSpec): string {
  return linkNetwork(client.component === server.composeName ? client.name : client.component, server.composeName);
}

/** All networks of the system. */
export function composeNetworks(all: readonly Membership[]): Record<string, ComposeNetwork> {
  const names = [...new Set(networksOf(all).flat())].sort();
  const published = new Set(all.map(({ client }) => publishedNetwork(client.name)));
  const internet = new Set(all.map(({ client }) => internetNetwork(client.name)));
  return Object.fromEntries(
    names.map((name): [string, ComposeNetwork] => {
      if (internet.has(name)) return [name, { driver: 'bridge' }];
      return [name, published.has(name) ? NO_WAY_OUT : { driver: 'bridge', internal: true }];
    }),
  );
}

const NO_WAY_OUT: ComposeNetwork = {
  driver: 'bridge',
  driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
};
