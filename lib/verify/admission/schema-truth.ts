/**
 * Where the real API server asks for more or less than its schema says, each found by comparing the
 * two on random objects.
 */

/** Fields that the schema calls required, and the server does without. */
const OPTIONAL: ReadonlySet<string> = new Set([
  // Of objects only, and not of templates: see the rule about names.
  'meta/v1.OwnerReference.apiVersion',
  'meta/v1.OwnerReference.kind',
  'meta/v1.OwnerReference.name',
  'meta/v1.OwnerReference.uid',
  'rbac/v1.RoleRef.apiGroup',

  'batch/v1.PodFailurePolicy.rules',
  'core/v1.HTTPHeader.value',
  'core/v1.SleepAction.seconds',
  'core/v1.Sysctl.value',
  'core/v1.LimitRangeSpec.limits',
]);

/** Enumerations whose other values the server takes. */
const OPEN: ReadonlySet<string> = new Set([]);

/** Fields that the schema leaves free, and the server does not. */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  'apps/v1.StatefulSetUpdateStrategy.type': ['RollingUpdate', 'OnDelete'],
  'autoscaling/v2.MetricTarget.type': ['Utilization', 'Value', 'AverageValue'],
  'autoscaling/v2.HPAScalingRules.selectPolicy': ['Max', 'Min', 'Disabled'],
  'batch/v1.PodFailurePolicyOnPodConditionsPattern.status': ['True', 'False', 'Unknown'],
  'apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted': ['Retain', 'Delete'],
  'apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled': ['Retain', 'Delete'],
  'core/v1.ContainerResizePolicy.resourceName': ['cpu', 'memory'],
  'core/v1.ContainerResizePolicy.restartPolicy': ['NotRequired', 'RestartContainer'],
  'core/v1.ObjectFieldSelector.apiVersion': ['v1'],
  // Lt and Gt are behind a feature gate.
  'core/v1.Toleration.operator': ['Exists', 'Equal'],
  'core/v1.Container.restartPolicy': ['Always', 'Never', 'OnFailure'],
  'core/v1.PodSecurityContext.seLinuxChangePolicy': ['MountOption', 'Recursive'],
  'core/v1.ServiceSpec.trafficDistribution': ['PreferClose', 'PreferSameZone', 'PreferSameNode'],
  'core/v1.VolumeMount.recursiveReadOnly': ['Disabled', 'IfPossible', 'Enabled'],
  'storage/v1.StorageClass.reclaimPolicy': ['Delete', 'Retain'],
};

/** Specs that the server checks as if they were there. */
const IMPLIED: ReadonlySet<string> = new Set([
  'core/v1.PodTemplateSpec.spec',
  'core/v1.PersistentVolumeClaimTemplate.spec',
  'batch/v1.JobTemplateSpec.spec',
]);

/** Whether the server refuses an object without the field. */
export function isRequired(type: string, field: string): boolean {
  return !OPTIONAL.has(`${type}.${field}`);
}

/** Whether the server takes other values than the schema names. @param field e.g. `core/v1.ServiceSpec.type` */
export function isLenient(field: string): boolean {
  return OPEN.has(field);
}

/** The only values of a field of which the schema says nothing. */
export function closedValues(field: string): readonly string[] | undefined {
  return Object.hasOwn(CLOSED, field) ? CLOSED[field] : undefined;
}

/** Whether a struct that is missing is checked as an empty one: the spec of an object always is. */
export function isImplied(type: string, field: string, isRoot: boolean): boolean {
  return (isRoot && field === 'spec') || IMPLIED.has(`${type}.${field}`);
}
