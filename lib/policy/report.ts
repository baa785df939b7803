import type { ReplicaBalancing } from '../model/balancing';
import type { Issue } from '../model/issues';
import type { SystemModel } from '../model/system-model';
import type { BalancingTarget } from './balancing-subject';
import { balancerOf } from './balancing';
import { writeBalancing } from './balancing-targets';
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
  return [...inexactScaling(models), ...models.flatMap(strictBalancing)];
}

/** A choice of replicas that Kubernetes does not follow exactly. */
export interface InexactBalancing {
  /** Of the property that asks for it. */
  readonly path: string;
  readonly balancing: ReplicaBalancing;
  readonly fidelity: 'approximate' | 'unsupported';
  /** Who does what instead: `the Service: a pod is drawn for each connection`. */
  readonly message: string;
}

/** What becomes of each choice of replicas on Kubernetes, where it is not exact. */
export function inexactBalancing(model: SystemModel): readonly InexactBalancing[] {
  const services = model.services.flatMap(({ path, access: { kind, balancing } }) =>
    balancing === undefined || kind === 'none' || kind === 'headless'
      ? []
      : inexactRows(`${path}.access.balancing`, balancing, 'service'),
  );
  const exposures = model.exposures.flatMap((exposure): readonly InexactBalancing[] => {
    const { path, kind, className, balancing } = exposure;
    if (balancing === undefined) return [];
    const balancer = balancerOf(exposure);
    if (balancer !== undefined) return inexactRows(`${path}.balancing`, balancing, balancer);
    const message = `the ${kind} class "${className}" is told nothing: how to, is not known here`;
    return [{ path: `${path}.balancing`, balancing, fidelity: 'unsupported', message }];
  });
  return [...services, ...exposures];
}

const BALANCER_NAMES: Readonly<Record<BalancingTarget, string>> = {
  nginx: 'nginx',
  'ingress-nginx': 'ingress-nginx',
  'http-route': 'the HTTPRoute',
  'nginx-gateway-fabric': 'NGINX Gateway Fabric',
  'envoy-gateway': 'Envoy Gateway',
  service: 'the Service',
};

function inexactRows(path: string, balancing: ReplicaBalancing, target: BalancingTarget): readonly InexactBalancing[] {
  return writeBalancing(balancing, target, { name: '', backends: [] }).report.flatMap(({ fidelity, detail }) =>
    fidelity === 'exact' ? [] : [{ path, balancing, fidelity, message: `${BALANCER_NAMES[target]}: ${detail}` }],
  );
}

function strictBalancing(model: SystemModel): readonly Issue[] {
  return inexactBalancing(model).map(({ path, fidelity, message }): Issue => ({
    code: 'TARS3006',
    severity: 'error',
    path,
    message: `a choice of replicas is not followed exactly; ${message}`,
    given: fidelity,
    allowed: 'exact, with --strict',
    remedy: 'leave it out, choose what is exact, or run without --strict',
  }));
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
