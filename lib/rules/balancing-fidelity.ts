import { inexactBalancing } from '../policy/report';
import type { Rule } from './rule';

/** A way to choose replicas that Kubernetes follows only roughly, or not at all. */
export const balancingFidelity: Rule = {
  name: 'balancing is followed exactly',
  check: (model) =>
    inexactBalancing(model).map(({ path, balancing, message }) => ({
      code: 'TARS3007' as const,
      severity: 'notice' as const,
      path,
      message: `a choice of replicas is not followed exactly on Kubernetes; ${message}`,
      given: balancing,
      allowed: 'exact in the gateway on Compose',
      remedy:
        'nothing, if that is close enough; else an exposure with a gateway that follows it, see docs/load-balancing.md',
    })),
};
