import { fieldPath } from '../object-path';
import { textOf, valueAt } from '../read';
import { kubectl } from './object-key';
import type { Finding, ReleaseChange } from './release-change';
import { updatedObjects } from './release-change';

const CLUSTER_IP = ['spec', 'clusterIP'];

/**
 * Changes that the server takes without a word and does not make: a Service that is not to be
 * headless any more keeps `clusterIP: None`, since an address that is not stated is taken over.
 */
export function silentKeeps(change: ReleaseChange): readonly Finding[] {
  return updatedObjects(change).flatMap(({ before, after }): Finding[] => {
    const { object } = after;
    if (object['kind'] !== 'Service' || valueAt(object, ['spec', 'type']) === 'ExternalName') return [];
    if (textOf(valueAt(before.object, CLUSTER_IP)) !== 'None' || valueAt(object, CLUSTER_IP) !== undefined) return [];
    return [
      {
        code: 'TARS6613',
        severity: 'warning',
        path: fieldPath(object, CLUSTER_IP),
        message: 'the Service stays headless: the server takes over an address that is not stated',
        given: 'None → (not stated)',
        allowed: 'a new Service, for an address',
        remedy: 'delete it and apply: its name leads nowhere for a moment',
        steps: [kubectl('delete', object), 'kubectl apply -f dist'],
      },
    ];
  });
}
