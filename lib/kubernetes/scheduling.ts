import type { ServiceSpec } from '../model/service-spec';
import { maxReplicas } from '../model/capacity';
import { hasFeature } from '../model/versions';
import type { Affinity, PodSpec } from './json';
import { selectorLabels } from './labels';
import { boundToOneNode } from './storage';

const HOSTNAME = 'kubernetes.io/hostname';

/** Where replicas go: apart where they can, together where their storage says so. */
export function scheduling(spec: ServiceSpec, minor: number): Pick<PodSpec, 'affinity' | 'topologySpreadConstraints'> {
  if (spec.workload.kind === 'cron-job' || maxReplicas(spec) < 2) return {};
  const labelSelector = { matchLabels: selectorLabels(spec) };
  const apart: Affinity = {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { labelSelector, topologyKey: HOSTNAME } },
      ],
    },
  };
  if (boundToOneNode(spec)) {
    // The first replica has nobody to join: a pod that matches its own term may be placed anywhere.
    const together = { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: HOSTNAME }] };
    return { affinity: { podAffinity: together, ...apart } };
  }
  return {
    affinity: apart,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector,
        ...(hasFeature(minor, 'spreadMatchLabelKeys') && spec.workload.kind === 'deployment'
          ? { matchLabelKeys: ['pod-template-hash'] }
          : {}),
      },
    ],
  };
}
