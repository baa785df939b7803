import type { EmittedSet } from '../emitted';
import { includes } from './intervals';
import { isWholeFamily } from './address-set';
import type { PodEnd } from './ends';
import { namedPort, namespaceLabels } from './ends';
import type { Direction, Peer, Policy, Rule } from './policies';
import { plainPorts, readPolicies } from './policies';
import type { PortSet } from './port-set';
import { ALL_PORTS, intersectPorts, isNoPort, unitePorts } from './port-set';
import type { Labels } from '../label-requirement';
import type { Selector } from './selector';
import { selects } from './selector';
import { SelectorIndex } from './selector-index';

/** Ports that a rule opens, and which rule it is. */
export interface Grant {
  readonly rule: Rule;
  readonly ports: PortSet;
}

type PodPeer = Extract<Peer, { kind: 'pods' }>;

/** The peers of a rule, ready to be asked about a pod. */
interface RulePeers {
  readonly pods: SelectorIndex<PodPeer>;
  readonly blocks: readonly Extract<Peer, { kind: 'addresses' }>[];
}

/**
 * The NetworkPolicies of a set of manifests, and what they let through: several policies that speak
 * of one pod open what any of them opens, and a pod that none speaks of is open.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class PolicySet {
  public readonly policies: readonly Policy[];
  private readonly byNamespace: ReadonlyMap<string, SelectorIndex<Policy>>;
  private readonly selecting = new WeakMap<PodEnd, Readonly<Record<Direction, readonly Policy[]>>>();
  private readonly peers = new WeakMap<Rule, RulePeers>();
  private readonly labelsOf: (namespace: string) => Labels;

  public constructor(emitted: Pick<EmittedSet, 'manifests'>) {
    this.policies = readPolicies(emitted.manifests);
    this.labelsOf = namespaceLabels(emitted.manifests);
    const grouped = new Map<string, Policy[]>();
    for (const policy of this.policies) {
      const list = grouped.get(policy.namespace);
      if (list === undefined) grouped.set(policy.namespace, [policy]);
      else list.push(policy);
    }
    this.byNamespace = new Map([...grouped].map(([name, policies]) => [name, new SelectorIndex(policies)]));
  }

  /** The policies that speak of a pod in one direction; none: it is open in that direction. */
  public policiesOf(pod: PodEnd, direction: Direction): readonly Policy[] {
    if (pod.hostNetwork) return [];
    let found = this.selecting.get(pod);
    if (found === undefined) {
      const all = this.byNamespace.get(pod.namespace)?.selecting(pod.labels) ?? [];
      const of = (one: Direction): Policy[] => all.filter(({ rules }) => rules[one] !== undefined);
      found = { ingress: of('ingress'), egress: of('egress') };
      this.selecting.set(pod, found);
    }
    return found[direction];
  }

  /** Rules for one direction of a pod. */
  public rulesOf(pod: PodEnd, direction: Direction): readonly Rule[] {
    return this.policiesOf(pod, direction).flatMap(({ rules }) => rules[direction] ?? []);
  }

  /** Whether any policy closes the pod in this direction. */
  public isIsolated(pod: PodEnd, direction: Direction): boolean {
    return this.policiesOf(pod, direction).length > 0;
  }

  /** The rules on `self`'s side that let the connection through, with the ports of `destination` that they open. */
  public grants(direction: Direction, self: PodEnd, other: PodEnd): readonly Grant[] {
    const destination = direction === 'ingress' ? self : other;
    return this.rulesOf(self, direction).flatMap((rule): Grant[] => {
      if (!this.isPeer(rule, other)) return [];
      const ports = rulePorts(rule, destination);
      return isNoPort(ports) ? [] : [{ rule, ports }];
    });
  }

  /** Ports of `to` that `from` may open, both sides considered. */
  public openPorts(from: PodEnd, to: PodEnd): PortSet {
    const out = this.side('egress', from, to);
    return isNoPort(out) ? out : intersectPorts(out, this.side('ingress', to, from));
  }

  /** What one side alone lets through. */
  public side(direction: Direction, self: PodEnd, other: PodEnd): PortSet {
    if (!this.isIsolated(self, direction)) return ALL_PORTS;
    return unitePorts(this.grants(direction, self, other).map(({ ports }) => ports));
  }

  /** Ports that one side alone lets through from or to an address outside the cluster. */
  public addressSide(direction: Direction, self: PodEnd, address: bigint): PortSet {
    if (!this.isIsolated(self, direction)) return ALL_PORTS;
    return unitePorts(
      this.rulesOf(self, direction).flatMap((rule) => {
        const isPeer =
          rule.peers === undefined ||
          rule.peers.some((peer) => peer.kind === 'addresses' && includes(peer.addresses, address));
        if (!isPeer) return [];
        // A name means nothing at an address: there is no pod that could tell.
        return direction === 'ingress' ? [rulePorts(rule, self)] : plainPorts(rule);
      }),
    );
  }

  /** Whether a pod is one of the peers of a rule. */
  public isPeer(rule: Rule, pod: PodEnd): boolean {
    if (rule.peers === undefined) return true;
    const { pods, blocks } = this.peersOf(rule, rule.peers);
    const { addresses } = pod;
    if (
      blocks.some((block) =>
        addresses === undefined
          ? isWholeFamily(block.addresses)
          : addresses.some((address) => includes(block.addresses, address)),
      )
    ) {
      return true;
    }
    // A pod on the network of its node has the node's address, and no policy knows its labels.
    if (pod.hostNetwork) return false;
    return pods
      .selecting(pod.labels)
      .some(({ namespaces }) => this.isInNamespaces(namespaces, pod.namespace, rule.policy.namespace));
  }

  /** Whether a peer's namespaces hold this one. */
  public isInNamespaces(namespaces: Selector | undefined, namespace: string, own: string): boolean {
    return namespaces === undefined ? namespace === own : selects(namespaces, this.labelsOf(namespace));
  }

  private peersOf(rule: Rule, peers: readonly Peer[]): RulePeers {
    let found = this.peers.get(rule);
    if (found === undefined) {
      const pods = peers.filter((peer) => peer.kind === 'pods');
      found = { pods: new SelectorIndex(pods), blocks: peers.filter((peer) => peer.kind === 'addresses') };
      this.peers.set(rule, found);
    }
    return found;
  }
}

/** The ports of a rule, names as the pod has them that the connection goes to. */
export function rulePorts(rule: Rule, destination: PodEnd): PortSet {
  if (rule.ports === undefined) return ALL_PORTS;
  return unitePorts(
    rule.ports.map((port) => (port.kind === 'numbers' ? port.ports : namedPort(destination, port.name, port.protocol))),
  );
}
