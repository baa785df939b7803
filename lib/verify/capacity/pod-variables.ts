import type { EmittedSet, JsonObject } from '../emitted';
import type { PodTemplate } from '../pods';
import { containersOf } from '../pods';
import { groupOf, listOf, nameOf, namespaceOf, objectOf, textOf, textsOf, valueAt } from '../read';

/** The data of ConfigMaps, by namespace and name. */
export type ConfigMaps = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Every ConfigMap of the manifests; of two with one name the first. */
export function configMapsOf(emitted: Pick<EmittedSet, 'manifests'>): ConfigMaps {
  const found = new Map<string, Readonly<Record<string, string>>>();
  for (const { object } of emitted.manifests) {
    if (object['kind'] !== 'ConfigMap' || groupOf(object) !== '') continue;
    const key = `${namespaceOf(object)}/${nameOf(object)}`;
    if (!found.has(key)) found.set(key, textsOf(object['data']));
  }
  return found;
}

/** The variables of a container that can be read: those of ConfigMaps, then those that stand in the pod. */
export function variablesOf(
  container: JsonObject,
  namespace: string,
  configMaps: ConfigMaps,
): ReadonlyMap<string, string> {
  const configMap = (name: string): Readonly<Record<string, string>> => configMaps.get(`${namespace}/${name}`) ?? {};
  const variables = new Map<string, string>();
  for (const source of listOf(container['envFrom']).map(objectOf)) {
    const name = textOf(valueAt(source, ['configMapRef', 'name']));
    if (name === undefined) continue;
    const prefix = textOf(source['prefix']) ?? '';
    for (const [key, value] of Object.entries(configMap(name))) variables.set(prefix + key, value);
  }
  for (const entry of listOf(container['env']).map(objectOf)) {
    const name = textOf(entry['name']);
    const reference = objectOf(valueAt(entry, ['valueFrom', 'configMapKeyRef']));
    const value = textOf(entry['value']) ?? configMap(textOf(reference['name']) ?? '')[textOf(reference['key']) ?? ''];
    if (name !== undefined && value !== undefined) variables.set(name, value);
  }
  return variables;
}

/** The variables of each of a pod's containers. */
export function variablesOfPod(template: PodTemplate, configMaps: ConfigMaps): readonly ReadonlyMap<string, string>[] {
  return containersOf(template)
    .filter(({ list, isSidecar }) => list === 'containers' || isSidecar)
    .map(({ container }) => variablesOf(container, template.namespace, configMaps));
}
