import type { EmittedSet, JsonObject } from '../emitted';
import { objectName } from '../object-path';
import type { PodTemplate } from '../pods';
import { containersOf, podTemplatesOf } from '../pods';
import { listOf, namespaceOf, valueAt } from '../read';
import { namespaceFlag } from './object-key';

/** Commands that restart the workloads whose pods read a Secret or a ConfigMap. */
export function readersOf(emitted: Pick<EmittedSet, 'manifests'>, source: JsonObject): string[] {
  return podTemplatesOf(emitted)
    .filter((pod) => pod.namespace === namespaceOf(source) && readsFrom(pod, source))
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind))
    .map(
      ({ owner, kind, name }) => `kubectl ${namespaceFlag(owner.object)}rollout restart ${kind.toLowerCase()}/${name}`,
    );
}

/** True when a pod takes variables or files from a Secret or a ConfigMap. */
export function readsFrom(pod: PodTemplate, source: JsonObject): boolean {
  return sourcesOf(pod).has(objectName(source));
}

/** `Secret/…` and `ConfigMap/…` that a pod reads. */
function sourcesOf(pod: PodTemplate): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (kind: string, name: unknown): void => {
    if (typeof name === 'string') found.add(`${kind}/${name}`);
  };
  for (const { container } of containersOf(pod)) {
    for (const entry of listOf(container['env'])) {
      add('Secret', valueAt(entry, ['valueFrom', 'secretKeyRef', 'name']));
      add('ConfigMap', valueAt(entry, ['valueFrom', 'configMapKeyRef', 'name']));
    }
    for (const entry of listOf(container['envFrom'])) {
      add('Secret', valueAt(entry, ['secretRef', 'name']));
      add('ConfigMap', valueAt(entry, ['configMapRef', 'name']));
    }
  }
  for (const volume of listOf(pod.spec['volumes'])) {
    for (const one of [volume, ...listOf(valueAt(volume, ['projected', 'sources']))]) {
      add('Secret', valueAt(one, ['secret', 'secretName']) ?? valueAt(one, ['secret', 'name']));
      add('ConfigMap', valueAt(one, ['configMap', 'name']));
    }
  }
  return found;
}
