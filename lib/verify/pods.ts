import type { EmittedObject, EmittedSet, Json, JsonObject } from './emitted';
import { once } from './once';
import type { Keys } from './read';
import { groupOf, isObject, listOf, nameOf, namespaceOf, numberOf, objectOf, textOf, textsOf, valueAt } from './read';

/** A pod that an emitted object makes, and how many of it. */
export interface PodTemplate {
  readonly owner: EmittedObject;
  /** Kind of the owner, e.g. `Deployment`. */
  readonly kind: string;
  /** Name of the owner. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  /** Keys from the owner to the pod's spec, for `fieldPath`: `['spec', 'template', 'spec']`. */
  readonly path: Keys;
  /** Keys from the owner to the pod's metadata. */
  readonly metadataPath: Keys;
  /** Pods that are wanted without an autoscaler's help; undefined for a DaemonSet, which has one a node. */
  readonly replicas: number | undefined;
  /**
   * Pods at most, an autoscaler's maximum included, a rolling update's surge not. Of a CronJob those
   * of one run, since runs that overlap without end have no maximum.
   */
  readonly replicasAtMost: number | undefined;
  /** Pods more than that while a rolling update of `replicasAtMost` pods is under way. */
  readonly surge: number;
}

/** A container of a pod, and where it stands. */
export interface PodContainer {
  readonly list: 'containers' | 'initContainers' | 'ephemeralContainers';
  readonly index: number;
  readonly container: JsonObject;
  /** Keys from the owner to the container. */
  readonly path: Keys;
  /** An init container that goes on running beside the others. @see https://kep.k8s.io/753 */
  readonly isSidecar: boolean;
}

/** Where the pod's template stands in each kind that has one; a Pod is its own. */
const TEMPLATES: Readonly<Record<string, { readonly group: string; readonly path: Keys }>> = {
  Pod: { group: '', path: [] },
  ReplicationController: { group: '', path: ['spec', 'template'] },
  Deployment: { group: 'apps', path: ['spec', 'template'] },
  ReplicaSet: { group: 'apps', path: ['spec', 'template'] },
  StatefulSet: { group: 'apps', path: ['spec', 'template'] },
  DaemonSet: { group: 'apps', path: ['spec', 'template'] },
  Job: { group: 'batch', path: ['spec', 'template'] },
  CronJob: { group: 'batch', path: ['spec', 'jobTemplate', 'spec', 'template'] },
};

/** Every pod that the manifests make, in their order. Objects without a template that can be read are left out. */
export function podTemplatesOf(emitted: Pick<EmittedSet, 'manifests'>): readonly PodTemplate[] {
  return templatesOf(emitted.manifests);
}

const templatesOf = once((manifests: EmittedSet['manifests']): readonly PodTemplate[] => {
  const maxima = autoscalerMaxima(manifests);
  return manifests.flatMap((owner): PodTemplate[] => {
    const kind = textOf(owner.object['kind']) ?? '';
    const place = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined;
    if (place === undefined || place.group !== groupOf(owner.object)) return [];
    const template = valueAt(owner.object, place.path);
    if (!isObject(template) || !isObject(template['spec'])) return [];
    const [name, namespace] = [nameOf(owner.object), namespaceOf(owner.object)];
    const replicas = replicasOf(kind, owner.object);
    const most = replicas === undefined ? undefined : (maxima.get(targetKey(namespace, kind, name)) ?? replicas);
    const metadata = objectOf(template['metadata']);
    return [
      {
        owner,
        kind,
        name,
        namespace,
        labels: textsOf(metadata['labels']),
        annotations: textsOf(metadata['annotations']),
        spec: template['spec'],
        path: [...place.path, 'spec'],
        metadataPath: [...place.path, 'metadata'],
        replicas,
        replicasAtMost: most,
        surge: surgeOf(kind, objectOf(owner.object['spec']), most ?? 0),
      },
    ];
  });
});

/** The containers of a pod: init containers first, as they start. */
export function containersOf(template: Pick<PodTemplate, 'spec' | 'path'>): readonly PodContainer[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    listOf(template.spec[list]).flatMap((container, index): PodContainer[] =>
      isObject(container)
        ? [
            {
              list,
              index,
              container,
              path: [...template.path, list, index],
              isSidecar: list === 'initContainers' && container['restartPolicy'] === 'Always',
            },
          ]
        : [],
    ),
  );
}

function replicasOf(kind: string, owner: JsonObject): number | undefined {
  const spec = objectOf(owner['spec']);
  switch (kind) {
    case 'Pod':
      return 1;
    case 'DaemonSet':
      return undefined;
    case 'Job':
      return jobPods(spec);
    case 'CronJob':
      return jobPods(objectOf(valueAt(spec, ['jobTemplate', 'spec'])));
    default:
      return numberOf(spec['replicas']) ?? 1;
  }
}

/** Pods of a Job that run at once. */
function jobPods(spec: JsonObject): number {
  const parallelism = numberOf(spec['parallelism']) ?? 1;
  return Math.min(parallelism, numberOf(spec['completions']) ?? parallelism);
}

/** A Deployment's defaults are RollingUpdate and 25 %, rounded up; a DaemonSet's is no surge. */
function surgeOf(kind: string, spec: JsonObject, replicas: number): number {
  if (kind === 'Deployment') {
    const strategy = objectOf(spec['strategy']);
    if (strategy['type'] === 'Recreate') return 0;
    return share(valueAt(strategy, ['rollingUpdate', 'maxSurge']) ?? '25%', replicas);
  }
  if (kind !== 'DaemonSet') return 0;
  return share(valueAt(spec, ['updateStrategy', 'rollingUpdate', 'maxSurge']) ?? 0, replicas);
}

/** `2` → 2, `"25%"` of 3 → 1. */
function share(value: Json, whole: number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(textOf(value) ?? '')?.[1];
  return percent === undefined ? 0 : Math.ceil((Number(percent) * whole) / 100);
}

/** The maximum of the autoscaler that steers each workload. */
function autoscalerMaxima(manifests: readonly EmittedObject[]): ReadonlyMap<string, number> {
  return new Map(
    manifests
      .filter(({ object }) => object['kind'] === 'HorizontalPodAutoscaler' && groupOf(object) === 'autoscaling')
      .flatMap(({ object }): [string, number][] => {
        const target = objectOf(valueAt(object, ['spec', 'scaleTargetRef']));
        const most = numberOf(valueAt(object, ['spec', 'maxReplicas']));
        const [kind, name] = [textOf(target['kind']), textOf(target['name'])];
        if (most === undefined || kind === undefined || name === undefined) return [];
        return [[targetKey(namespaceOf(object), kind, name), most]];
      }),
  );
}

function targetKey(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}
