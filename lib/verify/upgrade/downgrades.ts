import { fieldPath } from '../object-path';
import type { PodContainer, PodTemplate } from '../pods';
import { containersOf, podTemplatesOf } from '../pods';
import { listOf, textOf, valueAt } from '../read';
import { imageFindings } from './image-findings';
import { namespaceFlag, objectKey } from './object-key';
import type { Finding, ReleaseChange } from './release-change';

/** Images that go back to an older version, and databases whose data the new version cannot read. */
export function downgrades({ before, after }: ReleaseChange): readonly Finding[] {
  const earlier = new Map(podTemplatesOf(before).map((pod) => [objectKey(pod.owner.object), pod]));
  return podTemplatesOf(after).flatMap((pod) => {
    const old = earlier.get(objectKey(pod.owner.object));
    if (old === undefined) return [];
    return containersOf(pod).flatMap((container) => {
      const same = containersOf(old).find(({ container: c }) => c['name'] === container.container['name']);
      return same === undefined ? [] : compareImages(pod, same, container);
    });
  });
}

function compareImages(pod: PodTemplate, before: PodContainer, after: PodContainer): Finding[] {
  const [from, to] = [textOf(before.container['image']) ?? '', textOf(after.container['image']) ?? ''];
  const path = fieldPath(pod.owner.object, [...after.path, 'image']);
  return imageFindings(from, to, {
    path,
    keepsData: keepsData(pod),
    dump: [
      `kubectl ${namespaceFlag(pod.owner.object)}exec ${pod.kind.toLowerCase()}/${pod.name} -- pg_dumpall -U <user> > all.sql   # with the old version`,
      'make a new claim for the new version (another name of the service), apply, and load all.sql with psql',
    ],
  });
}

function keepsData(pod: PodTemplate): boolean {
  const mounted = listOf(pod.spec['volumes']).some((v) => valueAt(v, ['persistentVolumeClaim']) !== undefined);
  return mounted || listOf(valueAt(pod.owner.object, ['spec', 'volumeClaimTemplates'])).length > 0;
}
