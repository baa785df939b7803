import type { Peer, ServiceSpec, Task } from '../model/service-spec';
import type { ResolvedLink, SystemModel } from '../model/system-model';
import { clientsOf, findTarget, linksOf } from '../model/system-model';
import type { EgressRule, IngressRule, NetworkPolicyJson, NetworkPolicyPeer, NetworkPolicyPort } from './json';
import type { Component } from './labels';
import { componentLabels, selectorLabels, systemLabels, taskComponent } from './labels';
import { kubernetesName } from '../model/define-service';
import { endpointsOf } from '../model/value';
import type { ModelSource, ObjectSpec } from './object-spec';

/** The label that every namespace carries since 1.22. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Private, shared and link-local ranges: not the internet (decision D14). */
const NOT_INTERNET_V4 = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
];
const NOT_INTERNET_V6 = ['::1/128', 'fc00::/7', 'fe80::/10'];
const INTERNET_PORT = 443;

/**
 * The policies of a component and of each of its tasks: deny by default, open for its links. One for each
 * direction: an enforcer that looks at both at once (kube-router, and so k3s) takes a connection between
 * two replicas for allowed when either direction is, although both have to be.
 */
export function policyObjects(spec: ServiceSpec, model: ModelSource): ObjectSpec[] {
  return [
    ...bothWays('network-policy', spec, () => ({
      ingress: ingressRules(model(), spec),
      egress: egressRules(model(), spec, linksOf(model(), spec), spec.internet),
    })),
    ...spec.tasks.flatMap((task) =>
      bothWays(`network-policy-${task.name}`, taskComponent(spec, task), () => ({
        ingress: [],
        egress: egressRules(model(), spec, taskLinks(model(), spec, task), task.internet),
      })),
    ),
  ];
}

/** Nothing goes in or out of a pod of the system that no other policy speaks of. */
export function defaultDenyObject(prefix: string): ObjectSpec {
  return {
    id: 'default-deny',
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    name: `${prefix}-default-deny`,
    labels: systemLabels(prefix),
    fields: {
      spec: (): NetworkPolicyJson => ({
        podSelector: { matchLabels: { app: prefix } },
        policyTypes: ['Ingress', 'Egress'],
      }),
    },
  };
}

interface Rules {
  readonly ingress: readonly IngressRule[];
  readonly egress: readonly EgressRule[];
}

function bothWays(id: string, component: Component, rules: () => Rules): ObjectSpec[] {
  const podSelector = { matchLabels: selectorLabels(component) };
  const name = kubernetesName(component);
  return [
    policy(id, name, component, () => {
      const { ingress } = rules();
      return { podSelector, policyTypes: ['Ingress'], ...(ingress.length === 0 ? {} : { ingress }) };
    }),
    policy(`${id}-egress`, `${name}-egress`, component, () => {
      return { podSelector, policyTypes: ['Egress'], egress: rules().egress };
    }),
  ];
}

function policy(id: string, name: string, component: Component, spec: () => NetworkPolicyJson): ObjectSpec {
  return {
    id,
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    name,
    labels: componentLabels(component),
    fields: { spec },
  };
}

/** The service's links, where the task shares them, or those that the task's own variables name. */
function taskLinks(model: SystemModel, spec: ServiceSpec, task: Task): readonly ResolvedLink[] {
  const all = linksOf(model, spec);
  if (task.sharesLinks) return all;
  const own = task.env.flatMap(({ value }) => endpointsOf(value)).map((endpoint) => findTarget(model, endpoint));
  return all.filter(({ target }) =>
    own.some((one) => one?.spec.path === target.spec.path && one.port.name === target.port.name),
  );
}

/** Who may connect: the clients that link to a port, and whom the exposure says. */
function ingressRules(model: SystemModel, spec: ServiceSpec): IngressRule[] {
  return spec.ports.flatMap((port): IngressRule[] => {
    const ports = [policyPort(port)];
    const clients = clientsOf(model, spec).filter((link) => link.target.port.name === port.name);
    const from = clients.flatMap((link) => [
      peer(spec, link.client, link.client),
      ...link.client.tasks
        .filter((task) => taskLinks(model, link.client, task).includes(link))
        .map((task) => peer(spec, link.client, taskComponent(link.client, task))),
    ]);
    const namespaces = [
      ...model.exposures
        .filter((e) => e.routes.some((r) => isPort(model, spec, port.name, r.endpoint)))
        .flatMap((e) => e.controllerNamespaces),
      ...(spec.metrics?.port === port.name ? model.settings.network.monitoringNamespaces : []),
    ];
    const rules: IngressRule[] = [];
    if (from.length > 0) rules.push({ from, ports });
    const others = spec.peers.filter((p) => p.port === undefined || p.port === port.name).map(otherPeer);
    if (others.length > 0) rules.push({ from: others, ports });
    for (const name of [...new Set(namespaces)].sort()) rules.push({ from: [namespacePeer(name)], ports });
    if (port.openTo === 'load-balancer') {
      const cidrs = spec.access.allowedCidrs.map((cidr) => ({ ipBlock: { cidr } }));
      // Without `from` anybody may connect: that is what a public load balancer is for (decision D13).
      rules.push(cidrs.length === 0 ? { ports } : { from: cidrs, ports });
    }
    return rules;
  });
}

function isPort(
  model: SystemModel,
  spec: ServiceSpec,
  port: string,
  endpoint: Parameters<typeof findTarget>[1],
): boolean {
  const target = findTarget(model, endpoint);
  return target?.kind === 'service' && target.spec.path === spec.path && target.port.name === port;
}

/** The cluster's DNS, which any program may want to ask, and what is linked to. */
function egressRules(
  model: SystemModel,
  spec: ServiceSpec,
  links: readonly ResolvedLink[],
  internet: boolean,
): EgressRule[] {
  const rules: EgressRule[] = [dnsRule(model)];
  for (const { target } of links) {
    if (target.kind === 'service') {
      rules.push({ to: [peer(spec, target.spec, target.spec)], ports: [policyPort(target.port)] });
      continue;
    }
    const cidrs = target.spec.cidrs.length > 0 ? target.spec.cidrs : ['0.0.0.0/0', '::/0'];
    rules.push({
      to: cidrs.map((cidr) => ({ ipBlock: { cidr } })),
      ports: [{ port: target.port.number, protocol: 'TCP' }],
    });
  }
  if (internet) {
    rules.push({
      to: [
        { ipBlock: { cidr: '0.0.0.0/0', except: NOT_INTERNET_V4 } },
        { ipBlock: { cidr: '::/0', except: NOT_INTERNET_V6 } },
      ],
      ports: [{ port: INTERNET_PORT, protocol: 'TCP' }],
    });
  }
  return rules;
}

/** Names are looked up at the cluster's DNS pods, or at a node-local cache, which is no pod. */
function dnsRule(model: SystemModel): EgressRule {
  const { dns } = model.settings.network;
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: dns.namespace } },
        podSelector: { matchLabels: { ...dns.podLabels } },
      },
      ...dns.cidrs.map((cidr) => ({ ipBlock: { cidr } })),
    ],
    ports: dns.ports.flatMap((port): NetworkPolicyPort[] => [
      { port, protocol: 'UDP' },
      { port, protocol: 'TCP' },
    ]),
  };
}

/** A component's pods, seen from a policy in `self`'s namespace. */
function peer(self: ServiceSpec, other: ServiceSpec, component: Component): NetworkPolicyPeer {
  const podSelector = { matchLabels: selectorLabels(component) };
  if (other.namespace === self.namespace || other.namespace === undefined) return { podSelector };
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: other.namespace } }, podSelector };
}

/** Somebody who is not of this system. */
function otherPeer(other: Peer): NetworkPolicyPeer {
  if (other.kind === 'addresses') return { ipBlock: { cidr: other.cidr } };
  const podSelector =
    Object.keys(other.podLabels).length === 0 ? {} : { podSelector: { matchLabels: other.podLabels } };
  return other.namespace === undefined ? podSelector : { ...podSelector, ...namespacePeer(other.namespace) };
}

function namespacePeer(name: string): NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: name } } };
}

function policyPort(port: { readonly number: number; readonly protocol?: string }): NetworkPolicyPort {
  return { port: port.number, protocol: port.protocol ?? 'TCP' };
}
