import { isObject, objectOf, textOf } from '../../read';
import type { Check } from '../check';
import { CONFIG_KEY, isConfigKey, isEnvName } from '../syntax';

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
const FIELDS =
  /^(metadata\.(name|namespace|uid|labels\['[^']+'\]|annotations\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIP|hostIPs|podIP|podIPs))$/;
const FILE_FIELDS = /^metadata\.(name|namespace|uid|labels|annotations)(\['[^']+'\])?$/;
const RESOURCES = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** A variable has a name, and one place its value comes from. */
export const environment: Check = {
  code: 'TARS6116',
  severity: 'error',
  refusedBy: 'server',
  title: 'a variable that the server does not take',
  why: 'The server refuses the object.',
  remedy: 'give the variable a value or one source, not both, and a name of letters, digits and "_"',
  on: {
    'core/v1.EnvVar': ({ value, minor, say }) => {
      const name = textOf(value['name']);
      if (name !== undefined && name !== '' && !isEnvName(name, minor))
        say(['name'], 'not the name of a variable', 'letters, digits and "_"');
      const source = value['valueFrom'];
      if (!isObject(source)) return;
      const given = SOURCES.filter((one) => isObject(source[one]));
      const text = textOf(value['value']);
      if (text !== undefined && text !== '' && given.length > 0)
        say(['valueFrom'], 'the variable has a value already', 'value or valueFrom');
      if (given.length === 0) say(['valueFrom'], 'the value comes from nowhere', `one of ${SOURCES.join(', ')}`);
      if (given.length > 1)
        say(['valueFrom', given[1] ?? ''], 'the value comes from two places', `one of ${SOURCES.join(', ')}`);
    },
    'core/v1.EnvFromSource': ({ value, minor, say }) => {
      const prefix = textOf(value['prefix']);
      if (prefix !== undefined && prefix !== '' && !isEnvName(prefix, minor))
        say(['prefix'], 'not the start of a variable name', 'letters, digits and "_"');
      const given = ['configMapRef', 'secretRef'].filter((one) => isObject(value[one]));
      if (given.length !== 1)
        say(
          [],
          given.length === 0 ? 'the variables come from nowhere' : 'the variables come from two places',
          'configMapRef or secretRef',
        );
      for (const one of given) {
        const name = textOf(objectOf(value[one])['name']) ?? '';
        if (name === '') say([one, 'name'], 'the source has no name', 'a name');
      }
    },
    'core/v1.ConfigMapKeySelector': ({ value, say }) => {
      checkKey(value['key'], value['name'], say);
    },
    'core/v1.SecretKeySelector': ({ value, say }) => {
      checkKey(value['key'], value['name'], say);
    },
    'core/v1.ObjectFieldSelector': ({ value, keys, say }) => {
      const path = textOf(value['fieldPath']);
      // Only a file can hold all labels, and no file the address.
      const allowed = keys.includes('env') ? FIELDS : FILE_FIELDS;
      if (path !== undefined && path !== '' && !allowed.test(path)) {
        say(
          ['fieldPath'],
          'no pod offers this field',
          'metadata.name, metadata.namespace, status.podIP, spec.nodeName …',
        );
      }
    },
    'core/v1.ResourceFieldSelector': ({ value, say }) => {
      const resource = textOf(value['resource']);
      if (resource !== undefined && resource !== '' && !RESOURCES.test(resource))
        say(
          ['resource'],
          'not a resource of a container',
          'limits.cpu, limits.memory, requests.cpu, requests.memory …',
        );
    },
  },
};

function checkKey(
  key: unknown,
  name: unknown,
  say: (keys: readonly string[], message: string, allowed?: string) => void,
): void {
  if (typeof key === 'string' && key !== '' && !isConfigKey(key)) say(['key'], 'not a key', CONFIG_KEY);

  if (name === undefined || name === null || name === '') say(['name'], 'the source has no name', 'a name');
}
