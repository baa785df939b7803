import { parseQuantity } from '../../../model/kubernetes-quantity';
import { isList, isObject, listOf, nameOf, objectOf, textOf, valueAt } from '../../read';
import type { Check } from '../check';
import { isQualifiedName, QUALIFIED_NAME } from '../syntax';

/** Claims, those of templates included. */
export const claims: Check = {
  code: 'TARS6126',
  severity: 'error',
  refusedBy: 'server',
  title: 'a claim that the server does not take',
  why: 'The server refuses it, or the StatefulSet that makes it never gets a pod.',
  remedy: 'give the claim a name, an access mode and a size',
  on: {
    'core/v1.PersistentVolumeClaimSpec': ({ value, say }) => {
      const modes = value['accessModes'];
      if (!isList(modes) || modes.length === 0) say(['accessModes'], 'there is no access mode', 'one at least');
      else if (modes.length > 1 && modes.includes('ReadWriteOncePod'))
        say(['accessModes'], 'ReadWriteOncePod goes with no other mode', 'ReadWriteOncePod alone');
      const size = valueAt(value, ['resources', 'requests', 'storage']);
      if (size === undefined || size === null)
        say(['resources', 'requests', 'storage'], 'the claim asks for no size', 'a quantity, e.g. 10Gi');
      else if ((parseQuantity(size) ?? 1n) <= 0n)
        say(['resources', 'requests', 'storage'], 'the size is not positive', 'more than 0');
    },
    'storage/v1.StorageClass': ({ value, say }) => {
      const name = textOf(value['provisioner']);
      if (name !== undefined && name !== '' && !isQualifiedName(name.toLowerCase()))
        say(['provisioner'], 'not the name of a provisioner', QUALIFIED_NAME);
    },
    'apps/v1.StatefulSetSpec': ({ value, say }) => {
      const seen = new Set<string>();
      listOf(value['volumeClaimTemplates']).forEach((claim, index) => {
        if (!isObject(claim)) return;
        if (seen.has(nameOf(claim)))
          say(
            ['volumeClaimTemplates', index, 'metadata', 'name'],
            'a claim of this name is there already',
            'each name once',
          );
        seen.add(nameOf(claim));
        if (nameOf(claim) === '')
          say(['volumeClaimTemplates', index, 'metadata', 'name'], 'the claim has no name', 'the name of a volume');
        if (Object.keys(objectOf(claim['spec'])).length === 0)
          say(['volumeClaimTemplates', index, 'spec'], 'the claim asks for nothing', 'accessModes and resources');
      });
    },
  },
};
