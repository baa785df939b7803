import type { Issue } from '../model/issues';
import { show } from '../model/issues';
import type { Feature } from '../model/versions';
import { FEATURES, hasFeature } from '../model/versions';
import type { Rule } from './rule';

/** A property that asks for a field which the API server does not have yet: it would be dropped in silence. */
export const featuresExist: Rule = {
  name: 'the server has every field that is asked for',
  check: (model) => {
    const minor = model.settings.kubernetesMinor;
    return model.services.flatMap((spec) => {
      const needs = (feature: Feature, property: string, value: unknown): Issue[] => {
        if (value === undefined || hasFeature(minor, feature)) return [];
        return [
          {
            code: 'TARS1018',
            severity: 'error',
            path: `${spec.path}.${property}`,
            message: `Kubernetes 1.${minor} does not have this field`,
            given: show(value),
            allowed: `from Kubernetes 1.${FEATURES[feature]}`,
            remedy: `remove "${property}", or set kubernetesVersion to your server's version if that is at least 1.${FEATURES[feature]}`,
          },
        ];
      };
      const timeZone = spec.workload.kind === 'cron-job' ? spec.workload.timeZone : undefined;
      return [
        ...needs('cronJobTimeZone', 'timeZone', timeZone),
        ...needs('trafficDistribution', 'access.trafficDistribution', spec.access.trafficDistribution),
      ];
    });
  },
};
