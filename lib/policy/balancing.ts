import type { BalancingStrategy } from '../model/balancing';
import type { ExposureSpec } from '../model/exposure';
import { TarsError } from '../model/issues';
import type { BalancingCompilation, BalancingSubject, BalancingTarget } from './balancing-subject';
import { writeBalancing } from './balancing-targets';
import { balancingIssues } from './check-balancing';

/**
 * What spreads the requests of an exposure and can be told how, by the usual name of its class; undefined: nobody that
 * we know of.
 */
export function balancerOf({
  kind,
  className,
}: Pick<ExposureSpec, 'kind' | 'className'>): ExposureBalancer | undefined {
  return BALANCERS[kind][className];
}

type ExposureBalancer = 'ingress-nginx' | 'nginx-gateway-fabric' | 'envoy-gateway';

const BALANCERS: Readonly<Record<ExposureSpec['kind'], Readonly<Record<string, ExposureBalancer>>>> = {
  ingress: { nginx: 'ingress-nginx' },
  gateway: { nginx: 'nginx-gateway-fabric', eg: 'envoy-gateway' },
};

/**
 * Turns a strategy into the settings of a target.
 * @throws TarsError with an issue for each value that the target would refuse: TARS1001, TARS1002, TARS1006, TARS7103
 */
export function compileBalancing(
  strategy: BalancingStrategy,
  target: BalancingTarget,
  subject: BalancingSubject,
): BalancingCompilation {
  const issues = balancingIssues(strategy, target, subject);
  if (issues.length > 0) throw new TarsError(issues);
  return writeBalancing(strategy, target, subject);
}
