import { maxReplicas } from '../model/capacity';
import { grouped } from '../model/lookup';
import { findTarget } from '../model/system-model';
import type { Rule } from './rule';

/** Connections that PostgreSQL keeps for its administrator. */
const RESERVED = 3;

/** A database that admits fewer connections than its clients open at their peak. */
export const connectionsSuffice: Rule = {
  name: 'database connections suffice',
  check: (model) => {
    const clientsOf = grouped(model.services, ({ connections }) => {
      const target = connections.to === undefined ? undefined : findTarget(model, connections.to);
      return target?.kind === 'service' ? target.spec.path : undefined;
    });
    return model.services.flatMap((server) => {
      const { admits } = server.connections;
      if (admits === undefined) return [];
      const clients = clientsOf.get(server.path) ?? [];
      const lines = clients.map((client) => {
        const surge = client.workload.kind === 'deployment' ? client.workload.maxSurge : 0;
        const pods = maxReplicas(client) + surge;
        return {
          text: `${client.path}: ${pods} pods × ${client.connections.opensPerReplica}`,
          sum: pods * client.connections.opensPerReplica,
        };
      });
      const need = lines.reduce((sum, l) => sum + l.sum, RESERVED);
      if (need <= admits) return [];
      return [
        {
          code: 'TARS2007' as const,
          severity: 'error' as const,
          path: `${server.path}.maxConnections`,
          message: `clients open up to ${need} connections: ${[...lines.map((l) => l.text), `${RESERVED} reserved`].join(' + ')}`,
          given: String(admits),
          allowed: `at least ${need}`,
          remedy: 'raise maxConnections, or lower maxReplicas, workers or the pool size',
        },
      ];
    });
  },
};
