import type { SystemModel } from '../../model/system-model';
import type { Component } from '../components';
import type { EmittedSet } from '../emitted';
import { addressGrants } from './address-grants';
import type { AddressSet } from './address-set';
import { ALL_ADDRESSES, parseCidr } from './address-set';
import type { PodEnd } from './ends';
import { stranger } from './ends';
import { intersect } from './intervals';
import type { KubernetesWorld } from './kubernetes-world';
import { kubernetesWorld } from './kubernetes-world';
import type { Need, Party } from './needs';
import { INTERNET } from './needs';
import type { Direction } from './policies';
import type { PortSet } from './port-set';
import { ALL_PORTS, describePorts, isNoPort, NO_PORT, subtractPorts, unitePorts } from './port-set';

/** What may be opened from one end to another, and how that compares with the model. */
export interface Cell {
  readonly from: string;
  readonly to: string;
  /** Ports that are open, as text: `8000, 53/UDP`. Empty: none. */
  readonly open: string;
  /** Ports that are open and that the model does not know. */
  readonly extra: string;
  /** Ports that the model needs and that are closed. */
  readonly missing: string;
}

/** Who may open which port to whom. Ends are named in the order of rows and columns. */
export interface Matrix {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Only where something is open or missing. */
  readonly cells: readonly Cell[];
}

/** One row or column. */
interface End {
  readonly name: string;
  readonly pod: PodEnd | undefined;
  readonly addresses: AddressSet | undefined;
  readonly component: Component | undefined;
}

/**
 * The matrix of a cluster: every component, and around them a stranger in each of their namespaces, a
 * pod of another namespace, the ingress controller, whoever scrapes, addresses outside; as columns the
 * components, DNS and the internet. Computed from the policies, both sides considered; of what is no
 * component only the component's side is known.
 */
export function reachabilityMatrix(emitted: EmittedSet, systems: readonly SystemModel[]): Matrix {
  const world = kubernetesWorld(emitted, systems);
  const own = world.components.flatMap((component): End[] =>
    world.podsOf(component).map((pod) => ({ name: component.kubernetesName, pod, addresses: undefined, component })),
  );
  const rows = [...own, ...visitors(world)];
  const servers = own.filter(({ pod }) => pod !== undefined && pod.ports.length > 0);
  const columns = [...servers, ...destinations(world)];
  const cells = columns.flatMap((to) =>
    rows.flatMap((from) => {
      if (from.component === undefined && to.component === undefined) return [];
      const cell = cellOf(world, from, to);
      return cell.open === '' && cell.missing === '' ? [] : [cell];
    }),
  );
  return { rows: rows.map(({ name }) => name), columns: columns.map(({ name }) => name), cells };
}

const podEnd = (name: string, namespace: string, labels = {}): End => ({
  name,
  pod: stranger(name, namespace, labels),
  addresses: undefined,
  component: undefined,
});
const addressEnd = (name: string, addresses: AddressSet): End => ({
  name,
  pod: undefined,
  addresses,
  component: undefined,
});

/** Addresses that documentation keeps for itself: nobody's, so whoever lets them in lets anybody in. */
const SOMEWHERE = parseCidr('203.0.113.0/24');

function visitors({ components }: KubernetesWorld): End[] {
  const namespaces = unique(components.map(({ namespace }) => namespace));
  const models = [...new Set(components.map(({ model }) => model))];
  const controllers = unique(models.flatMap(({ exposures }) => exposures.flatMap((e) => e.controllerNamespaces)));
  const scrapers = unique(models.flatMap(({ settings }) => settings.network.monitoringNamespaces));
  return [
    ...namespaces.map((name) => podEnd(`a stranger in ${name}`, name)),
    podEnd('a pod elsewhere', 'elsewhere'),
    ...controllers.map((name) => podEnd(`the controller in ${name}`, name)),
    ...scrapers.map((name) => podEnd(`monitoring in ${name}`, name)),
    addressEnd('outside', SOMEWHERE),
  ];
}

function destinations({ components }: KubernetesWorld): End[] {
  const models = [...new Set(components.map(({ model }) => model))];
  const dns = models.map(({ settings }) => settings.network.dns);
  const externals = models.flatMap((model) => model.externals);
  return [
    ...new Map(dns.map((one) => [one.namespace, podEnd('DNS', one.namespace, one.podLabels)])).values(),
    ...externals.map(({ host, cidrs }) =>
      addressEnd(host, cidrs.length === 0 ? ALL_ADDRESSES : cidrs.flatMap(parseCidr).slice(0, 1)),
    ),
    addressEnd('internet', INTERNET),
    addressEnd('a private address', parseCidr('10.0.0.0/8')),
    podEnd('a pod elsewhere', 'elsewhere'),
  ];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function cellOf(world: KubernetesWorld, from: End, to: End): Cell {
  const open = openBetween(world, from, to);
  const needed = neededBetween(world, from, to);
  // What anybody may open a component may, and does not have to.
  const allowed = unitePorts([needed, allowedBetween(world, from, to)]);
  return {
    from: from.name,
    to: to.name,
    open: describePorts(open),
    extra: describePorts(subtractPorts(open, allowed)),
    missing: describePorts(subtractPorts(needed, open)),
  };
}

function openBetween({ policies }: KubernetesWorld, from: End, to: End): PortSet {
  if (from.pod !== undefined && to.pod !== undefined) {
    if (to.component === undefined) return policies.side('egress', from.pod, to.pod);
    return from.component === undefined
      ? policies.side('ingress', to.pod, from.pod)
      : policies.openPorts(from.pod, to.pod);
  }
  const [direction, pod, addresses] =
    to.pod === undefined
      ? (['egress', from.pod, to.addresses] as const)
      : (['ingress', to.pod, from.addresses] as const);
  if (pod === undefined || addresses === undefined) return NO_PORT;
  return openToAddresses(policies, direction, pod, addresses);
}

/** Ports that are open for any of these addresses. */
function openToAddresses(
  policies: KubernetesWorld['policies'],
  direction: Direction,
  pod: PodEnd,
  addresses: AddressSet,
): PortSet {
  if (!policies.isIsolated(pod, direction)) return ALL_PORTS;
  return unitePorts(
    addressGrants(policies, direction, pod)
      .filter((grant) => intersect(grant.addresses, addresses).length > 0)
      .map(({ ports }) => ports),
  );
}

function neededBetween({ needs }: KubernetesWorld, from: End, to: End): PortSet {
  const own = (to.component ?? from.component)?.id ?? '';
  if (from.component !== undefined && to.component !== undefined) {
    return unitePorts((needs.get(own)?.clients.get(from.component.id) ?? []).map(({ ports }) => ports));
  }
  const foreign: readonly Need[] =
    (to.component === undefined ? needs.get(own)?.exits : needs.get(own)?.entrances) ?? [];
  const other = to.component === undefined ? to : from;
  return unitePorts(foreign.flatMap(({ party, ports }) => (isAbout(party, other) && !isNoPort(ports) ? [ports] : [])));
}

function allowedBetween({ needs }: KubernetesWorld, from: End, to: End): PortSet {
  if (from.component === undefined || to.component === undefined) return NO_PORT;
  const entrances = needs.get(to.component.id)?.entrances ?? [];
  return unitePorts(entrances.flatMap(({ party, ports }) => (isAbout(party, from) ? [ports] : [])));
}

/** Whether the model means this end, or some of its addresses. */
function isAbout(party: Party, { pod, addresses }: End): boolean {
  switch (party.kind) {
    case 'anybody':
      return true;
    case 'component':
      return false;
    case 'addresses':
      return addresses !== undefined && intersect(party.addresses, addresses).length > 0;
    case 'pods':
      return (
        pod !== undefined &&
        pod.namespace === party.namespace &&
        Object.entries(party.labels).every(([key, value]) => pod.labels[key] === value)
      );
  }
}
