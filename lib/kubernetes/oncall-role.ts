import { prefixed } from '../model/names';
import { systemLabels } from './labels';
import type { ObjectSpec } from './object-spec';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups: [apiGroup],
  resources: [...resources],
  verbs: [...verbs],
});

/** The rights that the commands for a running system need, and no other. */
const RULES: readonly Rule[] = [
  // `delete` is for `tars restart --delete`, past a budget.
  rule('', ['pods'], ['get', 'list', 'watch', 'delete']),
  rule('', ['pods/log'], ['get']),
  // A WebSocket is a GET; from 1.35 on the server asks for `create` as well.
  rule('', ['pods/exec', 'pods/portforward'], ['get', 'create']),
  rule('', ['pods/eviction'], ['create']),
  rule('', ['pods/ephemeralcontainers'], ['patch']),
  rule('', ['services'], ['get']),
  rule('', ['events'], ['list', 'watch', 'create']),
  rule('apps', ['deployments', 'statefulsets', 'daemonsets'], ['get', 'list', 'watch', 'patch']),
  rule('apps', ['deployments/scale', 'statefulsets/scale'], ['get', 'update']),
  rule('apps', ['replicasets', 'controllerrevisions'], ['list']),
  rule('autoscaling', ['horizontalpodautoscalers'], ['list', 'patch']),
  rule('keda.sh', ['scaledobjects'], ['list']),
  rule('metrics.k8s.io', ['pods'], ['list']),
];

/**
 * A Role for whoever is on call. Nobody is bound to it: that is for a RoleBinding of the cluster's owner.
 * It reads no Secret, but who may run commands in pods can read what the pods can.
 */
export function oncallRole(prefix: string): ObjectSpec {
  return {
    id: 'oncall',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    name: prefixed(prefix, 'oncall'),
    labels: systemLabels(prefix),
    fields: { rules: () => [...RULES] },
  };
}
