import { BlockList, isIPv6 } from 'node:net';
import type { Manifest } from './manifests';
import { templatesOf } from './manifests';

/** One end of a connection: a pod, or an address outside the cluster. */
export type End =
  | { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly name: string; readonly address: string };

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port?: number; readonly protocol?: string }[];
}

interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** The pods of an emitted system, one for each template. */
export function podsOf(manifests: readonly Manifest[]): (End & { readonly namespace: string })[] {
  return templatesOf(manifests).map(({ owner, labels }) => ({
    name: labels['component'] ?? owner.metadata.name,
    namespace: owner.metadata.namespace ?? 'default',
    labels,
  }));
}

/**
 * Whether the policies let a connection through: out of one end and into the other.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function isAllowed(
  manifests: readonly Manifest[],
  from: End,
  to: End,
  port: number,
  protocol: 'TCP' | 'UDP' = 'TCP',
): boolean {
  const wanted = { port, protocol };
  return passes(manifests, 'Egress', from, to, wanted) && passes(manifests, 'Ingress', to, from, wanted);
}

function passes(
  manifests: readonly Manifest[],
  direction: 'Ingress' | 'Egress',
  self: End,
  other: End,
  wanted: { readonly port: number; readonly protocol: string },
): boolean {
  if ('address' in self) return true;
  const selecting = manifests.filter(({ kind, metadata, spec }) => {
    if (kind !== 'NetworkPolicy' || (metadata.namespace ?? 'default') !== self.namespace) return false;
    const policy = spec as Policy;
    return policy.policyTypes.includes(direction) && matches(policy.podSelector, self.labels);
  });
  // Who is selected by no policy may talk to everybody.
  if (selecting.length === 0) return true;
  return selecting.some(({ spec, metadata }) => {
    const policy = spec as Policy;
    const rules = (direction === 'Ingress' ? policy.ingress : policy.egress) ?? [];
    return rules.some((rule) => {
      const peers = direction === 'Ingress' ? rule.from : rule.to;
      const ports = rule.ports ?? [];
      return (
        (ports.length === 0 ||
          ports.some((p) => (p.port ?? wanted.port) === wanted.port && (p.protocol ?? 'TCP') === wanted.protocol)) &&
        (peers === undefined || peers.some((peer) => isPeer(peer, other, metadata.namespace ?? 'default')))
      );
    });
  });
}

function isPeer(peer: Peer, end: End, ownNamespace: string): boolean {
  if (peer.ipBlock !== undefined) {
    if (!('address' in end)) return false;
    return isIn(end.address, peer.ipBlock.cidr) && !(peer.ipBlock.except ?? []).some((c) => isIn(end.address, c));
  }
  if ('address' in end) return false;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? end.namespace === ownNamespace
      : matches(peer.namespaceSelector, { 'kubernetes.io/metadata.name': end.namespace });
  return inNamespace && matches(peer.podSelector ?? {}, end.labels);
}

function matches({ matchLabels = {} }: Selector, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

function isIn(address: string, cidr: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  if (isIPv6(network) !== isIPv6(address)) return false;
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
}
