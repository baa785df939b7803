import type { EmittedSet, JsonObject } from '../emitted';
import type { PodTemplate } from '../pods';
import { containersOf, podTemplatesOf } from '../pods';
import { listOf, nameOf, numberOf, objectOf, textOf, textsOf } from '../read';
import type { PortSet, Protocol } from './port-set';
import { isProtocol, NO_PORT, ports, unitePorts } from './port-set';
import type { Labels } from '../label-requirement';

/** A pod as a policy sees it: one of those that a template makes, or one that could be there. */
export interface PodEnd {
  /** What it is called in reports. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Ports that its containers declare. */
  readonly ports: readonly ContainerPort[];
  /**
   * Addresses, if they are known. If not, a block of addresses counts as holding the pod only when
   * it is a whole family: which range a cluster gives its pods does not stand in a manifest.
   */
  readonly addresses: readonly bigint[] | undefined;
  /** Policies do not apply to pods on the network of their node. */
  readonly hostNetwork: boolean;
  /** What makes the pod; undefined for one that could be there. */
  readonly template: PodTemplate | undefined;
}

/** A port as a container declares it. */
export interface ContainerPort {
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: Protocol;
}

/** A pod that no manifest makes, with these labels. */
export function stranger(name: string, namespace: string, labels: Labels = {}): PodEnd {
  return { name, namespace, labels, ports: [], addresses: undefined, hostNetwork: false, template: undefined };
}

/** The pods of the manifests, one for each template. */
export function podEndsOf(emitted: Pick<EmittedSet, 'manifests'>): readonly PodEnd[] {
  return podTemplatesOf(emitted).map((template) => ({
    name: template.name,
    namespace: template.namespace,
    labels: template.labels,
    ports: declaredPorts(template),
    addresses: undefined,
    hostNetwork: template.spec['hostNetwork'] === true,
    template,
  }));
}

/** Ports of the containers that run beside each other; an init container's, once it has ended, nobody listens on. */
function declaredPorts(template: PodTemplate): ContainerPort[] {
  return containersOf(template)
    .filter(({ list, isSidecar }) => list === 'containers' || isSidecar)
    .flatMap(({ container }) => listOf(container['ports']))
    .flatMap((value): ContainerPort[] => {
      const port = objectOf(value);
      const number = numberOf(port['containerPort']);
      const protocol = textOf(port['protocol']) ?? 'TCP';
      return number === undefined || !isProtocol(protocol) ? [] : [{ name: textOf(port['name']), number, protocol }];
    });
}

/** The ports that a name stands for in a pod. */
export function namedPort(pod: PodEnd, name: string, protocol: Protocol): PortSet {
  const found = pod.ports.filter((port) => port.name === name && port.protocol === protocol);
  return found.length === 0 ? NO_PORT : unitePorts(found.map((port) => ports(protocol, port.number)));
}

/** The labels of a namespace: those of its manifest, and its name, which every server adds. */
export function namespaceLabels(manifests: readonly { readonly object: JsonObject }[]): (namespace: string) => Labels {
  const known = new Map(
    manifests
      .filter(({ object }) => object['kind'] === 'Namespace' && object['apiVersion'] === 'v1')
      .map(({ object }) => [nameOf(object), textsOf(objectOf(object['metadata'])['labels'])]),
  );
  return (namespace) => ({ ...known.get(namespace), 'kubernetes.io/metadata.name': namespace });
}
