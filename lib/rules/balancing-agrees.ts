import type { ReplicaBalancing } from '../model/balancing';
import { findTarget } from '../model/system-model';
import type { Rule } from './rule';

/** A choice of replicas that an exposure and the service it routes to, or two exposures, say differently. */
export const balancingAgrees: Rule = {
  name: 'a choice of replicas is said once',
  check: (model) => {
    const said = new Map<string, { readonly balancing: ReplicaBalancing; readonly at: string }>(
      model.services.flatMap(({ path, access: { balancing } }) =>
        balancing === undefined ? [] : [[path, { balancing, at: `${path}.access.balancing` }]],
      ),
    );
    return model.exposures.flatMap(({ path, balancing, routes }) => {
      if (balancing === undefined) return [];
      const at = `${path}.balancing`;
      const services = new Set(
        routes.flatMap(({ endpoint }) => {
          const target = findTarget(model, endpoint);
          return target?.kind === 'service' ? [target.spec.path] : [];
        }),
      );
      return [...services].flatMap((service) => {
        const other = said.get(service);
        if (other === undefined) said.set(service, { balancing, at });
        if (other === undefined || other.balancing === balancing) return [];
        return [
          {
            code: 'TARS2012' as const,
            severity: 'error' as const,
            path: at,
            message: `the replicas of ${service} are chosen otherwise by ${other.at}: ${other.balancing}`,
            given: balancing,
            allowed: 'one choice for each service, since one gateway serves it on Compose',
            remedy: 'say the same in both places, or leave one of them out',
          },
        ];
      });
    });
  },
};
