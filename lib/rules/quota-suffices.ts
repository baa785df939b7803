import type { Demand } from '../model/capacity';
import { demandOf, totalDemand } from '../model/capacity';
import type { Issue } from '../model/issues';
import { formatCpu, formatSize } from '../model/quantities';
import type { Rule } from './rule';

/** A model that does not fit the quota that its user wrote down. */
export const quotaSuffices: Rule = {
  name: 'the model fits its quota',
  check: (model) =>
    model.guardRails.flatMap((rails) => {
      const lines = model.services.filter((s) => s.namespace === rails.namespace).flatMap(demandOf);
      const need = totalDemand(lines);
      const compare = (
        property: string,
        limit: number | undefined,
        key: keyof Demand,
        format: (n: number) => string,
      ): Issue[] => {
        if (limit === undefined || need[key] <= limit) return [];
        const sum = lines.filter((l) => l[key] > 0).map((l) => `${l.label} = ${format(l[key])}`);
        return [
          {
            code: 'TARS2006',
            severity: 'error',
            path: `${rails.path}.${property}`,
            message: `the services need ${format(need[key])}: ${sum.join('; ')}`,
            given: format(limit),
            allowed: `at least ${format(need[key])}`,
            remedy: 'raise the quota, or lower replicas, maxReplicas or resources',
          },
        ];
      };
      const { quota } = rails;
      return [
        ...compare('cpuRequests', quota.cpuRequestMillis, 'cpuRequestMillis', formatCpu),
        ...compare('memoryRequests', quota.memoryRequestMiB, 'memoryRequestMiB', formatSize),
        ...compare('cpuLimits', quota.cpuLimitMillis, 'cpuLimitMillis', formatCpu),
        ...compare('memoryLimits', quota.memoryLimitMiB, 'memoryLimitMiB', formatSize),
        ...compare('pods', quota.pods, 'pods', String),
      ];
    }),
};
