import { prefixed } from '../model/names';
import type { ServiceSpec } from '../model/service-spec';

/** What a component of a system is called in labels. */
export interface Component {
  readonly prefix: string;
  readonly name: string;
}

/** The labels that select a component's pods; they never change while it lives. */
export function selectorLabels({ prefix, name }: Component): Record<string, string> {
  return { ...(prefix === '' ? {} : { app: prefix }), component: name };
}

/**
 * All labels of a component's objects.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function componentLabels(component: Component): Record<string, string> {
  const { prefix, name } = component;
  return {
    ...selectorLabels(component),
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': prefixed(prefix, name),
    'app.kubernetes.io/component': name,
    ...(prefix === '' ? {} : { 'app.kubernetes.io/part-of': prefix }),
    'app.kubernetes.io/managed-by': 'cdk8s-tars',
  };
}

/** Labels of objects that belong to the system as a whole. */
export function systemLabels(prefix: string): Record<string, string> {
  return {
    app: prefix,
    'app.kubernetes.io/part-of': prefix,
    'app.kubernetes.io/managed-by': 'cdk8s-tars',
  };
}

/** The name of a task's component: its pods are no replicas of the service. */
export function taskComponent(spec: ServiceSpec, task: { readonly name: string }): Component {
  return { prefix: spec.prefix, name: `${spec.name}-${task.name}` };
}
