import type { Json, JsonObject } from '../emitted';
import type { Keys } from '../read';
import { isObject, numberOf, textOf, valueAt } from '../read';
import { isSame } from './field-changes';

/** A field that the API server keeps as it was made. */
export interface ImmutableField {
  readonly group: string;
  readonly kind: string;
  readonly keys: Keys;
  /** What the server makes of a field that is not stated. @default - nothing */
  readonly usual?: Json;
  /** The last minor version that refuses it. @default - all of them, 1.25 to 1.37 */
  readonly until?: number;
  /** Whether it is refused for these two objects. @default - always */
  readonly when?: (before: JsonObject, after: JsonObject) => boolean;
  /** Keys below it that may change all the same. @default - none */
  readonly except?: readonly Keys[];
}

const isMarked = (before: JsonObject): boolean => before['immutable'] === true;
const isBefore =
  (keys: Keys, text: string) =>
  (before: JsonObject): boolean =>
    textOf(valueAt(before, keys)) === text;

/** An indexed Job may be given more or less to do, as long as both numbers stay one (from 1.27 on). */
function isElastic(before: JsonObject, after: JsonObject): boolean {
  const completions = numberOf(valueAt(after, ['spec', 'completions']));
  const parallelism = numberOf(valueAt(after, ['spec', 'parallelism'])) ?? 1;
  return isBefore(['spec', 'completionMode'], 'Indexed')(before) && completions === parallelism;
}

const isSuspended = (before: JsonObject): boolean => valueAt(before, ['spec', 'suspend']) === true;

/** From an address, or from none at all, to another; a Service may become an ExternalName and back. */
function keepsAddress(before: JsonObject, after: JsonObject): boolean {
  const isExternal = [before, after].some((one) => valueAt(one, ['spec', 'type']) === 'ExternalName');
  // What is not stated is taken over from the object that is there.
  return !isExternal && valueAt(after, ['spec', 'clusterIP']) !== undefined;
}

const bothLoadBalancers = (before: JsonObject, after: JsonObject): boolean =>
  [before, after].every((one) => valueAt(one, ['spec', 'type']) === 'LoadBalancer');

/** What of a volume is no part of its source. */
const VOLUME_SETTINGS = [
  ...['capacity', 'accessModes', 'claimRef', 'persistentVolumeReclaimPolicy', 'storageClassName', 'mountOptions'],
  ...['nodeAffinity', 'volumeAttributesClassName'],
].map((key): Keys => [key]);

/** What may be changed of the pods of a Job that has been suspended since it was made. */
const SUSPENDED_PODS: readonly Keys[] = [
  ['metadata', 'labels'],
  ['metadata', 'annotations'],
  ['spec', 'nodeSelector'],
  ['spec', 'tolerations'],
  ['spec', 'schedulingGates'],
  ['spec', 'affinity', 'nodeAffinity'],
];

const core = '';
const apps = 'apps';
const batch = 'batch';
const storage = 'storage.k8s.io';
const rbac = 'rbac.authorization.k8s.io';

/**
 * Every such field of the kinds that may stand in manifests, read from the validation of
 * Kubernetes 1.25 to 1.37. What is shorter than a claim was is in another table: see claim-sizes.ts.
 * @see https://github.com/kubernetes/kubernetes/tree/v1.37.2/pkg/apis, validation/validation.go of each group
 */
export const IMMUTABLE_FIELDS: readonly ImmutableField[] = [
  { group: apps, kind: 'Deployment', keys: ['spec', 'selector'] },
  { group: apps, kind: 'DaemonSet', keys: ['spec', 'selector'] },
  { group: apps, kind: 'ReplicaSet', keys: ['spec', 'selector'] },
  { group: apps, kind: 'StatefulSet', keys: ['spec', 'selector'] },
  { group: apps, kind: 'StatefulSet', keys: ['spec', 'serviceName'], usual: '' },
  { group: apps, kind: 'StatefulSet', keys: ['spec', 'podManagementPolicy'], usual: 'OrderedReady' },
  { group: apps, kind: 'StatefulSet', keys: ['spec', 'volumeClaimTemplates'], usual: [] },
  { group: apps, kind: 'StatefulSet', keys: ['spec', 'revisionHistoryLimit'], usual: 10, until: 32 },
  { group: apps, kind: 'StatefulSet', keys: ['spec', 'ordinals'], until: 25 },
  { group: apps, kind: 'ControllerRevision', keys: ['data'] },

  { group: batch, kind: 'Job', keys: ['spec', 'selector'] },
  { group: batch, kind: 'Job', keys: ['spec', 'template'], when: (before) => !isSuspended(before) },
  { group: batch, kind: 'Job', keys: ['spec', 'template'], when: isSuspended, except: SUSPENDED_PODS },
  { group: batch, kind: 'Job', keys: ['spec', 'completions'], usual: 1, until: 26 },
  { group: batch, kind: 'Job', keys: ['spec', 'completions'], usual: 1, when: (a, b) => !isElastic(a, b) },
  { group: batch, kind: 'Job', keys: ['spec', 'completionMode'], usual: 'NonIndexed' },
  { group: batch, kind: 'Job', keys: ['spec', 'podFailurePolicy'] },
  { group: batch, kind: 'Job', keys: ['spec', 'backoffLimitPerIndex'] },
  { group: batch, kind: 'Job', keys: ['spec', 'managedBy'], usual: 'kubernetes.io/job-controller' },
  { group: batch, kind: 'Job', keys: ['spec', 'successPolicy'] },

  { group: core, kind: 'Secret', keys: ['type'], usual: 'Opaque' },
  { group: core, kind: 'Secret', keys: ['immutable'], when: isMarked },
  { group: core, kind: 'Secret', keys: ['data'], when: isMarked, usual: {} },
  { group: core, kind: 'Secret', keys: ['stringData'], when: isMarked, usual: {} },
  { group: core, kind: 'ConfigMap', keys: ['immutable'], when: isMarked },
  { group: core, kind: 'ConfigMap', keys: ['data'], when: isMarked, usual: {} },
  { group: core, kind: 'ConfigMap', keys: ['binaryData'], when: isMarked, usual: {} },
  { group: core, kind: 'PersistentVolumeClaim', keys: ['spec', 'accessModes'] },
  { group: core, kind: 'PersistentVolumeClaim', keys: ['spec', 'storageClassName'] },
  { group: core, kind: 'PersistentVolumeClaim', keys: ['spec', 'volumeMode'], usual: 'Filesystem' },
  { group: core, kind: 'PersistentVolumeClaim', keys: ['spec', 'selector'] },
  { group: core, kind: 'PersistentVolumeClaim', keys: ['spec', 'dataSource'] },
  { group: core, kind: 'PersistentVolumeClaim', keys: ['spec', 'dataSourceRef'] },
  // The controller may set it once; so may an apply.
  {
    group: core,
    kind: 'PersistentVolumeClaim',
    keys: ['spec', 'volumeName'],
    when: (before) => valueAt(before, ['spec', 'volumeName']) !== undefined,
  },
  { group: core, kind: 'PersistentVolumeClaim', keys: ['spec', 'resources', 'limits'] },
  { group: core, kind: 'PersistentVolume', keys: ['spec'], except: VOLUME_SETTINGS },
  {
    group: core,
    kind: 'PersistentVolume',
    keys: ['spec', 'nodeAffinity'],
    when: (before) => isObject(valueAt(before, ['spec', 'nodeAffinity'])),
  },
  { group: core, kind: 'ResourceQuota', keys: ['spec', 'scopes'], usual: [] },
  { group: core, kind: 'Service', keys: ['spec', 'clusterIP'], when: keepsAddress },
  { group: core, kind: 'Service', keys: ['spec', 'loadBalancerClass'], when: bothLoadBalancers },
  {
    group: core,
    kind: 'Pod',
    keys: ['spec'],
    except: [['activeDeadlineSeconds'], ['tolerations'], ['containers'], ['initContainers'], ['schedulingGates']],
  },

  { group: storage, kind: 'StorageClass', keys: ['parameters'], usual: {} },
  { group: storage, kind: 'StorageClass', keys: ['provisioner'] },
  { group: storage, kind: 'StorageClass', keys: ['reclaimPolicy'], usual: 'Delete' },
  { group: storage, kind: 'StorageClass', keys: ['volumeBindingMode'], usual: 'Immediate' },
  { group: storage, kind: 'CSIDriver', keys: ['spec', 'attachRequired'], usual: true },
  { group: storage, kind: 'CSIDriver', keys: ['spec', 'volumeLifecycleModes'], usual: ['Persistent'] },
  { group: storage, kind: 'CSIDriver', keys: ['spec', 'fsGroupPolicy'], until: 29 },
  { group: storage, kind: 'CSIDriver', keys: ['spec', 'podInfoOnMount'], usual: false, until: 29 },

  { group: rbac, kind: 'RoleBinding', keys: ['roleRef'] },
  { group: rbac, kind: 'ClusterRoleBinding', keys: ['roleRef'] },
  { group: 'networking.k8s.io', kind: 'IngressClass', keys: ['spec', 'controller'] },
  { group: 'networking.k8s.io', kind: 'IPAddress', keys: ['spec', 'parentRef'] },
  { group: 'discovery.k8s.io', kind: 'EndpointSlice', keys: ['addressType'] },
  { group: 'node.k8s.io', kind: 'RuntimeClass', keys: ['handler'] },
  { group: 'scheduling.k8s.io', kind: 'PriorityClass', keys: ['value'] },
  { group: 'scheduling.k8s.io', kind: 'PriorityClass', keys: ['preemptionPolicy'], usual: 'PreemptLowerPriority' },
  { group: 'certificates.k8s.io', kind: 'ClusterTrustBundle', keys: ['spec', 'signerName'] },
  { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', keys: ['spec', 'scope'] },
  { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', keys: ['spec', 'names', 'kind'] },
];

/** True when the server refuses to change this field from one object to the other. */
export function isRefused(field: ImmutableField, before: JsonObject, after: JsonObject, minor: number): boolean {
  if (field.until !== undefined && minor > field.until) return false;
  if (field.when !== undefined && !field.when(before, after)) return false;
  const [old, now] = [before, after].map((one) => valueAt(one, field.keys) ?? field.usual);
  return !isSame(without(old, field.except ?? []), without(now, field.except ?? []));
}

function without(value: Json | undefined, paths: readonly Keys[]): Json | undefined {
  return paths.reduce((rest, [key, ...deeper]) => removed(rest, key, deeper), value);
}

function removed(value: Json | undefined, key: Keys[number] | undefined, deeper: Keys): Json | undefined {
  if (!isObject(value) || key === undefined) return value;
  const entries = Object.entries(value).filter(([name]) => name !== key || deeper.length > 0);
  return Object.fromEntries(
    entries.map(([name, inner]): [string, Json | undefined] => [
      name,
      name === key ? removed(inner, deeper[0], deeper.slice(1)) : inner,
    ]),
  );
}
