import { parseKubernetesMinor } from '../../model/versions';
import type { Proof } from '../proof';
import { autoscalerIssues } from './autoscalers';
import { connectionIssues } from './connections';
import { limitIssues } from './limits';
import { quotaIssues } from './quotas';

/** What runs at the peak has room: in the namespace's quota and limits, and in the databases. */
export const capacity: Proof = {
  name: 'capacity',
  summary: 'quota, limits and database connections suffice at the peak of the load',
  prove: ({ emitted }) => {
    const minor = parseKubernetesMinor(emitted.kubernetesVersion) ?? OLDEST;
    return [
      ...quotaIssues(emitted, minor),
      ...limitIssues(emitted, minor),
      ...connectionIssues(emitted),
      ...autoscalerIssues(emitted, minor),
    ];
  },
};

/** What is assumed of a server whose version cannot be read. */
const OLDEST = 25;
