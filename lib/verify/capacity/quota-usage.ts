import type { EmittedObject, JsonObject } from '../emitted';
import { ceilDivide, parseQuantity, UNIT } from '../../model/kubernetes-quantity';
import { groupOf, isObject, listOf, numberOf, objectOf, textOf, valueAt } from '../read';
import type { Bounded } from './limit-range';
import type { ResourceList } from './resource-list';
import { addLists, NO_RESOURCES } from './resource-list';

/** What counts of a pod under each key of a quota. */
const POD_KEYS: readonly (readonly [key: string, list: keyof Bounded, resource: string])[] = [
  ['cpu', 'requests', 'cpu'],
  ['requests.cpu', 'requests', 'cpu'],
  ['limits.cpu', 'limits', 'cpu'],
  ['memory', 'requests', 'memory'],
  ['requests.memory', 'requests', 'memory'],
  ['limits.memory', 'limits', 'memory'],
  ['ephemeral-storage', 'requests', 'ephemeral-storage'],
  ['requests.ephemeral-storage', 'requests', 'ephemeral-storage'],
  ['limits.ephemeral-storage', 'limits', 'ephemeral-storage'],
];

/** Keys that every container has to answer when a quota has them. */
export const ANSWERED: Readonly<Record<string, { readonly list: keyof Bounded; readonly resource: string }>> = {
  cpu: { list: 'requests', resource: 'cpu' },
  memory: { list: 'requests', resource: 'memory' },
  'requests.cpu': { list: 'requests', resource: 'cpu' },
  'requests.memory': { list: 'requests', resource: 'memory' },
  'limits.cpu': { list: 'limits', resource: 'cpu' },
  'limits.memory': { list: 'limits', resource: 'memory' },
};

/**
 * What one pod counts against a quota.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/quota/v1/evaluator/core/pods.go
 */
export function podUsage(pod: Bounded): ResourceList {
  const usage = new Map<string, bigint>([
    ['pods', UNIT],
    ['count/pods', UNIT],
  ]);
  for (const [key, list, resource] of POD_KEYS) {
    const amount = pod[list].get(resource);
    if (amount !== undefined) usage.set(key, amount);
  }
  for (const [resource, amount] of pod.requests) {
    if (resource.startsWith('hugepages-')) usage.set(resource, amount);
    if (resource.startsWith('hugepages-') || isExtended(resource)) usage.set(`requests.${resource}`, amount);
  }
  return usage;
}

/** A resource of somebody else's, such as `nvidia.com/gpu`. */
function isExtended(resource: string): boolean {
  if (resource.startsWith('deviceclass.resource.kubernetes.io/')) return true;
  return resource.includes('/') && !/^([^/]*\.)?kubernetes\.io\//.test(resource) && !resource.startsWith('requests.');
}

/** What a claim of this spec counts. */
export function claimUsage(spec: JsonObject, annotations: JsonObject = {}): ResourceList {
  const usage = new Map<string, bigint>([
    ['persistentvolumeclaims', UNIT],
    ['count/persistentvolumeclaims', UNIT],
  ]);
  const storageClass =
    textOf(annotations['volume.beta.kubernetes.io/storage-class']) ?? textOf(spec['storageClassName']) ?? '';
  const storage = parseQuantity(valueAt(spec, ['resources', 'requests', 'storage']));
  const whole = storage === undefined ? undefined : ceilDivide(storage, UNIT) * UNIT;
  if (whole !== undefined) usage.set('requests.storage', whole);
  if (storageClass !== '') {
    usage.set(`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`, UNIT);
    if (whole !== undefined) usage.set(`${storageClass}.storageclass.storage.k8s.io/requests.storage`, whole);
  }
  return usage;
}

/** What a Service counts: the ports that it has on every node, and its load balancer. */
export function serviceUsage(spec: JsonObject): ResourceList {
  const ports = listOf(spec['ports']);
  const isBalancer = spec['type'] === 'LoadBalancer';
  const wanted =
    isBalancer && spec['allocateLoadBalancerNodePorts'] === false
      ? ports.filter((port) => isObject(port) && (numberOf(port['nodePort']) ?? 0) !== 0)
      : ports;
  const onNodes = isBalancer || spec['type'] === 'NodePort' ? BigInt(wanted.length) : 0n;
  return new Map([
    ['services', UNIT],
    ['count/services', UNIT],
    ['services.loadbalancers', isBalancer ? UNIT : 0n],
    ['services.nodeports', onNodes * UNIT],
  ]);
}

/** Kinds that have keys of their own besides `count/…`. */
const LEGACY_COUNTS: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  ReplicationController: 'replicationcontrollers',
  ResourceQuota: 'resourcequotas',
};

/** Pods are counted by their owners, claims and services above. */
const COUNTED_ELSEWHERE = new Set(['Pod', 'PersistentVolumeClaim', 'Service']);

/** What an object counts by being there. */
export function objectUsage({ object }: EmittedObject): ResourceList {
  const kind = textOf(object['kind']) ?? '';
  const group = groupOf(object);
  const spec = objectOf(object['spec']);
  if (group === '' && COUNTED_ELSEWHERE.has(kind)) {
    if (kind === 'Service') return serviceUsage(spec);
    if (kind === 'PersistentVolumeClaim') {
      return claimUsage(spec, objectOf(valueAt(object, ['metadata', 'annotations'])));
    }
    return NO_RESOURCES;
  }
  const plural = pluralOf(kind);
  const count: ResourceList = new Map([[`count/${plural}${group === '' ? '' : `.${group}`}`, UNIT]]);
  const legacy = group === '' ? LEGACY_COUNTS[kind] : undefined;
  return legacy === undefined ? count : addLists(count, new Map([[legacy, UNIT]]));
}

/** `NetworkPolicy` → `networkpolicies`, as resources are called. */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (/(s|x|ch)$/.test(word)) return word.endsWith('endpoints') ? word : `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}
