import type { EmittedObject, Json, JsonObject } from '../emitted';
import { groupOf, isList, isObject, listOf, namespaceOf, numberOf, objectOf, textOf } from '../read';
import type { Keys } from '../read';
import type { AddressSet } from './address-set';
import { blockAddresses } from './address-set';
import type { PortSet, Protocol } from './port-set';
import { ALL_PORTS, everyPort, isProtocol, ports } from './port-set';
import type { Selector } from './selector';
import { readSelector } from './selector';

export const DIRECTIONS = ['ingress', 'egress'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** A NetworkPolicy, read. */
export interface Policy {
  readonly source: EmittedObject;
  readonly namespace: string;
  /** Pods of its namespace that it speaks of. */
  readonly selector: Selector;
  /** What it lets through in each direction; undefined: it says nothing about that direction. */
  readonly rules: Readonly<Record<Direction, readonly Rule[] | undefined>>;
}

/** One entry of `ingress` or `egress`. */
export interface Rule {
  readonly policy: Policy;
  /** Keys from the policy to the rule. */
  readonly path: Keys;
  /** undefined: anybody. */
  readonly peers: readonly Peer[] | undefined;
  /** undefined: every port. */
  readonly ports: readonly RulePort[] | undefined;
}

/** Who is at the other end. */
export type Peer =
  | { readonly kind: 'addresses'; readonly addresses: AddressSet }
  | {
      readonly kind: 'pods';
      /** Selects the pods. */
      readonly selector: Selector;
      /** Selects their namespaces; undefined: the policy's own. */
      readonly namespaces: Selector | undefined;
    };

/** Ports of a rule; a name means what it means in the pod that the connection goes to. */
export type RulePort =
  | { readonly kind: 'numbers'; readonly ports: PortSet }
  | { readonly kind: 'name'; readonly name: string; readonly protocol: Protocol };

/** The policies among the manifests. */
export function readPolicies(manifests: readonly EmittedObject[]): readonly Policy[] {
  return manifests.flatMap((source) => {
    const { object } = source;
    if (object['kind'] !== 'NetworkPolicy' || groupOf(object) !== 'networking.k8s.io') return [];
    return [readPolicy(source, objectOf(object['spec']))];
  });
}

function readPolicy(source: EmittedObject, spec: JsonObject): Policy {
  const types = policyTypes(spec);
  const rules: Partial<Record<Direction, readonly Rule[]>> = {};
  const policy: Policy = {
    source,
    namespace: namespaceOf(source.object),
    selector: readSelector(spec['podSelector']),
    rules: rules as Policy['rules'],
  };
  for (const direction of DIRECTIONS) {
    if (!types.includes(direction)) continue;
    rules[direction] = listOf(spec[direction]).map((rule, index): Rule => {
      const read = objectOf(rule);
      return {
        policy,
        path: ['spec', direction, index],
        peers: peersOf(read[direction === 'ingress' ? 'from' : 'to']),
        ports: portsOf(read['ports']),
      };
    });
  }
  return policy;
}

/** What is not said is what the server adds: Ingress, and Egress where there is a rule for it. */
function policyTypes(spec: JsonObject): Direction[] {
  const said = listOf(spec['policyTypes']).flatMap((type) => textOf(type)?.toLowerCase() ?? []);
  if (said.length > 0) return DIRECTIONS.filter((direction) => said.includes(direction));
  return listOf(spec['egress']).length > 0 ? ['ingress', 'egress'] : ['ingress'];
}

/** An empty list and none at all both mean anybody. */
function peersOf(value: Json | undefined): readonly Peer[] | undefined {
  if (!isList(value) || value.length === 0) return undefined;
  return value.flatMap((one): Peer[] => {
    const peer = objectOf(one);
    const block = peer['ipBlock'];
    if (isObject(block)) {
      const except = listOf(block['except']).flatMap((text) => textOf(text) ?? []);
      return [{ kind: 'addresses', addresses: blockAddresses(textOf(block['cidr']) ?? '', except) }];
    }
    const [pods, namespaces] = [peer['podSelector'], peer['namespaceSelector']];
    // A peer that says nothing is refused by the server, so it lets nobody through.
    if (!isObject(pods) && !isObject(namespaces)) return [];
    return [
      {
        kind: 'pods',
        selector: readSelector(pods),
        namespaces: isObject(namespaces) ? readSelector(namespaces) : undefined,
      },
    ];
  });
}

function portsOf(value: Json | undefined): readonly RulePort[] | undefined {
  if (!isList(value) || value.length === 0) return undefined;
  return value.flatMap((one): RulePort[] => {
    const entry = objectOf(one);
    const protocol = textOf(entry['protocol']) ?? 'TCP';
    if (!isProtocol(protocol)) return [];
    const name = textOf(entry['port']);
    if (name !== undefined) return [{ kind: 'name', name, protocol }];
    const number = numberOf(entry['port']);
    if (number === undefined) return [{ kind: 'numbers', ports: everyPort(protocol) }];
    return [{ kind: 'numbers', ports: ports(protocol, number, numberOf(entry['endPort']) ?? number) }];
  });
}

/** Every port, without names; undefined when the rule has names that only a pod can tell. */
export function plainPorts(rule: Rule): readonly PortSet[] {
  if (rule.ports === undefined) return [ALL_PORTS];
  return rule.ports.flatMap((port) => (port.kind === 'numbers' ? [port.ports] : []));
}
