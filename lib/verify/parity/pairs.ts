import type { Component } from '../components';
import { ComponentFinder } from '../components';
import type { EmittedSet } from '../emitted';
import { composePath, fieldPath } from '../object-path';
import type { PodTemplate } from '../pods';
import { containersOf, podTemplatesOf } from '../pods';
import { objectOf } from '../read';
import type { Difference, Outputs, Pair } from './difference';

/** What only one target has, and the component that it is of. */
export interface Alone extends Difference {
  readonly component: Component | undefined;
}

/** The components of one system on both targets, and what only one of them has. */
export function pairsOf(
  emitted: EmittedSet,
  outputs: Outputs,
): { readonly pairs: readonly Pair[]; readonly alone: readonly Alone[] } {
  const { components, compose } = outputs;
  const finder = new ComponentFinder(components);
  const templates = new Map<string, PodTemplate>();
  for (const template of podTemplatesOf(emitted)) {
    const component = finder.of(template);
    if (component !== undefined) templates.set(component.id, template);
  }
  const services = objectOf(compose.compose['services']);
  const pairs: Pair[] = [];
  const alone: Alone[] = [];
  for (const component of components) {
    const template = templates.get(component.id);
    const name = component.composeName;
    const service = Object.hasOwn(services, name) ? objectOf(services[name]) : undefined;
    const container =
      template === undefined ? undefined : containersOf(template).find(({ list }) => list === 'containers');
    if (template !== undefined && container !== undefined && service !== undefined) {
      pairs.push({ component, outputs, template, container, name, service });
      continue;
    }
    const fact = (path: string): Difference['compose'] => ({ value: 'there', path });
    alone.push({
      axis: 'components',
      key: component.id,
      kubernetes: template === undefined ? undefined : fact(fieldPath(template.owner.object, template.path)),
      compose: service === undefined ? undefined : fact(composePath(compose, ['services', name])),
      component,
    });
  }
  const known = new Set(components.map(({ composeName }) => composeName));
  for (const name of Object.keys(services).filter((one) => !known.has(one))) {
    const path = composePath(compose, ['services', name]);
    alone.push({
      axis: 'components',
      key: name,
      kubernetes: undefined,
      compose: { value: 'there', path },
      component: undefined,
    });
  }
  return { pairs, alone };
}

/** Path of a field of the pair's container. */
export function containerPath({ template, container }: Pair, ...keys: readonly (string | number)[]): string {
  return fieldPath(template.owner.object, [...container.path, ...keys]);
}

/** Path of a field of the pair's pod. */
export function podPath({ template }: Pair, ...keys: readonly (string | number)[]): string {
  return fieldPath(template.owner.object, [...template.path, ...keys]);
}

/** Path of a field of the pair's Compose service. */
export function servicePath({ outputs: { compose }, name }: Pair, ...keys: readonly (string | number)[]): string {
  return composePath(compose, ['services', name, ...keys]);
}
