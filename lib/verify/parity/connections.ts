import type { SystemModel } from '../../model/system-model';
import type { Component } from '../components';
import type { EmittedSet } from '../emitted';
import { once } from '../once';
import type { AddressSet } from '../reachability/address-set';
import { parseCidr } from '../reachability/address-set';
import { addressGrants } from '../reachability/address-grants';
import { leadsOut } from '../reachability/compose-networks';
import { subtract, unite } from '../reachability/intervals';
import type { KubernetesWorld } from '../reachability/kubernetes-world';
import { kubernetesWorld } from '../reachability/kubernetes-world';
import type { PodEnd } from '../reachability/ends';
import { isNoPort } from '../reachability/port-set';
import type { Axis, Fact } from './difference';
import { fact } from './difference';
import { podPath, servicePath } from './pairs';

/** Key of the world outside among a component's connections. */
export const OUTSIDE = 'addresses outside';

/**
 * Whom a component has to do with: components that it may connect to or that may connect to it, and
 * the world outside. Networks know neither direction nor port, so that is all that can be equal.
 */
export const connections: Axis = {
  name: 'reachability',
  kubernetes: (pair) => {
    const connected = pair.outputs.connected.get(pair.component.id) ?? new Set<string>();
    return new Map([...connected].map((id) => [id, fact('connected', () => podPath(pair))]));
  },
  compose: (pair) => {
    const { networks, components } = pair.outputs;
    const byName = namesOf(components);
    const found = new Map<string, Fact>();
    const there = fact('connected', () => servicePath(pair, 'networks'));
    for (const network of networks.networksOf.get(pair.name) ?? []) {
      for (const other of networks.members.get(network) ?? []) {
        const component = byName.get(other);
        if (component === undefined || component.id === pair.component.id) continue;
        found.set(component.id, there);
      }
    }
    if (leadsOut(networks, pair.name)) found.set(OUTSIDE, there);
    return found;
  },
};

/** The components of each system by their names on Compose. */
const namesOf = once(
  (components: readonly Component[]): ReadonlyMap<string, Component> =>
    new Map(components.map((component) => [component.composeName, component])),
);

/** The connections on Kubernetes, by what the policies let through: asked from the client's side, which is the narrow one. */
export function connectedComponents(
  emitted: EmittedSet,
  models: readonly SystemModel[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const world = kubernetesWorld(emitted, models);
  const connected = new Map(world.components.map(({ id }) => [id, new Set<string>()]));
  const caches = unite(models.flatMap(({ settings }) => settings.network.dns.cidrs.flatMap(parseCidr)));
  for (const component of world.components) {
    for (const pod of world.podsOf(component)) {
      for (const other of reachedFrom(world, pod)) {
        const server = world.componentOf(other);
        if (server === undefined || server.id === component.id) continue;
        connected.get(component.id)?.add(server.id);
        connected.get(server.id)?.add(component.id);
      }
      if (reachesOutside(world, pod, caches)) connected.get(component.id)?.add(OUTSIDE);
    }
  }
  return connected;
}

function reachedFrom(world: KubernetesWorld, pod: PodEnd): readonly PodEnd[] {
  const { policies } = world;
  const candidates = new Set<PodEnd>();
  const rules = policies.rulesOf(pod, 'egress');
  if (!policies.isIsolated(pod, 'egress') || rules.some(({ peers }) => peers === undefined)) {
    for (const one of world.pods) candidates.add(one);
  }
  for (const rule of rules) {
    for (const peer of rule.peers ?? []) {
      if (peer.kind !== 'pods') continue;
      for (const namespace of world.namespaces) {
        if (!policies.isInNamespaces(peer.namespaces, namespace, rule.policy.namespace)) continue;
        for (const one of world.podsIn(namespace).selectedBy(peer.selector)) candidates.add(one);
      }
    }
  }
  return [...candidates].filter((to) => to !== pod && !isNoPort(policies.openPorts(pod, to)));
}

/** A node's DNS cache has an address, and is inside all the same. */
function reachesOutside({ policies }: KubernetesWorld, pod: PodEnd, caches: AddressSet): boolean {
  if (!policies.isIsolated(pod, 'egress')) return true;
  return addressGrants(policies, 'egress', pod).some(({ addresses }) => subtract(addresses, caches).length > 0);
}
