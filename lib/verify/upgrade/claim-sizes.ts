import type { JsonObject } from '../emitted';
import { fieldPath } from '../object-path';
import { parseQuantity } from '../../model/kubernetes-quantity';
import { textOf, valueAt } from '../read';
import type { Finding, ReleaseChange } from './release-change';
import { updatedObjects } from './release-change';

const STORAGE = ['spec', 'resources', 'requests', 'storage'];

/** Claims that shrink, which is refused, or that grow, which the StorageClass has to allow. */
export function claimSizes(change: ReleaseChange): readonly Finding[] {
  return updatedObjects(change).flatMap(({ before, after }) =>
    after.object['kind'] === 'PersistentVolumeClaim' ? resized(before.object, after.object) : [],
  );
}

function resized(old: JsonObject, now: JsonObject): Finding[] {
  const [from, to] = [valueAt(old, STORAGE), valueAt(now, STORAGE)];
  const [before, after] = [parseQuantity(from), parseQuantity(to)];
  if (before === undefined || after === undefined || before === after) return [];
  const path = fieldPath(now, STORAGE);
  const given = `${textOf(from) ?? String(before)} → ${textOf(to) ?? String(after)}`;
  if (after < before) {
    return [
      {
        code: 'TARS6601',
        severity: 'error',
        path,
        message: 'a claim cannot shrink: `kubectl apply` fails for it',
        given,
        allowed: `${textOf(from) ?? ''} or more`,
        remedy: 'keep the size; or make a smaller claim under another name, copy the data, and let the service use it',
        steps: [],
      },
    ];
  }
  return [
    {
      code: 'TARS6602',
      severity: 'notice',
      path,
      message: 'the claim grows: refused unless it is bound, and its StorageClass has allowVolumeExpansion',
      given,
      allowed: 'a bound claim of a StorageClass that allows it',
      remedy: 'look at the class first; the file system grows without a restart where the driver can',
      steps: [`kubectl get storageclass ${textOf(valueAt(now, ['spec', 'storageClassName'])) ?? ''}`.trim()],
    },
  ];
}
