import {
  CONTRACT_CONTAINER_DEFAULT,
  CONTRACT_POD_MAX,
  CONTRACT_POD_MIN,
  CONTRACT_QUOTA,
  demandOf,
  largestPod,
  totalDemand,
} from '../model/capacity';
import { formatCpu, formatSize } from '../model/quantities';
import type { GuardRailsSpec } from '../model/settings';
import type { SystemModel } from '../model/system-model';
import { systemLabels } from './labels';
import type { Json, k8s } from './json';
import type { ModelSource, ObjectSpec } from './object-spec';

/** The namespace itself, where Pod Security "restricted" is enforced. */
export function namespaceObject(name: string, prefix: string): ObjectSpec {
  const levels = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
  ]);
  return {
    id: 'namespace',
    apiVersion: 'v1',
    kind: 'Namespace',
    name,
    labels: { ...systemLabels(prefix), ...(Object.fromEntries(levels) as Record<string, string>) },
    namespaced: false,
    fields: {},
  };
}

/** Quota and limits of the namespace: the contract's numbers, or what the model needs where that is more (D4). */
export function guardRailObjects(spec: GuardRailsSpec, model: ModelSource): ObjectSpec[] {
  const labels = systemLabels(spec.prefix);
  return [
    {
      id: 'quota',
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      name: `${spec.prefix}-quota`,
      labels,
      fields: { spec: () => ({ hard: quota(spec, model()) }) },
    },
    {
      id: 'limits',
      apiVersion: 'v1',
      kind: 'LimitRange',
      name: `${spec.prefix}-limits`,
      labels,
      fields: { spec: () => ({ limits: limits(spec, model()) }) },
    },
  ];
}

/** Services that live in the namespace of these guard rails. */
function servicesIn(spec: GuardRailsSpec, model: SystemModel): SystemModel['services'] {
  return model.services.filter((s) => s.namespace === spec.namespace);
}

function quota(spec: GuardRailsSpec, model: SystemModel): Record<string, string> {
  const need = totalDemand(servicesIn(spec, model).flatMap(demandOf));
  const explicit = spec.quota;
  return {
    'requests.cpu': formatCpu(
      explicit.cpuRequestMillis ?? Math.max(need.cpuRequestMillis, CONTRACT_QUOTA.cpuRequestMillis),
    ),
    'requests.memory': formatSize(
      explicit.memoryRequestMiB ?? Math.max(need.memoryRequestMiB, CONTRACT_QUOTA.memoryRequestMiB),
    ),
    'limits.cpu': formatCpu(explicit.cpuLimitMillis ?? Math.max(need.cpuLimitMillis, CONTRACT_QUOTA.cpuLimitMillis)),
    'limits.memory': formatSize(
      explicit.memoryLimitMiB ?? Math.max(need.memoryLimitMiB, CONTRACT_QUOTA.memoryLimitMiB),
    ),
    pods: String(explicit.pods ?? Math.max(need.pods, CONTRACT_QUOTA.pods)),
  };
}

function limits(spec: GuardRailsSpec, model: SystemModel): readonly Json<k8s.LimitRangeItem>[] {
  const services = servicesIn(spec, model);
  const largest = largestPod(services);
  const resources = services.flatMap((s) => [s.resources, ...s.tasks.map((t) => t.resources)]);
  const max = {
    cpu: formatCpu(Math.max(largest.cpuLimitMillis, CONTRACT_POD_MAX.cpuLimitMillis)),
    memory: formatSize(Math.max(largest.memoryLimitMiB, CONTRACT_POD_MAX.memoryLimitMiB)),
  };
  const min = {
    cpu: formatCpu(Math.min(CONTRACT_POD_MIN.cpuMillis, ...resources.map((r) => r.cpuRequestMillis))),
    memory: formatSize(Math.min(CONTRACT_POD_MIN.memoryMiB, ...resources.map((r) => r.memoryRequestMiB))),
  };
  const usual = {
    cpu: formatCpu(CONTRACT_CONTAINER_DEFAULT.cpuMillis),
    memory: formatSize(CONTRACT_CONTAINER_DEFAULT.memoryMiB),
  };
  return [
    { type: 'Pod', max, min },
    { type: 'Container', max, min, default: usual, defaultRequest: usual },
  ];
}
