import type { SystemModel } from '../../model/system-model';
import type { Component } from '../components';
import { ComponentFinder, componentsOf } from '../components';
import type { EmittedSet } from '../emitted';
import { once } from '../once';
import type { PodEnd } from './ends';
import { podEndsOf } from './ends';
import type { Needs } from './needs';
import { needsOf } from './needs';
import { PolicySet } from './policy-set';
import { LabelIndex } from './selector-index';
import { ServiceTable } from './services';

/** Everything that the proofs about a cluster's network ask: what was emitted, and what it was meant to be. */
export interface KubernetesWorld {
  readonly components: readonly Component[];
  /** The pods of the manifests, one for each template. */
  readonly pods: readonly PodEnd[];
  readonly policies: PolicySet;
  readonly services: ServiceTable;
  /** What each component needs, by its id. */
  readonly needs: ReadonlyMap<string, Needs>;
  /** The component that a pod is of; undefined: the models do not know it. */
  readonly componentOf: (pod: PodEnd) => Component | undefined;
  /** The pods of a component. */
  readonly podsOf: (component: Component) => readonly PodEnd[];
  /** The pods of one namespace, to be found by their labels. */
  readonly podsIn: (namespace: string) => LabelIndex<PodEnd>;
  /** Namespaces that have pods. */
  readonly namespaces: readonly string[];
}

/** Asked by every proof that is about the network, and made once. */
export function kubernetesWorld(emitted: EmittedSet, systems: readonly SystemModel[]): KubernetesWorld {
  return worldsOf(emitted)(systems);
}

const worldsOf = once((emitted: EmittedSet) =>
  once((systems: readonly SystemModel[]): KubernetesWorld => makeWorld(emitted, systems)),
);

function makeWorld(emitted: EmittedSet, systems: readonly SystemModel[]): KubernetesWorld {
  const components = componentsOf(systems);
  const finder = new ComponentFinder(components);
  const pods = podEndsOf(emitted);
  const owners = new Map<PodEnd, Component>();
  const byComponent = new Map<string, PodEnd[]>();
  const byNamespace = new Map<string, PodEnd[]>();
  const push = (map: Map<string, PodEnd[]>, key: string, pod: PodEnd): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [pod]);
    else list.push(pod);
  };
  for (const pod of pods) {
    push(byNamespace, pod.namespace, pod);
    const component = pod.template === undefined ? undefined : finder.of(pod.template);
    if (component === undefined) continue;
    owners.set(pod, component);
    push(byComponent, component.id, pod);
  }
  const indexes = new Map([...byNamespace].map(([namespace, list]) => [namespace, new LabelIndex(list)]));
  const empty = new LabelIndex<PodEnd>([]);
  const services = new ServiceTable(emitted, pods);
  const podsOf = (component: Component): readonly PodEnd[] => byComponent.get(component.id) ?? [];
  return {
    components,
    pods,
    policies: new PolicySet(emitted),
    services,
    needs: needsOf(components, podsOf, services),
    componentOf: (pod) => owners.get(pod),
    podsOf,
    podsIn: (namespace) => indexes.get(namespace) ?? empty,
    namespaces: [...indexes.keys()],
  };
}
