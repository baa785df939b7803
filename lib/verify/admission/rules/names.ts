import type { JsonObject } from '../../emitted';
import type { Keys } from '../../read';
import { isObject, listOf, nameOf, objectOf, textOf } from '../../read';
import type { Check } from '../check';
import { DNS_LABEL, DNS_LABEL_1035, DNS_SUBDOMAIN, isDnsSubdomain, isDnsLabel1035 } from '../syntax';
import { isDnsLabel } from '../../../model/names';

interface NameRule {
  readonly is: (name: string) => boolean;
  readonly allowed: string;
}

const SUBDOMAIN: NameRule = { is: isDnsSubdomain, allowed: DNS_SUBDOMAIN };
const PATH_SEGMENT: NameRule = {
  is: (name) => name !== '.' && name !== '..' && !/[/%]/.test(name),
  allowed: 'any text without "/" and "%"',
};

/** What is not said here is a DNS subdomain. */
const BY_KIND: Readonly<Record<string, NameRule>> = {
  Namespace: { is: (name) => isDnsLabel(name), allowed: DNS_LABEL },
  // The server adds eleven characters to the name of each Job, and a Job's name becomes a label.
  CronJob: {
    is: (name) => isDnsSubdomain(name) && name.length <= 52,
    allowed: DNS_SUBDOMAIN.replace('253', '52'),
  },
  Job: { is: (name) => isDnsSubdomain(name) && name.length <= 63, allowed: DNS_SUBDOMAIN.replace('253', '63') },
  PodDisruptionBudget: PATH_SEGMENT,
  Role: PATH_SEGMENT,
  ClusterRole: PATH_SEGMENT,
  RoleBinding: PATH_SEGMENT,
  ClusterRoleBinding: PATH_SEGMENT,
};

/** Since 1.36 a Service may be called like anything else. @see https://kep.k8s.io/5311 */
function ruleOf(kind: string, minor: number): NameRule {
  if (kind === 'Service') {
    return minor >= 36
      ? { is: (name) => isDnsLabel(name), allowed: DNS_LABEL }
      : { is: isDnsLabel1035, allowed: DNS_LABEL_1035 };
  }
  // Its pods are hosts of its name.
  if (kind === 'StatefulSet' && minor >= 27) return { is: (name) => isDnsLabel(name), allowed: DNS_LABEL };
  return (Object.hasOwn(BY_KIND, kind) ? BY_KIND[kind] : undefined) ?? SUBDOMAIN;
}

/** Names have a syntax by kind. */
export const names: Check = {
  code: 'TARS6108',
  severity: 'error',
  refusedBy: 'server',
  title: 'a name that its kind cannot have',
  why: 'The server refuses the object. What becomes a host name is shorter than other names.',
  remedy: 'choose a name that is said under "allowed"',
  on: {},
};

/** Issues of one object's own name and namespace, which no type of the tables decides. */
export function checkName(
  object: JsonObject,
  minor: number,
  say: (keys: Keys, message: string, allowed?: string) => void,
): void {
  const kind = textOf(object['kind']) ?? '';
  const metadata = objectOf(object['metadata']);
  const name = nameOf(object);
  if (!isObject(object['metadata']) || metadata['name'] === undefined || name === '') {
    say(['metadata', 'name'], 'the object has no name', 'a name');
    return;
  }
  const { is, allowed } = ruleOf(kind, minor);
  if (!is(name)) say(['metadata', 'name'], `a ${kind} cannot have this name`, allowed);
  listOf(metadata['ownerReferences']).forEach((owner, index) => {
    for (const field of ['apiVersion', 'kind', 'name', 'uid']) {
      if (!textOf(objectOf(owner)[field]))
        say(
          ['metadata', 'ownerReferences', index, field],
          'the owner is not fully named',
          'apiVersion, kind, name and uid',
        );
    }
  });
  if (Number(metadata['generation']) < 0) say(['metadata', 'generation'], 'negative', 'nothing: the server counts');
  const prefix = textOf(metadata['generateName']) ?? '';
  if (prefix !== '' && !is(asName(prefix)))
    say(['metadata', 'generateName'], `a ${kind} cannot have this name`, allowed);
  const namespace = metadata['namespace'];
  if (typeof namespace === 'string' && namespace !== '' && !isDnsLabel(namespace)) {
    say(['metadata', 'namespace'], 'not the name of a namespace', DNS_LABEL);
  }
}

/** The beginning of a name may end with "-", as the server adds letters. */
function asName(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
}
