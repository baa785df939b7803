import { kubernetesName } from '../model/define-service';
import type { ServiceSpec } from '../model/service-spec';
import { hasFeature } from '../model/versions';
import { compileToHpa } from '../policy/hpa';
import type { Json, k8s } from './json';
import { componentLabels, selectorLabels } from './labels';
import type { ModelSource, ObjectSpec } from './object-spec';
import { boundToOneNode } from './storage';

/** The HorizontalPodAutoscaler of a service with a scaling policy. */
export function autoscalerObjects(spec: ServiceSpec, model: ModelSource): ObjectSpec[] {
  const { workload } = spec;
  if (workload.kind === 'cron-job' || workload.scale.kind !== 'auto') return [];
  const { policy } = workload.scale;
  const kind = workload.kind === 'deployment' ? 'Deployment' : 'StatefulSet';
  return [
    {
      id: 'autoscaler',
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      name: kubernetesName(spec),
      labels: componentLabels(spec),
      fields: {
        spec: () => ({
          scaleTargetRef: { apiVersion: 'apps/v1', kind, name: kubernetesName(spec) },
          ...compileToHpa(policy, spec.resources, model().settings.kubernetesMinor).spec,
        }),
      },
    },
  ];
}

/** Replicas at least, which decides whether a budget makes sense. */
function minReplicas(spec: ServiceSpec): number {
  if (spec.workload.kind === 'cron-job') return 0;
  const { scale } = spec.workload;
  return scale.kind === 'auto' ? scale.policy.minReplicas : scale.replicas;
}

/** A PodDisruptionBudget where there is more than one replica, and a drain would not be blocked by it. */
export function budgetObjects(spec: ServiceSpec, model: ModelSource): ObjectSpec[] {
  if (minReplicas(spec) < 2 || boundToOneNode(spec)) return [];
  return [
    {
      id: 'disruption-budget',
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      name: kubernetesName(spec),
      labels: componentLabels(spec),
      fields: {
        spec: (): Json<k8s.PodDisruptionBudgetSpec> => ({
          maxUnavailable: 1,
          selector: { matchLabels: selectorLabels(spec) },
          ...(hasFeature(model().settings.kubernetesMinor, 'unhealthyPodEvictionPolicy')
            ? { unhealthyPodEvictionPolicy: 'AlwaysAllow' }
            : {}),
        }),
      },
    },
  ];
}
