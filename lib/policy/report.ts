import type { Issue } from '../model/issues';
import type { SystemModel } from '../model/system-model';
import { compileBalancing } from './balancing';
import type { FidelityRow } from './hpa';
import { compileToHpa } from './hpa';

/** How exactly the autoscaler of one service follows its policy. */
export interface ScalingReport {
  /** Path of the service. */
  readonly path: string;
  readonly rows: readonly FidelityRow[];
}

/** The report of each service of a system that has a scaling policy (decision D8). */
export function scalingReports(model: SystemModel): readonly ScalingReport[] {
  return model.services.flatMap(({ path, workload, resources }): ScalingReport[] => {
    if (workload.kind === 'cron-job' || workload.scale.kind !== 'auto') return [];
    return [{ path, rows: compileToHpa(workload.scale.policy, resources, model.settings.kubernetesMinor).report }];
  });
}

/** Everything about scaling and balancing policies that is not exact, as errors: what `--strict` is about. */
export function inexactPolicies(models: readonly SystemModel[]): readonly Issue[] {
  return [...inexactScaling(models), ...models.flatMap(inexactBalancing)];
}

function inexactBalancing(model: SystemModel): readonly Issue[] {
  return model.services.flatMap(({ path, name, access, ports }) => {
    const { balancing } = access;
    if (balancing === undefined || access.kind === 'none' || access.kind === 'headless') return [];
    const backends = ports.map(({ number }) => ({ name, port: number }));
    return compileBalancing(balancing, 'service', { name, backends })
      .report.filter(({ fidelity }) => fidelity !== 'exact')
      .map(({ fidelity, detail }): Issue => ({
        code: 'TARS3006',
        severity: 'error',
        path: `${path}.access.balancing`,
        message: `the Service of Kubernetes follows it only so: ${detail}`,
        given: fidelity,
        allowed: 'exact, with --strict',
        remedy: 'leave access.balancing out and give your gateway a policy, or run without --strict',
      }));
  });
}

function inexactScaling(models: readonly SystemModel[]): readonly Issue[] {
  return models.flatMap(scalingReports).flatMap(({ path, rows }) =>
    rows
      .filter(({ fidelity }) => fidelity !== 'exact')
      .map(({ field, fidelity, detail }): Issue => ({
        code: 'TARS3006',
        severity: 'error',
        path: `${path}.autoscaling.${field}`,
        message: `the autoscaler follows it only so: ${detail}`,
        given: fidelity,
        allowed: 'exact, with --strict',
        remedy:
          'choose what the autoscaler can do exactly (cooldowns of 0, kubernetesVersion "1.35" or later), or run without --strict',
      })),
  );
}
