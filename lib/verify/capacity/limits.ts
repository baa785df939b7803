import type { Issue } from '../../model/issues';
import type { EmittedObject, EmittedSet } from '../emitted';
import { fieldPath, objectName } from '../object-path';
import type { Keys } from '../read';
import { groupOf, listOf, namespaceOf, objectOf, textOf, valueAt } from '../read';
import type { Bounded, LimitItem } from './limit-range';
import { limitItemsIn, refusals } from './limit-range';
import { podLines } from './peak';
import type { BoundedContainer } from './pod-resources';
import { formatAmount, NO_RESOURCES, readResourceList } from './resource-list';

/** Everything that a LimitRange of the namespace refuses, or makes invalid by its defaults. */
export function limitIssues(emitted: EmittedSet, minor: number): readonly Issue[] {
  const ranges = emitted.manifests.filter(({ object }) => object['kind'] === 'LimitRange' && groupOf(object) === '');
  return [...new Set(ranges.map(({ object }) => namespaceOf(object)))].flatMap((namespace) => {
    const items = limitItemsIn(emitted, namespace);
    const pods = podLines(emitted, namespace, minor, items);
    return [
      ...pods.flatMap(({ template: { owner, path }, pod }) => [
        ...pod.containers.flatMap((container) => [
          ...refused(items, 'Container', container, owner, [...container.path, 'resources']),
          ...badDefaults(container, owner),
        ]),
        ...refused(items, 'Pod', pod.bare, owner, path),
      ]),
      ...claimsIn(emitted, namespace).flatMap(({ owner, path }) =>
        refused(
          items,
          'PersistentVolumeClaim',
          {
            requests: readResourceList(valueAt(owner.object, [...path, 'resources', 'requests'])),
            limits: NO_RESOURCES,
          },
          owner,
          [...path, 'resources', 'requests', 'storage'],
        ),
      ),
    ];
  });
}

function refused(
  items: readonly LimitItem[],
  type: string,
  given: Bounded,
  { object }: EmittedObject,
  path: Keys,
): readonly Issue[] {
  return items
    .filter((item) => item.type === type)
    .flatMap((item) =>
      refusals(item, given).map(({ bound, resource, message }): Issue => ({
        code: 'TARS6203',
        severity: 'error',
        path: fieldPath(object, path),
        message: `${objectName(item.range.object)} refuses it: ${message}`,
        given: `requests ${said(given, 'requests', resource)}, limits ${said(given, 'limits', resource)}`,
        allowed: `${bound} ${formatAmount(bound === 'maxLimitRequestRatio' ? 'ratio' : resource, item[bound].get(resource) ?? 0n)}`,
        remedy: `change the resources, or the ${bound} of the LimitRange (${fieldPath(item.range.object, item.path)})`,
      })),
    );
}

function said(given: Bounded, list: keyof Bounded, resource: string): string {
  const amount = given[list].get(resource);
  return amount === undefined ? 'none' : formatAmount(resource, amount);
}

/** A default limit below what the container asks for: the API server refuses the pod that it made so. */
function badDefaults(container: BoundedContainer, { object }: EmittedObject): readonly Issue[] {
  return [...container.limits].flatMap(([resource, limit]): Issue[] => {
    const request = container.requests.get(resource);
    if (request === undefined || request <= limit) return [];
    const own = readResourceList(valueAt(container.container['resources'], ['limits'])).has(resource);
    // What was written so is the admission proof's to say.
    if (own && readResourceList(valueAt(container.container['resources'], ['requests'])).has(resource)) return [];
    return [
      {
        code: 'TARS6204',
        severity: 'error',
        path: fieldPath(object, [...container.path, 'resources']),
        message: `the defaults of the LimitRange make a container that asks for more ${resource} than it may use`,
        given: `requests ${formatAmount(resource, request)}, limits ${formatAmount(resource, limit)}`,
        allowed: 'requests of at most the limits',
        remedy: `say both requests.${resource} and limits.${resource} of the container`,
      },
    ];
  });
}

/** Claims that stand in the manifests, by themselves or in a template. */
function claimsIn(emitted: EmittedSet, namespace: string): readonly { owner: EmittedObject; path: Keys }[] {
  return emitted.manifests
    .filter(({ object }) => namespaceOf(object) === namespace)
    .flatMap((owner) => {
      const kind = textOf(owner.object['kind']);
      if (kind === 'PersistentVolumeClaim' && groupOf(owner.object) === '') return [{ owner, path: ['spec'] as Keys }];
      if (kind !== 'StatefulSet') return [];
      return listOf(objectOf(owner.object['spec'])['volumeClaimTemplates']).map((_, i) => ({
        owner,
        path: ['spec', 'volumeClaimTemplates', i, 'spec'] as Keys,
      }));
    });
}
