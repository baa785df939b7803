import type { Issue } from '../../model/issues';
import { fieldPath } from '../object-path';
import { describeAddresses, ALL_ADDRESSES } from './address-set';
import { addressGrants, without } from './address-grants';
import type { PodEnd } from './ends';
import { stranger } from './ends';
import type { KubernetesWorld } from './kubernetes-world';
import type { Need, Party } from './needs';
import type { Direction, Policy } from './policies';
import { describePorts, isNoPort, subtractPorts, unitePorts } from './port-set';
import { describeSelector } from './selector';

/** What the model needs and the policies do not let through, each side by itself. */
export function closedConnections(world: KubernetesWorld): readonly Issue[] {
  return world.components.flatMap((component) => {
    const needs = world.needs.get(component.id);
    return world
      .podsOf(component)
      .flatMap((pod) => [
        ...[...(needs?.clients.values() ?? [])].flat().flatMap((need) => closedClient(world, pod, need)),
        ...(needs?.entrances ?? []).flatMap((need) => closedTo(world, 'ingress', pod, need)),
        ...(needs?.exits ?? []).flatMap((need) => closedTo(world, 'egress', pod, need)),
      ]);
  });
}

/** A link: out of the client's pods, and into the server's. */
function closedClient(world: KubernetesWorld, server: PodEnd, need: Need): Issue[] {
  if (need.party.kind !== 'component') return [];
  const client = need.party.component;
  return world.podsOf(client).flatMap((from) =>
    (['egress', 'ingress'] as const).flatMap((direction) => {
      const [self, other] = direction === 'egress' ? [from, server] : [server, from];
      const open = world.policies.side(direction, self, other);
      if (isNoPort(subtractPorts(need.ports, open))) return [];
      return closed({ world, direction, pod: self, need, other: described(other), open: describePorts(open) });
    }),
  );
}

/** Somebody who is no component: only the component's own side is known. */
function closedTo(world: KubernetesWorld, direction: Direction, pod: PodEnd, need: Need): Issue[] {
  const { policies } = world;
  if (!policies.isIsolated(pod, direction)) return [];
  const { party } = need;
  if (party.kind === 'component') return [];
  if (party.kind === 'pods') {
    const open = policies.side(direction, pod, stranger(party.name, party.namespace, party.labels));
    if (isNoPort(subtractPorts(need.ports, open))) return [];
    return closed({ world, direction, pod, need, other: partyName(party), open: describePorts(open) });
  }
  const addresses = party.kind === 'anybody' ? ALL_ADDRESSES : party.addresses;
  const missing = without({ addresses, ports: need.ports }, addressGrants(policies, direction, pod));
  if (missing.length === 0) return [];
  const part = missing.map((one) => describeAddresses(one.addresses)).join(', ');
  const other = party.kind === 'anybody' ? part : `${part} (${party.name})`;
  const open = describePorts(subtractPorts(need.ports, unitePorts(missing.map(({ ports }) => ports))));
  return closed({ world, direction, pod, need, other, open });
}

interface Closed {
  readonly world: KubernetesWorld;
  readonly direction: Direction;
  readonly pod: PodEnd;
  readonly need: Need;
  readonly other: string;
  /** Ports that are open. */
  readonly open: string;
}

function closed({ world, direction, pod, need, other, open }: Closed): Issue[] {
  const policy = mostSpecific(world.policies.policiesOf(pod, direction));
  if (policy === undefined) return [];
  const [preposition, key] = direction === 'egress' ? ['to', 'to'] : ['from', 'from'];
  return [
    {
      code: 'TARS6301',
      severity: 'error',
      path: fieldPath(policy.source.object, ['spec', direction]),
      message: `${need.reason}, and no policy opens the ${direction} of ${pod.name} ${preposition} ${other}`,
      given: open === '' ? 'no port is open' : `open: ${open}`,
      allowed: `port ${describePorts(need.ports)}`,
      remedy: `give the policy a rule with "${key}" and port ${describePorts(need.ports)}, or take the link out of the model`,
    },
  ];
}

/** The policy that is about this pod more than the others are: where a missing rule is looked for. */
function mostSpecific(policies: readonly Policy[]): Policy | undefined {
  const weight = ({ selector }: Policy): number => selector.pairs.length + selector.expressions.length;
  return policies.reduce<Policy | undefined>(
    (best, policy) => (best === undefined || weight(policy) > weight(best) ? policy : best),
    undefined,
  );
}

function described({ name, namespace }: PodEnd): string {
  return `${name} in namespace ${namespace}`;
}

function partyName(party: Exclude<Party, { kind: 'component' }>): string {
  if (party.kind === 'anybody') return 'anybody';
  if (party.kind === 'addresses') return party.name;
  const labels = describeSelector({ pairs: Object.entries(party.labels), expressions: [] });
  return labels === '' ? party.name : `${party.name} (${labels})`;
}
