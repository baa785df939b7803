import type { EmittedObject, EmittedSet, Json, JsonObject } from '../emitted';
import { objectName } from '../object-path';
import type { PodTemplate } from '../pods';
import { containersOf, podTemplatesOf } from '../pods';
import type { LimitItem } from '../capacity/limit-range';
import { limitItemsIn } from '../capacity/limit-range';
import { atThePeak } from '../capacity/peak';
import { boundedPod } from '../capacity/pod-resources';
import type { ResourceList } from '../capacity/resource-list';
import { NO_RESOURCES } from '../capacity/resource-list';
import { ceilDivide, UNIT } from '../../model/kubernetes-quantity';
import { groupOf, listOf, nameOf, namespaceOf, numberOf, objectOf, textOf, textsOf, valueAt } from '../read';
import type { Node } from './node';
import { readNodeAffinity } from './node-affinity';
import type { HostPort, Pod, PodClaim, Stage } from './pod';
import { readPodAffinity } from './pod-affinity';
import type { Labels, Requirement } from '../label-requirement';
import type { Selector } from './selector';
import { equal, readSelector, selects } from './selector';
import { readSpreads } from './spread';
import { readTolerations } from './tolerations';

/** What the scheduler takes a container for that asks for nothing: 100m and 200Mi. */
const GUESS: LimitItem = {
  range: { file: '', document: 0, object: {} },
  path: [],
  type: 'Container',
  min: NO_RESOURCES,
  max: NO_RESOURCES,
  maxLimitRequestRatio: NO_RESOURCES,
  defaultLimit: NO_RESOURCES,
  defaultRequest: new Map([
    ['cpu', (UNIT / 1000n) * 100n],
    ['memory', UNIT * 200n * 1024n * 1024n],
  ]),
};

/**
 * Every pod that the manifests make, in the order in which they come: those of the first apply, those
 * that an autoscaler adds up to its maximum, and those of a rolling update; of higher priority first.
 */
export function podsOf(emitted: EmittedSet, minor: number, nodes: readonly Node[]): readonly Pod[] {
  const pods = podTemplatesOf(emitted).flatMap((template) => podsOfTemplate(template, emitted, minor, nodes));
  const rank: Readonly<Record<Stage, number>> = { start: 0, scaled: 1, update: 2 };
  return pods
    .map((pod, index) => ({ pod, index }))
    .sort((a, b) => rank[a.pod.stage] - rank[b.pod.stage] || b.pod.priority - a.pod.priority || a.index - b.index)
    .map(({ pod }) => pod);
}

function podsOfTemplate(
  template: PodTemplate,
  emitted: EmittedSet,
  minor: number,
  nodes: readonly Node[],
): readonly Pod[] {
  const items = limitItemsIn(emitted, template.namespace);
  const requests = amounts(boundedPod(template, items, minor).charged.requests);
  const guessed = amounts(boundedPod(template, [...items, GUESS], minor).charged.requests);
  const canWait = mostUnavailable(template) > 0;
  const make = (index: number, stage: Stage, onlyOn?: string): Pod => {
    const labels = labelsOf(template, index, stage);
    return {
      name: onlyOn === undefined ? podName(template, index, stage) : `${template.name}-${onlyOn}`,
      namespace: template.namespace,
      owner: objectName(template.owner.object),
      labels,
      stage,
      priority: priorityOf(template, emitted),
      requests,
      guessed: { cpu: guessed['cpu'] ?? 0, memory: guessed['memory'] ?? 0 },
      affinity: readNodeAffinity(template.spec),
      tolerations: readTolerations(template.spec),
      neighbours: readPodAffinity(template.spec, template.namespace, labels),
      spreads: readSpreads(template.spec, labels, ownSelector(template, labels, emitted)),
      hostPorts: hostPorts(template),
      claims: claimsOf(template, emitted, index, podName(template, index, stage)),
      onlyOn,
      isGated: listOf(template.spec['schedulingGates']).length > 0,
      canWait: stage === 'update' && canWait,
    };
  };
  if (template.kind === 'DaemonSet') return nodes.map(({ name }, i) => make(i, 'start', name));
  const all = atThePeak(template).pods;
  const most = all - template.surge;
  const first = Math.min(most, atStart(template, emitted));
  return Array.from({ length: all }, (_, i) => make(i, i < first ? 'start' : i < most ? 'scaled' : 'update'));
}

/** Pods before an autoscaler adds any. */
function atStart(template: PodTemplate, emitted: EmittedSet): number {
  const scaler = emitted.manifests.find(
    ({ object }) =>
      object['kind'] === 'HorizontalPodAutoscaler' &&
      namespaceOf(object) === template.namespace &&
      valueAt(object, ['spec', 'scaleTargetRef', 'kind']) === template.kind &&
      valueAt(object, ['spec', 'scaleTargetRef', 'name']) === template.name,
  );
  if (scaler === undefined) return Infinity;
  return Math.max(numberOf(valueAt(scaler.object, ['spec', 'minReplicas'])) ?? 1, template.replicas ?? 1);
}

/** Pods that may be missing during an update: an old one ends before a new one has a place. */
function mostUnavailable({ kind, owner, replicasAtMost, surge }: PodTemplate): number {
  if (kind !== 'Deployment') return 0;
  const said = valueAt(owner.object, ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable']) ?? '25%';
  const percent = /^(\d+)%$/.exec(textOf(said) ?? '')?.[1];
  const pods =
    percent === undefined ? (numberOf(said) ?? 0) : Math.floor((Number(percent) * (replicasAtMost ?? 0)) / 100);
  return pods === 0 && surge === 0 ? 1 : pods;
}

/** CPU in thousandths, all else in whole units, rounded up. */
function amounts(list: ResourceList): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...list].map(([name, amount]) => [name, Number(ceilDivide(amount, name === 'cpu' ? UNIT / 1000n : UNIT))]),
  );
}

function podName({ kind, name }: PodTemplate, index: number, stage: Stage): string {
  if (kind === 'Pod') return name;
  return stage === 'update' ? `${name}-new-${index}` : `${name}-${index}`;
}

/** Labels of the template, and those that its controller adds. */
function labelsOf({ kind, name, labels }: PodTemplate, index: number, stage: Stage): Labels {
  switch (kind) {
    case 'Deployment':
      return { ...labels, 'pod-template-hash': stage === 'update' ? 'new' : 'old' };
    case 'StatefulSet':
      return {
        ...labels,
        'statefulset.kubernetes.io/pod-name': `${name}-${index}`,
        'apps.kubernetes.io/pod-index': String(index),
      };
    case 'Job':
      return { ...labels, 'batch.kubernetes.io/job-name': name, 'job-name': name };
    default:
      return labels;
  }
}

/** What the scheduler spreads pods by that do not say it: the selectors of their Services and of their owner. */
function ownSelector(template: PodTemplate, labels: Labels, emitted: EmittedSet): Selector {
  const services = emitted.manifests
    .filter(({ object }) => object['kind'] === 'Service' && groupOf(object) === '')
    .filter(({ object }) => namespaceOf(object) === template.namespace)
    .map(({ object }) => textsOf(valueAt(object, ['spec', 'selector'])))
    .filter((selector) => Object.keys(selector).length > 0 && selects(equal(selector), labels));
  return [...services.flatMap(equal), ...ownerSelector(template, labels)];
}

function ownerSelector({ kind, owner }: PodTemplate, labels: Labels): readonly Requirement[] {
  if (!['Deployment', 'ReplicaSet', 'StatefulSet'].includes(kind)) return [];
  const own = readSelector(valueAt(owner.object, ['spec', 'selector'])) ?? [];
  const hash = labels['pod-template-hash'];
  return hash === undefined ? own : [...own, ...equal({ 'pod-template-hash': hash })];
}

function priorityOf({ spec }: PodTemplate, { manifests }: EmittedSet): number {
  const classes = manifests.filter(({ object }) => object['kind'] === 'PriorityClass').map(({ object }) => object);
  const named = textOf(spec['priorityClassName']);
  const used = classes.find((one) => (named === undefined ? one['globalDefault'] === true : nameOf(one) === named));
  return numberOf(used?.['value']) ?? numberOf(spec['priority']) ?? 0;
}

function hostPorts(template: PodTemplate): readonly HostPort[] {
  const isHost = template.spec['hostNetwork'] === true;
  return containersOf(template).flatMap(({ container, list, isSidecar }) =>
    list !== 'containers' && !isSidecar
      ? []
      : listOf(container['ports'])
          .map(objectOf)
          .flatMap((port): HostPort[] => {
            const number = numberOf(port['hostPort']) ?? (isHost ? numberOf(port['containerPort']) : undefined);
            if (number === undefined || number === 0) return [];
            const address = textOf(port['hostIP']) ?? '';
            return [
              {
                address: address === '' ? '0.0.0.0' : address,
                protocol: textOf(port['protocol']) ?? 'TCP',
                port: number,
              },
            ];
          }),
  );
}

/** Claims that a pod mounts: its owner's, one of its own from a template, or one that is made with it. */
function claimsOf(template: PodTemplate, emitted: EmittedSet, index: number, pod: string): readonly PodClaim[] {
  const modes = (spec: Json | undefined): readonly string[] =>
    listOf(valueAt(spec, ['accessModes'])).flatMap((mode) => textOf(mode) ?? []);
  const claim = (name: string, accessModes: readonly string[] | undefined): PodClaim => ({
    key: `${template.namespace}/${name}`,
    accessModes,
  });
  const templates =
    template.kind === 'StatefulSet' ? listOf(valueAt(template.owner.object, ['spec', 'volumeClaimTemplates'])) : [];
  return [
    ...templates.map((one) => {
      const name = textOf(valueAt(one, ['metadata', 'name'])) ?? '';
      return claim(`${name}-${template.name}-${index}`, modes(valueAt(one, ['spec'])));
    }),
    ...listOf(template.spec['volumes'])
      .map(objectOf)
      .flatMap((volume): PodClaim[] => {
        const own = valueAt(volume, ['ephemeral', 'volumeClaimTemplate', 'spec']);
        if (own !== undefined) return [claim(`${pod}-${textOf(volume['name']) ?? ''}`, modes(own))];
        const name = textOf(valueAt(volume, ['persistentVolumeClaim', 'claimName']));
        if (name === undefined) return [];
        const found = claimNamed(name, template.namespace, emitted);
        return [claim(name, found && modes(found['spec']))];
      }),
  ];
}

function claimNamed(name: string, namespace: string, { manifests }: EmittedSet): JsonObject | undefined {
  const isIt = ({ object }: EmittedObject): boolean =>
    object['kind'] === 'PersistentVolumeClaim' && nameOf(object) === name && namespaceOf(object) === namespace;
  return manifests.find(isIt)?.object;
}

/** Labels of namespaces: those of the manifests, and the name that every one has as a label. */
export function namespaceLabels({ manifests }: EmittedSet): (namespace: string) => Labels {
  return (namespace) => {
    const object = manifests.find(
      (one) => one.object['kind'] === 'Namespace' && nameOf(one.object) === namespace,
    )?.object;
    return { ...textsOf(valueAt(object, ['metadata', 'labels'])), 'kubernetes.io/metadata.name': namespace };
  };
}
