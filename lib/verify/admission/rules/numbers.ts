import type { Check, Visit } from '../check';
import { outOfRange } from '../ranges';

/** Fields that count something, and what they may be: `[least, most]`. */
const RANGES: Readonly<Record<string, Readonly<Record<string, readonly [number, number?]>>>> = {
  'apps/v1.DeploymentSpec': {
    replicas: [0],
    minReadySeconds: [0],
    revisionHistoryLimit: [0],
    progressDeadlineSeconds: [0],
  },
  'apps/v1.ReplicaSetSpec': { replicas: [0], minReadySeconds: [0] },
  'apps/v1.StatefulSetSpec': { replicas: [0], minReadySeconds: [0], revisionHistoryLimit: [0] },
  'apps/v1.StatefulSetOrdinals': { start: [0] },
  'apps/v1.DaemonSetSpec': { minReadySeconds: [0], revisionHistoryLimit: [0] },
  'core/v1.ReplicationControllerSpec': { replicas: [0], minReadySeconds: [0] },
  'batch/v1.JobSpec': {
    parallelism: [0],
    completions: [0],
    backoffLimit: [0],
    activeDeadlineSeconds: [0],
    ttlSecondsAfterFinished: [0],
    backoffLimitPerIndex: [0],
    maxFailedIndexes: [0],
  },
  'batch/v1.CronJobSpec': {
    startingDeadlineSeconds: [0],
    successfulJobsHistoryLimit: [0],
    failedJobsHistoryLimit: [0],
  },
  'core/v1.PodSpec': { terminationGracePeriodSeconds: [0], activeDeadlineSeconds: [1, 2 ** 31 - 1] },
  'core/v1.PodSecurityContext': {
    runAsUser: [0, 2 ** 31 - 1],
    runAsGroup: [0, 2 ** 31 - 1],
    fsGroup: [0, 2 ** 31 - 1],
  },
  'core/v1.SecurityContext': { runAsUser: [0, 2 ** 31 - 1], runAsGroup: [0, 2 ** 31 - 1] },
  'core/v1.ConfigMapVolumeSource': { defaultMode: [0, 0o777] },
  'core/v1.SecretVolumeSource': { defaultMode: [0, 0o777] },
  'core/v1.DownwardAPIVolumeSource': { defaultMode: [0, 0o777] },
  'core/v1.ProjectedVolumeSource': { defaultMode: [0, 0o777] },
  'core/v1.KeyToPath': { mode: [0, 0o777] },
  'core/v1.DownwardAPIVolumeFile': { mode: [0, 0o777] },
  'core/v1.ServiceAccountTokenProjection': { expirationSeconds: [600, 2 ** 32] },
  'core/v1.PreferredSchedulingTerm': { weight: [1, 100] },
  'core/v1.WeightedPodAffinityTerm': { weight: [1, 100] },
  'core/v1.TopologySpreadConstraint': { maxSkew: [1], minDomains: [1] },
  'core/v1.ClientIPConfig': { timeoutSeconds: [1, 86400] },
  'networking/v1.NetworkPolicyPort': { endPort: [1, 65535] },
  'autoscaling/v2.HorizontalPodAutoscalerSpec': { maxReplicas: [1], minReplicas: [0] },
  'autoscaling/v1.HorizontalPodAutoscalerSpec': {
    maxReplicas: [1],
    minReplicas: [0],
    targetCPUUtilizationPercentage: [1],
  },
  'autoscaling/v2.HPAScalingRules': { stabilizationWindowSeconds: [0, 3600] },
  'autoscaling/v2.HPAScalingPolicy': { value: [1], periodSeconds: [1, 1800] },
  'autoscaling/v2.MetricTarget': { averageUtilization: [1] },
  'scheduling/v1.PriorityClass': { value: [-(2 ** 31), 1_000_000_000] },
};

/** Numbers have ranges. */
export const numbers: Check = {
  ...outOfRange,
  on: Object.fromEntries(
    Object.entries(RANGES).map(([type, fields]) => [
      type,
      (visit: Visit) => {
        checkRanges(visit, fields);
      },
    ]),
  ),
};

function checkRanges({ value, say }: Visit, fields: Readonly<Record<string, readonly [number, number?]>>): void {
  for (const [field, [least, most = Infinity]] of Object.entries(fields)) {
    const given = value[field];
    if (typeof given !== 'number' || (given >= least && given <= most)) continue;
    say([field], 'the number is out of its range', most === Infinity ? `${least} or more` : `${least} to ${most}`);
  }
}
