import type { ReplicaBalancing } from '../model/balancing';
import type { Rule } from './rule';

/** What kube-proxy makes of each strategy: it draws a pod for each connection. */
const ON_KUBERNETES: Readonly<Record<ReplicaBalancing, string>> = {
  'round-robin': 'draws a pod for each connection, not each in turn',
  random: 'draws a pod for each connection, not for each request',
  'least-connections': 'draws a pod for each connection, and does not know who is busy',
  'ip-hash': 'draws a pod for a client and remembers it for three hours, and hashes nothing',
};

/** A way to choose replicas that a Service follows only roughly, or not at all. */
export const balancingFidelity: Rule = {
  name: 'balancing is followed exactly',
  check: (model) =>
    model.services.flatMap(({ path, access }) => {
      const { balancing } = access;
      if (balancing === undefined || access.kind === 'none' || access.kind === 'headless') return [];
      return [
        {
          code: 'TARS3007' as const,
          severity: 'notice' as const,
          path: `${path}.access.balancing`,
          message: `a Service of Kubernetes ${ON_KUBERNETES[balancing]}`,
          given: balancing,
          allowed: 'exact in the gateway on Compose',
          remedy: 'nothing, if that is close enough; else a policy of your gateway, which compileBalancing writes',
        },
      ];
    }),
};
