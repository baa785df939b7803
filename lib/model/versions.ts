/**
 * What each Kubernetes version can do. One row a feature: the first version whose API server keeps
 * the field without a feature gate, so that nothing that we emit is dropped in silence.
 */
export const FEATURES = {
  /** `PodDisruptionBudget.spec.unhealthyPodEvictionPolicy`; alpha and gated in 1.26. @see https://kep.k8s.io/3017 */
  unhealthyPodEvictionPolicy: 27,
  /** `TopologySpreadConstraint.matchLabelKeys`; beta since 1.27. @see https://kep.k8s.io/3243 */
  spreadMatchLabelKeys: 27,
  /** `CronJob.spec.timeZone`; stable since 1.27. @see https://kep.k8s.io/3140 */
  cronJobTimeZone: 27,
  /** `ValidatingAdmissionPolicy`; v1 since 1.30. @see https://kep.k8s.io/3488 */
  validatingAdmissionPolicy: 30,
  /** `lifecycle.preStop.sleep`; beta since 1.30. @see https://kep.k8s.io/3960 */
  sleepAction: 30,
  /** `Service.spec.trafficDistribution`; GA `PreferClose` since 1.33, kept since 1.31. @see https://kep.k8s.io/4444 */
  trafficDistribution: 31,
  /** `Pod.spec.resources`; on by default since 1.34. @see https://kep.k8s.io/2837 */
  podLevelResources: 34,
  /** `HorizontalPodAutoscaler.spec.behavior.*.tolerance`; beta since 1.35. @see https://kep.k8s.io/4951 */
  hpaTolerance: 35,
  /** `Pod.spec.resources.limits` filled in from the containers; beta since 1.37. @see https://kep.k8s.io/2837 */
  podLevelLimits: 37,
} as const;

/** A feature whose availability depends on the server's version. */
export type Feature = keyof typeof FEATURES;

export const DEFAULT_KUBERNETES_VERSION = '1.25';
const MINOR_RANGE = { min: 25, max: 37 } as const;
/** The supported range, for messages. */
export const KUBERNETES_VERSION_FORMAT = `"1.${MINOR_RANGE.min}" to "1.${MINOR_RANGE.max}"`;

/** `"1.29"` (also `"v1.29.3"`) → 29; undefined outside the supported range. */
export function parseKubernetesMinor(text: string): number | undefined {
  const match = /^v?1\.(\d{1,3})(\.\d+)?$/.exec(text);
  if (match === null) return undefined;
  const minor = Number(match[1]);
  return minor >= MINOR_RANGE.min && minor <= MINOR_RANGE.max ? minor : undefined;
}

/** True when a server of this minor version keeps the field. */
export function hasFeature(minor: number, feature: Feature): boolean {
  return minor >= FEATURES[feature];
}
