import type { JsonObject } from '../../emitted';
import { formatQuantity, parseQuantity, UNIT } from '../../../model/kubernetes-quantity';
import { objectOf } from '../../read';
import type { Check } from '../check';
import { isQualifiedName } from '../syntax';

const STANDARD = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** What a container asks for, and what it gets at most. */
export const resources: Check = {
  code: 'TARS6117',
  severity: 'error',
  refusedBy: 'server',
  title: 'requests or limits that the server does not take',
  why: 'The server refuses requests above limits, negative quantities, resources that containers do not have, and fractions or mismatches of extended ones.',
  remedy: 'raise the limit or lower the request; extended resources are whole numbers, request and limit the same',
  on: {
    'core/v1.PodSpec': ({ value, say }) => {
      checkList('overhead', objectOf(value['overhead']), say);
    },
    'core/v1.ResourceRequirements': ({ value, say }) => {
      const [requests, limits] = [objectOf(value['requests']), objectOf(value['limits'])];
      checkList('requests', requests, say);
      checkList('limits', limits, say);
      for (const [name, text] of Object.entries(requests)) {
        const [request, limit] = [parseQuantity(text), parseQuantity(limits[name])];
        if (request === undefined) continue;
        if (isExtended(name) && limit !== request) {
          say(
            ['requests', name],
            'an extended resource is asked for and limited alike',
            'a limit of the same quantity',
          );
        } else if (limit !== undefined && request > limit) {
          say(
            ['requests', name],
            'the request is above the limit',
            `${formatQuantity(limit, name === 'cpu' ? 'decimal' : 'binary')} at most`,
          );
        }
      }
    },
  },
};

function checkList(
  list: string,
  quantities: JsonObject,
  say: (keys: readonly string[], message: string, allowed?: string) => void,
): void {
  for (const [name, text] of Object.entries(quantities)) {
    const quantity = parseQuantity(text);
    if (!STANDARD.test(name) && !isExtended(name)) {
      say(
        [list, name],
        'containers have no such resource',
        'cpu, memory, ephemeral-storage, or one with a domain and "/"',
      );
    }
    if (quantity !== undefined && quantity < 0n) say([list, name], 'the quantity is negative', '0 or more');
    if (quantity !== undefined && isExtended(name) && quantity % UNIT !== 0n) {
      say([list, name], 'the quantity is a fraction', 'a whole number');
    }
  }
}

function isExtended(name: string): boolean {
  return (
    name.includes('/') && isQualifiedName(name) && !name.includes('kubernetes.io/') && !name.startsWith('requests.')
  );
}
