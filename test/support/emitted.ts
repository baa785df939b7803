import type { EmittedSet, JsonObject } from '../../lib/verify/emitted';

/** A set of these manifests alone. */
export function emittedOf(objects: readonly JsonObject[], kubernetesVersion = '1.25'): EmittedSet {
  return {
    kubernetesVersion,
    manifests: objects.map((object, document) => ({ file: 'dist/x.k8s.yaml', document, object })),
    compose: [],
  };
}

/** An object of the namespace `n`. */
export function anObject(kind: string, name: string, rest: JsonObject = {}): JsonObject {
  const group = Object.hasOwn(GROUPS, kind) ? GROUPS[kind] : 'v1';
  return { apiVersion: group ?? 'v1', kind, metadata: { name, namespace: 'n' }, ...rest };
}

const GROUPS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  ScaledObject: 'keda.sh/v1alpha1',
};

/** What a test says of a workload: its pod's spec, and the fields of its own spec. */
export interface WorkloadSketch {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly pod?: JsonObject;
  readonly spec?: JsonObject;
}

/** A workload whose pods have one container without resources, if nothing else is said. */
export function aWorkload(kind: string, sketch: WorkloadSketch = {}): JsonObject {
  const { name = 'web', pod = {}, spec = {} } = sketch;
  const labels = sketch.labels ?? { app: name };
  const template = { metadata: { labels }, spec: { containers: [aContainer()], ...pod } };
  if (kind === 'CronJob') return anObject(kind, name, { spec: { jobTemplate: { spec: { template } }, ...spec } });
  const selector = kind === 'Job' ? {} : { selector: { matchLabels: labels } };
  return anObject(kind, name, { spec: { ...selector, template, ...spec } });
}

/** A container with requests and limits. */
export function aContainer(requests?: JsonObject, limits?: JsonObject, rest: JsonObject = {}): JsonObject {
  return {
    name: 'main',
    image: 'nginx:1.29.2',
    ...(requests === undefined && limits === undefined
      ? {}
      : { resources: { ...(requests && { requests }), ...(limits && { limits }) } }),
    ...rest,
  };
}

/** A quota on these. */
export function aQuota(hard: JsonObject, rest: JsonObject = {}): JsonObject {
  return anObject('ResourceQuota', 'quota', { spec: { hard, ...rest } });
}

/** A LimitRange of one item. */
export function aLimitRange(...limits: readonly JsonObject[]): JsonObject {
  return anObject('LimitRange', 'limits', { spec: { limits } });
}
