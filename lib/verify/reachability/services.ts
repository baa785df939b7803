import type { EmittedObject, EmittedSet, JsonObject } from '../emitted';
import { groupOf, listOf, nameOf, namespaceOf, numberOf, objectOf, textOf, textsOf } from '../read';
import type { PodEnd } from './ends';
import { namedPort } from './ends';
import type { PortSet, Protocol } from './port-set';
import { NO_PORT, PROTOCOLS, ports } from './port-set';
import { LabelIndex } from './selector-index';

/** The Services of a set of manifests: which port of which pods is behind which of theirs. */
export class ServiceTable {
  private readonly services: ReadonlyMap<string, EmittedObject>;
  private readonly pods = new Map<string, LabelIndex<PodEnd>>();

  public constructor(emitted: Pick<EmittedSet, 'manifests'>, pods: readonly PodEnd[]) {
    this.services = new Map(
      emitted.manifests
        .filter(({ object }) => object['kind'] === 'Service' && groupOf(object) === '')
        .map((one) => [`${namespaceOf(one.object)}/${nameOf(one.object)}`, one]),
    );
    for (const namespace of new Set(pods.map((pod) => pod.namespace))) {
      this.pods.set(namespace, new LabelIndex(pods.filter((pod) => pod.namespace === namespace)));
    }
  }

  /** The Service of this name. */
  public find(namespace: string, name: string): EmittedObject | undefined {
    return this.services.get(`${namespace}/${name}`);
  }

  /** Pods that a Service leads to; none when it has no selector. */
  public podsBehind({ object }: EmittedObject): readonly PodEnd[] {
    const pairs = Object.entries(textsOf(objectOf(object['spec'])['selector']));
    if (pairs.length === 0) return [];
    return this.pods.get(namespaceOf(object))?.selectedBy({ pairs, expressions: [] }) ?? [];
  }

  /** The pod's port behind a port of a Service; none when the Service does not have it, or its name means nothing there. */
  public portBehind({ object }: EmittedObject, number: number, protocol: Protocol, pod: PodEnd): PortSet {
    const entry = this.entryOf(object, number, protocol);
    if (entry === undefined) return NO_PORT;
    // A headless Service is only a name: the client connects to the pod's own port.
    if (objectOf(object['spec'])['clusterIP'] === 'None') return ports(protocol, number);
    const target = entry['targetPort'];
    const name = textOf(target);
    return name === undefined ? ports(protocol, numberOf(target) ?? number) : namedPort(pod, name, protocol);
  }

  private entryOf(service: JsonObject, number: number, protocol: Protocol): JsonObject | undefined {
    return listOf(objectOf(service['spec'])['ports'])
      .map(objectOf)
      .find((port) => numberOf(port['port']) === number && (textOf(port['protocol']) ?? PROTOCOLS[0]) === protocol);
  }
}
