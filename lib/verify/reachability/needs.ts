import { kubernetesName } from '../../model/define-service';
import type { Port, ServiceSpec } from '../../model/service-spec';
import { findTarget } from '../../model/system-model';
import type { Component } from '../components';
import type { AddressSet } from './address-set';
import { ALL_ADDRESSES, parseCidr } from './address-set';
import type { PodEnd } from './ends';
import { subtract, unite } from './intervals';
import type { PortSet } from './port-set';
import { isNoPort, ports, unitePorts } from './port-set';
import type { Labels } from '../label-requirement';
import type { ServiceTable } from './services';

/** Who has to be able to connect, or to be connected to. */
export type Party =
  | { readonly kind: 'component'; readonly component: Component }
  /** Pods of a namespace with these labels, that no model knows. */
  | { readonly kind: 'pods'; readonly name: string; readonly namespace: string; readonly labels: Labels }
  | { readonly kind: 'addresses'; readonly name: string; readonly addresses: AddressSet }
  | { readonly kind: 'anybody' };

/** A connection that the model says there is, between a component and somebody. */
export interface Need {
  /** At the other end from the component. */
  readonly party: Party;
  readonly ports: PortSet;
  /** Why, for messages: `the link to tars/postgres`. */
  readonly reason: string;
}

/** What has to be able to connect to a component, and what it has to be able to connect to. */
export interface Needs {
  /** From components of the models, by their id. */
  readonly clients: ReadonlyMap<string, readonly Need[]>;
  /** From anybody else. */
  readonly entrances: readonly Need[];
  /** To whatever is no component. */
  readonly exits: readonly Need[];
}

/** Private, shared and link-local ranges: not the internet (decision D14). */
const PRIVATE = [
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
];

/** The addresses of the internet. */
export const INTERNET: AddressSet = subtract(ALL_ADDRESSES, unite(PRIVATE.flatMap(parseCidr)));
const INTERNET_PORTS = ports('TCP', 443);

/** What each component needs, by its id. */
export function needsOf(
  components: readonly Component[],
  podsOf: (component: Component) => readonly PodEnd[],
  services: ServiceTable,
): ReadonlyMap<string, Needs> {
  const clients = new Map(components.map(({ id }) => [id, new Map<string, Need[]>()]));
  const byPath = new Map(components.filter(({ task }) => task === undefined).map((one) => [one.spec.path, one]));
  const portsOf = (server: Component, port: Port): PortSet => podPorts(server, port, podsOf(server), services);
  for (const client of components) {
    for (const target of client.targets) {
      const server = target.kind === 'service' ? byPath.get(target.spec.path) : undefined;
      if (server === undefined || target.kind !== 'service') continue;
      const known = clients.get(server.id);
      known?.set(client.id, [
        ...(known.get(client.id) ?? []),
        {
          party: { kind: 'component', component: client },
          ports: portsOf(server, target.port),
          reason: `${client.id} links to port "${target.port.name}" of ${server.id}`,
        },
      ]);
    }
  }
  const routes = routesTo(components);
  return new Map(
    components.map((component) => [
      component.id,
      {
        clients: clients.get(component.id) ?? new Map<string, Need[]>(),
        entrances: component.task === undefined ? entrancesOf(component, routes.get(component.id) ?? [], portsOf) : [],
        exits: exitsOf(component),
      },
    ]),
  );
}

interface RouteTo {
  readonly port: Port;
  readonly namespace: string;
  readonly exposure: string;
}

/** Controllers' namespaces that route to each component. */
function routesTo(components: readonly Component[]): ReadonlyMap<string, readonly RouteTo[]> {
  const found = new Map<string, RouteTo[]>();
  for (const model of new Set(components.map((component) => component.model))) {
    for (const exposure of model.exposures) {
      for (const { endpoint } of exposure.routes) {
        const target = findTarget(model, endpoint);
        if (target?.kind !== 'service') continue;
        const list = found.get(target.spec.path) ?? [];
        found.set(target.spec.path, list);
        for (const namespace of exposure.controllerNamespaces) {
          list.push({ port: target.port, namespace, exposure: exposure.path });
        }
      }
    }
  }
  return found;
}

function entrancesOf(
  component: Component,
  routes: readonly RouteTo[],
  portsOf: (component: Component, port: Port) => PortSet,
): Need[] {
  const { spec, model } = component;
  const anyPod = (name: string, namespace: string): Party => ({ kind: 'pods', name, namespace, labels: {} });
  const needs = routes.map(({ port, namespace, exposure }): Need => ({
    party: anyPod(`the controller in ${namespace}`, namespace),
    ports: portsOf(component, port),
    reason: `${exposure} routes to port "${port.name}" of ${spec.path}`,
  }));
  const metrics = spec.ports.find(({ name }) => name === spec.metrics?.port);
  if (metrics !== undefined) {
    for (const namespace of model.settings.network.monitoringNamespaces) {
      needs.push({
        party: anyPod(`monitoring in ${namespace}`, namespace),
        ports: numberOf(metrics),
        reason: `pods of ${namespace} scrape port "${metrics.name}" of ${spec.path}`,
      });
    }
  }
  for (const port of spec.ports.filter(({ openTo }) => openTo === 'load-balancer')) {
    const cidrs = spec.access.allowedCidrs;
    const addresses = unite(cidrs.flatMap(parseCidr));
    needs.push({
      party: cidrs.length === 0 ? { kind: 'anybody' } : { kind: 'addresses', name: cidrs.join(', '), addresses },
      ports: portsOf(component, port),
      reason: `the load balancer of ${spec.path} opens port "${port.name}"`,
    });
  }
  return [...needs, ...peersOf(component)];
}

/** Who may connect although no link says so. */
function peersOf({ spec, namespace }: Component): Need[] {
  return spec.peers.map((peer): Need => {
    const open = spec.ports.filter(({ name }) => peer.port === undefined || peer.port === name);
    const party: Party =
      peer.kind === 'addresses'
        ? { kind: 'addresses', name: peer.cidr, addresses: parseCidr(peer.cidr) }
        : {
            kind: 'pods',
            name: `a pod of ${peer.namespace ?? namespace} that allowFrom names`,
            namespace: peer.namespace ?? namespace,
            labels: peer.podLabels,
          };
    return { party, ports: unitePorts(open.map(numberOf)), reason: `allowFrom of ${spec.path}` };
  });
}

function exitsOf(component: Component): Need[] {
  const { model, targets, internet, id } = component;
  const { dns } = model.settings.network;
  const dnsPorts = unitePorts(dns.ports.flatMap((port) => [ports('UDP', port), ports('TCP', port)]));
  // Any program may want to look a name up, also one that links to nobody.
  const reason = `${id} looks names up`;
  const needs: Need[] = [
    {
      party: { kind: 'pods', name: `DNS in ${dns.namespace}`, namespace: dns.namespace, labels: dns.podLabels },
      ports: dnsPorts,
      reason,
    },
    ...dns.cidrs.map((cidr): Need => {
      const party: Party = { kind: 'addresses', name: `the DNS cache at ${cidr}`, addresses: parseCidr(cidr) };
      return { party, ports: dnsPorts, reason };
    }),
  ];
  for (const target of targets) {
    if (target.kind === 'service') continue;
    const { cidrs, host } = target.spec;
    needs.push({
      party: {
        kind: 'addresses',
        name: host,
        addresses: cidrs.length === 0 ? ALL_ADDRESSES : unite(cidrs.flatMap(parseCidr)),
      },
      ports: ports('TCP', target.port.number),
      reason: `${id} links to ${target.spec.path}`,
    });
  }
  if (internet) {
    const party: Party = { kind: 'addresses', name: 'the internet', addresses: INTERNET };
    needs.push({ party, ports: INTERNET_PORTS, reason: `${id} reaches the internet` });
  }
  return needs;
}

/** The ports of a server's pods that its clients arrive at: behind its Service, or its own where that leads nowhere. */
function podPorts(server: Component, port: Port, pods: readonly PodEnd[], services: ServiceTable): PortSet {
  const service = serviceOf(server.spec, server.namespace, services);
  if (service === undefined) return numberOf(port);
  const found = unitePorts(pods.map((pod) => services.portBehind(service, port.number, port.protocol, pod)));
  return isNoPort(found) ? numberOf(port) : found;
}

/** The Service by whose name clients find a service. */
export function serviceOf(
  spec: ServiceSpec,
  namespace: string,
  services: ServiceTable,
): ReturnType<ServiceTable['find']> {
  return services.find(namespace, kubernetesName(spec)) ?? services.find(namespace, spec.access.headlessName ?? '');
}

function numberOf(port: Pick<Port, 'number' | 'protocol'>): PortSet {
  return ports(port.protocol, port.number);
}
