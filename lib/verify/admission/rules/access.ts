import { listOf, textOf } from '../../read';
import type { Check } from '../check';
import { DNS_SUBDOMAIN, isDnsSubdomain } from '../syntax';

/** Roles and bindings. */
export const access: Check = {
  code: 'TARS6129',
  severity: 'error',
  refusedBy: 'server',
  title: 'a role or binding that the server does not take',
  why: 'The server refuses it, and nobody gets the rights that it was for.',
  remedy: 'say verbs with resources and API groups in a rule, and kind, name and namespace of a subject',
  on: {
    'rbac/v1.PolicyRule': ({ value, object, say }) => {
      const [urls, resources] = [listOf(value['nonResourceURLs']), listOf(value['resources'])];
      if (listOf(value['verbs']).length === 0) say(['verbs'], 'the rule allows nothing', 'one verb at least');
      if (urls.length > 0) {
        if (object['kind'] === 'Role') say(['nonResourceURLs'], 'paths are for ClusterRoles', 'none');
        if (resources.length > 0) say(['resources'], 'a rule is about resources or about paths', 'one of them');
        return;
      }
      if (listOf(value['apiGroups']).length === 0)
        say(['apiGroups'], 'the rule names no API group', 'one at least; "" is the core');
      if (resources.length === 0) say(['resources'], 'the rule names no resource', 'one at least');
    },
    'rbac/v1.RoleRef': ({ value, say }) => {
      if (
        value['apiGroup'] !== undefined &&
        value['apiGroup'] !== null &&
        value['apiGroup'] !== '' &&
        value['apiGroup'] !== 'rbac.authorization.k8s.io'
      )
        say(['apiGroup'], 'roles are of another group', 'rbac.authorization.k8s.io');
      const kind = textOf(value['kind']);
      if (kind !== undefined && kind !== '' && !['Role', 'ClusterRole'].includes(kind))
        say(['kind'], 'not a role', 'Role, ClusterRole');
    },
    'rbac/v1.Subject': ({ value, object, say }) => {
      const kind = textOf(value['kind']);
      if (!['ServiceAccount', 'User', 'Group'].includes(kind ?? ''))
        say(['kind'], 'not a subject', 'ServiceAccount, User, Group');
      const group = textOf(value['apiGroup']) ?? '';
      const own = kind === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io';
      if (group !== '' && group !== own)
        say(['apiGroup'], 'the subject is of another group', own === '' ? 'none' : own);
      if (kind === 'ServiceAccount' && !isDnsSubdomain(textOf(value['name']) ?? ''))
        say(['name'], 'not the name of a ServiceAccount', DNS_SUBDOMAIN);
      if (kind === 'ServiceAccount' && !value['namespace'] && object['kind'] === 'ClusterRoleBinding')
        say(['namespace'], 'a ServiceAccount has a namespace', 'its name');
      if (kind !== undefined && kind !== 'ServiceAccount' && kind !== '' && value['namespace'])
        say(['namespace'], 'users have no namespace', 'none');
    },
  },
};
