import { cpuMetric } from '../model/cpu-metric';
import { hasFeature } from '../model/versions';
import type { Rule } from './rule';

/** A policy whose thresholds the server follows only roughly (decision D8). */
export const scalingFidelity: Rule = {
  name: 'scaling policies are followed exactly',
  check: (model) =>
    model.services.flatMap((spec) => {
      if (spec.workload.kind === 'cron-job' || spec.workload.scale.kind !== 'auto') return [];
      const cpu = cpuMetric(spec.workload.scale.policy);
      if (cpu === undefined || hasFeature(model.settings.kubernetesMinor, 'hpaTolerance')) return [];
      return [
        {
          code: 'TARS3003' as const,
          severity: 'notice' as const,
          path: `${spec.path}.autoscaling`,
          message: `Kubernetes 1.${model.settings.kubernetesMinor} acts outside 10 % around the target of ${cpu.targetValue} %, not at the thresholds ${cpu.scaleDownThreshold} % and ${cpu.scaleUpThreshold} %`,
          given: `kubernetesVersion "1.${model.settings.kubernetesMinor}"`,
          allowed: 'exact from 1.35',
          remedy: 'nothing, if that is close enough; else kubernetesVersion "1.35" or later',
        },
      ];
    }),
};
