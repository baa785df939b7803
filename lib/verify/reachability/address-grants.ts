import type { AddressSet } from './address-set';
import { ALL_ADDRESSES } from './address-set';
import type { PodEnd } from './ends';
import { intersect, subtract } from './intervals';
import type { Need } from './needs';
import type { Direction, Rule } from './policies';
import { plainPorts } from './policies';
import type { PolicySet } from './policy-set';
import { rulePorts } from './policy-set';
import type { PortSet } from './port-set';
import { isNoPort, subtractPorts, unitePorts } from './port-set';

/** Ports that are open from, or to, some addresses. */
export interface AddressPorts {
  readonly addresses: AddressSet;
  readonly ports: PortSet;
}

/** What one rule opens to addresses. */
export interface AddressGrant extends AddressPorts {
  readonly rule: Rule;
  /** The rule names nobody, so pods may connect as well. */
  readonly anybody: boolean;
}

/** What the rules of a pod open to addresses. */
export function addressGrants(policies: PolicySet, direction: Direction, pod: PodEnd): readonly AddressGrant[] {
  return policies.rulesOf(pod, direction).flatMap((rule): AddressGrant[] => {
    // A name means nothing at an address: there is no pod that could tell.
    const ports = direction === 'ingress' ? rulePorts(rule, pod) : unitePorts(plainPorts(rule));
    if (isNoPort(ports)) return [];
    if (rule.peers === undefined) return [{ rule, ports, addresses: ALL_ADDRESSES, anybody: true }];
    return rule.peers.flatMap((peer) =>
      peer.kind === 'addresses' ? [{ rule, ports, addresses: peer.addresses, anybody: false }] : [],
    );
  });
}

/** What is in the first and in none of the others. */
export function without(first: AddressPorts, others: readonly AddressPorts[]): readonly AddressPorts[] {
  return others.reduce<readonly AddressPorts[]>(
    (rest, other) =>
      rest.flatMap(({ addresses, ports }): AddressPorts[] => {
        const elsewhere = subtract(addresses, other.addresses);
        const common = intersect(addresses, other.addresses);
        const more = subtractPorts(ports, other.ports);
        return [
          ...(elsewhere.length === 0 ? [] : [{ addresses: elsewhere, ports }]),
          ...(common.length === 0 || isNoPort(more) ? [] : [{ addresses: common, ports: more }]),
        ];
      }),
    [first],
  );
}

/** The needs that are about addresses, as such. */
export function addressNeeds(needs: readonly Need[]): readonly AddressPorts[] {
  return needs.flatMap(({ party, ports }) => {
    if (party.kind === 'anybody') return [{ addresses: ALL_ADDRESSES, ports }];
    return party.kind === 'addresses' ? [{ addresses: party.addresses, ports }] : [];
  });
}
