import type { Issue } from '../../model/issues';
import type { Component } from '../components';
import { fieldPath } from '../object-path';
import type { Keys } from '../read';
import { addressGrants, addressNeeds, without } from './address-grants';
import { describeAddresses, isWholeFamily } from './address-set';
import type { PodEnd } from './ends';
import { stranger } from './ends';
import type { KubernetesWorld } from './kubernetes-world';
import type { Need } from './needs';
import type { Direction, Peer, Rule } from './policies';
import { DIRECTIONS, plainPorts } from './policies';
import { rulePorts } from './policy-set';
import type { PortSet } from './port-set';
import { describePorts, intersectPorts, isNoPort, subtractPorts, unitePorts } from './port-set';
import type { Labels } from '../label-requirement';
import type { Selector } from './selector';
import { describeSelector, exampleOf } from './selector';

type PodPeer = Extract<Peer, { kind: 'pods' }>;

/** What the policies let through and the model does not know. */
export function openConnections(world: KubernetesWorld): readonly Issue[] {
  return world.components.flatMap((component) =>
    world
      .podsOf(component)
      .flatMap((pod) => DIRECTIONS.flatMap((direction) => openOf(world, component, pod, direction))),
  );
}

function openOf(world: KubernetesWorld, component: Component, pod: PodEnd, direction: Direction): Issue[] {
  const { policies } = world;
  if (!policies.isIsolated(pod, direction)) return [notIsolated(pod, direction)];
  const needs = world.needs.get(component.id);
  const foreign = (direction === 'ingress' ? needs?.entrances : needs?.exits) ?? [];
  const toAddresses = addressGrants(policies, direction, pod).flatMap((grant) => {
    if (grant.anybody) {
      const known = foreign.flatMap(({ party, ports }) => (party.kind === 'anybody' ? [ports] : []));
      const more = subtractPorts(grant.ports, unitePorts(known));
      return isNoPort(more) ? [] : [open(grant.rule, direction, pod, 'anybody', more, 'error')];
    }
    return without(grant, addressNeeds(foreign)).map(({ addresses, ports }) =>
      open(
        grant.rule,
        direction,
        pod,
        describeAddresses(addresses),
        ports,
        isWholeFamily(addresses) ? 'error' : 'warning',
      ),
    );
  });
  const toPods = policies
    .rulesOf(pod, direction)
    .flatMap((rule) =>
      (rule.peers ?? []).flatMap((peer) =>
        peer.kind === 'pods' ? openToPods({ world, pod, direction, rule, foreign, component }, peer) : [],
      ),
    );
  return [...toAddresses, ...toPods];
}

interface Side {
  readonly world: KubernetesWorld;
  readonly component: Component;
  readonly pod: PodEnd;
  readonly direction: Direction;
  readonly rule: Rule;
  /** What the model says about whoever is no component. */
  readonly foreign: readonly Need[];
}

/** What a rule opens to the pods of the manifests, and to pods that could be there. */
function openToPods(side: Side, peer: PodPeer): Issue[] {
  const { world, pod, direction, rule } = side;
  const namespaces = world.namespaces.filter((name) =>
    world.policies.isInNamespaces(peer.namespaces, name, rule.policy.namespace),
  );
  const known = namespaces.flatMap((name) => world.podsIn(name).selectedBy(peer.selector)).filter((one) => one !== pod);
  const excess = known.flatMap((other) => {
    const ports = excessTo(side, other);
    return isNoPort(ports) ? [] : [{ name: `${other.name} in namespace ${other.namespace}`, ports }];
  });
  const [first, ...more] = excess;
  const others = more.length === 0 ? '' : ` and ${more.length} more pod${more.length === 1 ? '' : 's'}`;
  const ports = unitePorts(excess.map((one) => one.ports));
  return [
    ...(first === undefined ? [] : [open(rule, direction, pod, first.name + others, ports, 'warning')]),
    ...possiblePods(side, peer, known.length > 0).flatMap((other) => {
      const opened = direction === 'ingress' ? rulePorts(rule, pod) : unitePorts(plainPorts(rule));
      const left = subtractPorts(opened, allowedTo(side.foreign, other));
      return isNoPort(left) ? [] : [open(rule, direction, pod, other.name, left, 'warning')];
    }),
  ];
}

/** Ports that are open between the pod and another of the manifests, and that nobody needs. */
function excessTo({ world, component, pod, direction, rule, foreign }: Side, other: PodEnd): PortSet {
  const peer = world.componentOf(other);
  // Between two components the server's rules are asked: one answer is enough.
  if (direction === 'egress' && peer !== undefined) return unitePorts([]);
  const client = peer === undefined ? [] : (world.needs.get(component.id)?.clients.get(peer.id) ?? []);
  const needed = unitePorts([...client.map(({ ports }) => ports), allowedTo(foreign, other)]);
  const opened = subtractPorts(rulePorts(rule, direction === 'ingress' ? pod : other), needed);
  if (isNoPort(opened)) return opened;
  return intersectPorts(opened, world.policies.side(direction === 'ingress' ? 'egress' : 'ingress', other, pod));
}

/** What the model opens to a pod that is no component. */
function allowedTo(needs: readonly Need[], pod: Pick<PodEnd, 'namespace' | 'labels'>): PortSet {
  return unitePorts(
    needs.flatMap(({ party, ports }) => {
      const isMeant =
        party.kind === 'anybody' ||
        (party.kind === 'pods' &&
          party.namespace === pod.namespace &&
          Object.entries(party.labels).every(([key, value]) => pod.labels[key] === value));
      return isMeant ? [ports] : [];
    }),
  );
}

/**
 * Pods that a peer selects beside those of the manifests: one for each way to be selected. A pod
 * that carries the labels of a component in the component's own namespace is one of its pods.
 */
function possiblePods({ world, rule }: Side, peer: PodPeer, selectsKnown: boolean): PodEnd[] {
  const labels = exampleOf(peer.selector);
  if (labels === undefined) return [];
  const name = (where: string): string => `${podsNamed(peer.selector)} ${where}`;
  const here = rule.policy.namespace;
  const isComponent = peer.selector.pairs.length > 0 && selectsKnown;
  if (peer.namespaces === undefined) {
    return isComponent ? [] : [stranger(name(`in namespace ${here}`), here, labels)];
  }
  const spaces = exampleOf(peer.namespaces);
  if (spaces === undefined) return [];
  const said = spaces[NAMESPACE_NAME];
  if (said !== undefined) {
    return isComponent && world.namespaces.includes(said) ? [] : [stranger(name(`in namespace ${said}`), said, labels)];
  }
  const text = describeSelector(peer.namespaces);
  // No name of a namespace: nothing in the model can mean it.
  return [stranger(name(text === '' ? 'in any namespace' : `in namespaces with ${text}`), '', labels)];
}

/** The label that every namespace carries since 1.22. */
const NAMESPACE_NAME: keyof Labels = 'kubernetes.io/metadata.name';

function podsNamed(selector: Selector): string {
  const text = describeSelector(selector);
  return text === '' ? 'any pod' : `pods with ${text}`;
}

function open(
  rule: Rule,
  direction: Direction,
  pod: PodEnd,
  other: string,
  ports: PortSet,
  severity: 'error' | 'warning',
): Issue {
  const text = describePorts(ports);
  return {
    code: 'TARS6302',
    severity,
    path: fieldPath(rule.policy.source.object, rule.path),
    message:
      direction === 'ingress'
        ? `${other} may connect to ${pod.name}, and nothing in the model says so`
        : `${pod.name} may connect to ${other}, and nothing in the model says so`,
    given: `open: ${text}`,
    allowed: 'what links, exposures, allowFrom and internet say',
    remedy: 'take it out of the rule, or say it in the model',
  };
}

function notIsolated(pod: PodEnd, direction: Direction): Issue {
  const { template } = pod;
  const path: Keys = [...(template?.metadataPath ?? []), 'labels'];
  return {
    code: 'TARS6303',
    severity: 'error',
    path: template === undefined ? pod.name : fieldPath(template.owner.object, path),
    message: `no policy selects the pods of ${pod.name} for ${direction}: ${
      direction === 'ingress' ? 'anybody may connect to them' : 'they may connect to anybody'
    }`,
    given: describeSelector({ pairs: Object.entries(pod.labels), expressions: [] }),
    allowed: `a NetworkPolicy in namespace ${pod.namespace} that selects them and has the policyType ${
      direction === 'ingress' ? 'Ingress' : 'Egress'
    }`,
    remedy: 'give the pods back the labels that the policies select, or the policy its selector',
  };
}
