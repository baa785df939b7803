import { maxReplicas } from '../model/capacity';
import type { Rule } from './rule';

/** Replicas that share a volume which only one node can attach (decision D5). */
export const costlyStorage: Rule = {
  name: 'replicas on one node',
  check: (model) =>
    model.services.flatMap((spec) => {
      const shared = spec.volumes.filter(
        (v) => v.kind === 'claim' && v.per !== 'replica' && v.accessMode === 'ReadWriteOnce',
      );
      if (spec.workload.kind !== 'deployment' || maxReplicas(spec) < 2 || shared.length === 0) return [];
      return [
        {
          code: 'TARS3001' as const,
          severity: 'warning' as const,
          path: spec.path,
          message: `up to ${maxReplicas(spec)} replicas share ${shared.map((v) => v.name).join(' and ')}, which one node alone can attach: they all run on that node, and draining it is an outage`,
          given: 'accessMode "ReadWriteOnce"',
          allowed: '"ReadWriteMany" where a StorageClass offers it, or per: "replica" in a StatefulSet',
          remedy:
            'set storageAccessMode (or the volumes\' accessMode) to "ReadWriteMany" with a storageClass that has it (NFS, CephFS, EFS, Azure Files …)',
        },
      ];
    }),
};
