import { show } from '../../../model/issues';
import type { JsonObject } from '../../emitted';
import { parseQuantity, UNIT } from '../../../model/kubernetes-quantity';
import { isObject, listOf, objectOf, textOf } from '../../read';
import type { Check, Visit } from '../check';
import { isQualifiedName } from '../syntax';

const STANDARD = /^(cpu|memory|ephemeral-storage|storage|hugepages-.+)$/;
const QUOTAS =
  /^((requests\.|limits\.)?(cpu|memory|ephemeral-storage)|(requests\.)?storage|(requests\.)?hugepages-.+|persistentvolumeclaims|pods|services|services\.(loadbalancers|nodeports)|replicationcontrollers|resourcequotas|secrets|configmaps)$/;

function isExtended(name: string): boolean {
  return name.includes('/') && isQualifiedName(name);
}

/** ResourceQuotas and LimitRanges. */
export const guardRails: Check = {
  code: 'TARS6127',
  severity: 'error',
  refusedBy: 'server',
  title: 'a quota or limit range that the server does not take',
  why: 'The server refuses it, and the namespace has no bounds.',
  remedy: 'keep min, defaultRequest, default and max in this order, and quotas not negative',
  on: {
    'core/v1.LimitRangeItem': checkItem,
    'core/v1.LimitRangeSpec': ({ value, say }) => {
      const types = listOf(value['limits']).map((item) => objectOf(item)['type']);
      types.forEach((type, index) => {
        if (types.indexOf(type) < index)
          say(['limits', index, 'type'], 'there are limits of this type already', 'each type once');
      });
    },
    'core/v1.ResourceQuotaSpec': ({ value, say }) => {
      for (const [name, text] of Object.entries(objectOf(value['hard']))) {
        if (!QUOTAS.test(name) && !isExtended(name.replace(/^requests\./, '')))
          say(
            ['hard', name],
            'nothing of this name is counted',
            'requests.cpu, limits.memory, pods, count/deployments.apps …',
          );
        if ((parseQuantity(text) ?? 0n) % UNIT !== 0n && !/cpu|memory|storage/.test(name))
          say(['hard', name], 'things are counted in whole numbers', 'a whole number');
        if ((parseQuantity(text) ?? 0n) < 0n) say(['hard', name], 'the quota is negative', '0 or more');
      }
    },
  },
};

function checkItem({ value, say }: Visit): void {
  for (const field of ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio']) {
    for (const name of Object.keys(objectOf(value[field]))) {
      if (STANDARD.test(name) || isExtended(name)) continue;
      say(
        [field, name],
        'there is no such resource',
        'cpu, memory, ephemeral-storage, storage, or one with a domain and "/"',
      );
    }
  }
  const kind = textOf(value['type']) ?? '';
  if (!['Pod', 'Container', 'PersistentVolumeClaim', ''].includes(kind) && !isExtended(kind)) {
    say(['type'], 'there is no such type', 'Pod, Container, PersistentVolumeClaim');
  }
  const type = textOf(value['type']);
  const list = (field: string): JsonObject => objectOf(value[field]);
  if (type === 'Pod') {
    for (const field of ['default', 'defaultRequest']) {
      if (isObject(value[field]) && Object.keys(value[field]).length > 0)
        say([field], 'a Pod has no defaults; its containers have', 'type: Container');
    }
  }
  if (
    type === 'PersistentVolumeClaim' &&
    list('min')['storage'] === undefined &&
    list('max')['storage'] === undefined
  ) {
    say(['max', 'storage'], 'the range says nothing of the size', 'min or max of storage');
  }
  for (const [name, text] of Object.entries(list('maxLimitRequestRatio'))) {
    if ((parseQuantity(text) ?? UNIT) < UNIT) say(['maxLimitRequestRatio', name], 'the ratio is below 1', '1 or more');
  }
  const order = ['min', 'defaultRequest', 'default', 'max'];
  const names = new Set(order.flatMap((field) => Object.keys(list(field))));
  for (const name of names) {
    order.forEach((lower, index) => {
      for (const upper of order.slice(index + 1)) {
        const [low, high] = [parseQuantity(list(lower)[name]), parseQuantity(list(upper)[name])];
        if (low !== undefined && high !== undefined && low > high)
          say([lower, name], `${lower} is above ${upper}`, `${show(list(upper)[name])} at most`);
      }
    });
  }
}

/** The namespace's own guard: its Pod Security labels. */
export const podSecurityLabels: Check = {
  code: 'TARS6128',
  severity: 'error',
  refusedBy: 'server',
  title: 'a Pod Security label that means nothing',
  why: 'The server refuses a namespace whose pod-security.kubernetes.io labels have another value than a level or a version.',
  remedy: 'write privileged, baseline or restricted; and as version latest or v1.N',
  on: {
    'core/v1.Namespace': ({ value, say }) => {
      const labels = objectOf(objectOf(value['metadata'])['labels']);
      for (const [key, given] of Object.entries(labels)) {
        const level = given ?? '';
        const name = /^pod-security\.kubernetes\.io\/(.+)$/.exec(key)?.[1];
        if (name === undefined || typeof level !== 'string') continue;
        if (/^(enforce|audit|warn)$/.test(name) && !['privileged', 'baseline', 'restricted'].includes(level)) {
          say(
            ['metadata', 'labels', key],
            'not a level of the Pod Security Standards',
            'privileged, baseline, restricted',
          );
        }
        if (/^(enforce|audit|warn)-version$/.test(name) && !/^(latest|v1\.(0|[1-9]\d*))$/.test(level)) {
          say(['metadata', 'labels', key], 'not a version of the Pod Security Standards', 'latest, or v1.N');
        }
      }
    },
  },
};
