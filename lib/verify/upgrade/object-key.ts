import type { JsonObject } from '../emitted';
import { groupOf, nameOf, textOf, valueAt } from '../read';

/** Kinds that have no namespace, of those that stand in manifests. */
const CLUSTER_SCOPED = new Set([
  'Namespace',
  'PersistentVolume',
  'StorageClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'IngressClass',
  'RuntimeClass',
  'PriorityClass',
  'CSIDriver',
  'CustomResourceDefinition',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ClusterIssuer',
  'ClusterSecretStore',
  'GatewayClass',
]);

/** What makes two objects the same for the API server: group, kind, namespace and name. */
export function objectKey(object: JsonObject): string {
  return `${groupOf(object)} ${textOf(object['kind']) ?? ''} ${namespaceText(object)} ${nameOf(object)}`;
}

/** True for the kinds that stand outside of every namespace. */
export function isClusterScoped(object: JsonObject): boolean {
  return CLUSTER_SCOPED.has(textOf(object['kind']) ?? '');
}

/** How kubectl is told which kind is meant: `deployment`, `networkpolicy`, `gateway.gateway.networking.k8s.io`. */
export function resourceName(object: JsonObject): string {
  const kind = (textOf(object['kind']) ?? '').toLowerCase();
  const group = groupOf(object);
  return KNOWN_GROUPS.has(group) ? kind : `${kind}.${group}`;
}

/** A kubectl command on one object: `kubectl -n tars delete deployment tars-web`. */
export function kubectl(verb: string, object: JsonObject, ...more: readonly string[]): string {
  const namespace = namespaceText(object);
  const where = namespace === '' ? '' : ` -n ${namespace}`;
  return ['kubectl' + where, verb, resourceName(object), nameOf(object), ...more].join(' ');
}

/** `-n tars` and a blank, or nothing: for commands on other things in an object's namespace. */
export function namespaceFlag(object: JsonObject): string {
  const namespace = namespaceText(object);
  return namespace === '' ? '' : `-n ${namespace} `;
}

function namespaceText(object: JsonObject): string {
  return isClusterScoped(object) ? '' : (textOf(valueAt(object, ['metadata', 'namespace'])) ?? '');
}

/** Groups whose kinds kubectl knows by their bare names without doubt. */
const KNOWN_GROUPS = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'scheduling.k8s.io',
  'node.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
]);
