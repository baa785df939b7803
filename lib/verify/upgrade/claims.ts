import type { EmittedObject, EmittedSet, JsonObject } from '../emitted';
import { fieldPath, objectName } from '../object-path';
import type { Keys } from '../read';
import { containersOf, podTemplatesOf } from '../pods';
import { listOf, nameOf, namespaceOf, objectOf, textOf, valueAt } from '../read';

/** Persistent storage of a release: a claim, or the claims of one template, and who mounts it where. */
export interface Storage {
  /** Namespace and name: of the claim, or of the template and its StatefulSet. */
  readonly id: string;
  /** What kubectl calls the claim, or the claims: `data-tars-postgres-0`, with `-<n>` for several. */
  readonly claims: readonly string[];
  readonly owner: EmittedObject;
  readonly keys: Keys;
  readonly mounts: readonly Mount[];
}

/** Where a container finds a claim. */
export interface Mount {
  readonly owner: EmittedObject;
  readonly keys: Keys;
  readonly workload: string;
  readonly container: string;
  readonly image: string;
  readonly path: string;
  readonly subPath: string;
}

/** All storage that manifests make, by id. */
export function storageOf(emitted: Pick<EmittedSet, 'manifests'>): ReadonlyMap<string, Storage> {
  const mounts = mountsOf(emitted);
  const found = new Map<string, Storage>();
  for (const owner of emitted.manifests) {
    const { object } = owner;
    const namespace = namespaceOf(object);
    if (object['kind'] === 'PersistentVolumeClaim') {
      const id = `${namespace}/${nameOf(object)}`;
      found.set(id, { id, claims: [nameOf(object)], owner, keys: ['spec'], mounts: mounts.get(id) ?? [] });
    }
    if (object['kind'] !== 'StatefulSet') continue;
    listOf(valueAt(object, ['spec', 'volumeClaimTemplates'])).forEach((template, index) => {
      const name = nameOf(objectOf(template));
      const id = `${namespace}/${name}-${nameOf(object)}-<n>`;
      const keys = ['spec', 'volumeClaimTemplates', index];
      found.set(id, { id, claims: claimNames(object, name), owner, keys, mounts: mounts.get(id) ?? [] });
    });
  }
  return found;
}

function claimNames(statefulSet: JsonObject, template: string): string[] {
  const replicas = valueAt(statefulSet, ['spec', 'replicas']);
  const count = typeof replicas === 'number' ? replicas : 1;
  return Array.from({ length: count }, (_, i) => `${template}-${nameOf(statefulSet)}-${i}`);
}

function mountsOf(emitted: Pick<EmittedSet, 'manifests'>): ReadonlyMap<string, readonly Mount[]> {
  const found = new Map<string, Mount[]>();
  for (const pod of podTemplatesOf(emitted)) {
    const ids = new Map<string, string>();
    for (const volume of listOf(pod.spec['volumes'])) {
      const claim = textOf(valueAt(volume, ['persistentVolumeClaim', 'claimName']));
      if (claim !== undefined) ids.set(textOf(valueAt(volume, ['name'])) ?? '', `${pod.namespace}/${claim}`);
    }
    for (const template of listOf(valueAt(pod.owner.object, ['spec', 'volumeClaimTemplates']))) {
      const name = nameOf(objectOf(template));
      ids.set(name, `${pod.namespace}/${name}-${pod.name}-<n>`);
    }
    for (const { container, path } of containersOf(pod)) {
      listOf(container['volumeMounts']).forEach((mount, index) => {
        const id = ids.get(textOf(valueAt(mount, ['name'])) ?? '');
        if (id === undefined) return;
        const one: Mount = {
          owner: pod.owner,
          keys: [...path, 'volumeMounts', index, 'mountPath'],
          workload: objectName(pod.owner.object),
          container: textOf(container['name']) ?? '',
          image: textOf(container['image']) ?? '',
          path: textOf(valueAt(mount, ['mountPath'])) ?? '',
          subPath: textOf(valueAt(mount, ['subPath'])) ?? '',
        };
        found.set(id, [...(found.get(id) ?? []), one]);
      });
    }
  }
  return found;
}

/** Path of a claim or a template, for an issue. */
export function storagePath({ owner, keys }: Storage): string {
  return keys[0] === 'spec' && keys.length === 1 ? objectName(owner.object) : fieldPath(owner.object, keys);
}
