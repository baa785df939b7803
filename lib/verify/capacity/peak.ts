import type { EmittedSet, Json } from '../emitted';
import { objectName } from '../object-path';
import type { PodTemplate } from '../pods';
import { podTemplatesOf } from '../pods';
import { isObject, listOf, namespaceOf, numberOf, objectOf, textOf, valueAt } from '../read';
import type { LimitItem } from './limit-range';
import { limitItemsIn } from './limit-range';
import type { BoundedPod } from './pod-resources';
import { boundedPod } from './pod-resources';
import type { ResourceList } from './resource-list';
import { addLists, formatAmount, timesList } from './resource-list';
import type { ScopeRequirement } from './quota-scopes';
import { scopesMatchClaim, scopesMatchPod } from './quota-scopes';
import { claimUsage, objectUsage, podUsage } from './quota-usage';
import { UNIT } from '../../model/kubernetes-quantity';

/** One kind of pod, and how many of it there are at the peak. */
export interface PodLine {
  readonly template: PodTemplate;
  readonly pod: BoundedPod;
  readonly pods: number;
  /** E.g. `10 replicas + 1 surge`. */
  readonly count: string;
}

/** Several things of a namespace that count alike. */
export interface UsageLine {
  /** E.g. `Deployment/tars-backend: 10 replicas + 1 surge`. */
  readonly label: string;
  /** What all of them count together. */
  readonly usage: ResourceList;
  /** Whether a quota with these conditions counts them. */
  readonly matches: (scopes: readonly ScopeRequirement[]) => boolean;
}

/**
 * The pods of a namespace at the peak: every autoscaler at its maximum while a rolling update is
 * under way, every Job running, and of a CronJob one run, or two where it lets runs overlap.
 */
export function podLines(
  emitted: EmittedSet,
  namespace: string,
  minor: number,
  items: readonly LimitItem[] = limitItemsIn(emitted, namespace),
): readonly PodLine[] {
  return podTemplatesOf(emitted)
    .filter((template) => template.namespace === namespace)
    .map((template) => ({ template, pod: boundedPod(template, items, minor), ...atThePeak(template) }));
}

/** How many pods of a template there are at the peak, and why. */
export function atThePeak(template: PodTemplate): { pods: number; count: string } {
  const spec = objectOf(template.owner.object['spec']);
  const most = template.replicasAtMost ?? 1;
  switch (template.kind) {
    case 'DaemonSet':
      return { pods: 1, count: 'on each node, counted for one' };
    case 'Job':
      return spec['suspend'] === true ? { pods: 0, count: 'suspended' } : { pods: most, count: counted(most, 'pod') };
    case 'CronJob': {
      if (spec['suspend'] === true) return { pods: 0, count: 'suspended' };
      const overlap = (spec['concurrencyPolicy'] ?? 'Allow') === 'Allow';
      return overlap
        ? { pods: 2 * most, count: `2 runs that overlap × ${most}` }
        : { pods: most, count: `${counted(most, 'pod')} of a run` };
    }
    case 'Pod':
      return { pods: 1, count: '1 pod' };
    default:
      return {
        pods: most + template.surge,
        count: counted(most, 'replica') + (template.surge > 0 ? ` + ${template.surge} surge` : ''),
      };
  }
}

function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

/** Everything of a namespace that a quota may count, at the peak. */
export function usageLines(emitted: EmittedSet, namespace: string, lines: readonly PodLine[]): readonly UsageLine[] {
  const objects = emitted.manifests.filter(({ object }) => isObject(object) && namespaceOf(object) === namespace);
  return [
    ...lines.map(({ template, pod, pods, count }): UsageLine => ({
      label: `${objectName(template.owner.object)}: ${count}`,
      usage: timesList(podUsage(pod.charged), pods),
      matches: (scopes) => scopesMatchPod(scopes, template, pod),
    })),
    ...lines.flatMap(claimLines),
    ...objects.map((emittedObject): UsageLine => ({
      label: objectName(emittedObject.object),
      usage: objectUsage(emittedObject),
      matches: (scopes) =>
        emittedObject.object['kind'] === 'PersistentVolumeClaim'
          ? scopesMatchClaim(scopes, objectOf(emittedObject.object['spec']))
          : scopes.length === 0,
    })),
    ...lines.flatMap(historyLines),
    { label: "the cluster's own", usage: OF_THE_CLUSTER, matches: (scopes) => scopes.length === 0 },
  ];
}

/** What the cluster itself puts into every namespace: kube-root-ca.crt, and the account "default". */
const OF_THE_CLUSTER: ResourceList = new Map([
  ['configmaps', UNIT],
  ['count/configmaps', UNIT],
  ['count/serviceaccounts', UNIT],
]);

/** Claims that pods bring along: of a StatefulSet one for each replica, of a generic ephemeral volume one for each pod. */
function claimLines({ template, pods }: PodLine): readonly UsageLine[] {
  const owner = template.owner.object;
  const line = (name: string, value: Json | undefined, times: number): UsageLine => {
    const spec = objectOf(value);
    return {
      label: `${objectName(owner)}: ${counted(times, 'claim')} ${name}`,
      usage: timesList(claimUsage(spec), times),
      matches: (scopes) => scopesMatchClaim(scopes, spec),
    };
  };
  const templates = template.kind === 'StatefulSet' ? listOf(valueAt(owner, ['spec', 'volumeClaimTemplates'])) : [];
  return [
    ...templates.map((claim) =>
      line(textOf(valueAt(claim, ['metadata', 'name'])) ?? '', valueAt(claim, ['spec']), template.replicasAtMost ?? 0),
    ),
    ...listOf(template.spec['volumes']).flatMap((volume) => {
      const claim = valueAt(volume, ['ephemeral', 'volumeClaimTemplate', 'spec']);
      return claim === undefined ? [] : [line(textOf(valueAt(volume, ['name'])) ?? '', claim, pods)];
    }),
  ];
}

/**
 * Objects that controllers make: a Deployment's old ReplicaSets, kept until an update is done, and
 * the Jobs of a CronJob.
 */
function historyLines({ template, pods }: PodLine): readonly UsageLine[] {
  const spec = objectOf(template.owner.object['spec']);
  const name = objectName(template.owner.object);
  const line = (key: string, count: number, what: string): UsageLine => ({
    label: `${name}: ${count} ${what}`,
    usage: new Map([[key, BigInt(count) * UNIT]]),
    matches: (scopes) => scopes.length === 0,
  });
  if (template.kind === 'Deployment') {
    const kept = numberOf(spec['revisionHistoryLimit']) ?? 10;
    return [line('count/replicasets.apps', kept + 2, `ReplicaSets, ${kept} of them history`)];
  }
  if (template.kind === 'CronJob' && pods > 0) {
    const kept = (numberOf(spec['successfulJobsHistoryLimit']) ?? 3) + (numberOf(spec['failedJobsHistoryLimit']) ?? 1);
    return [line('count/jobs.batch', kept + 1, `Jobs, ${kept} of them history`)];
  }
  return [];
}

/** Sum of one key over lines, and the arithmetic behind it. */
export function sumOf(lines: readonly UsageLine[], key: string): { readonly sum: bigint; readonly text: string } {
  const counting = lines.flatMap(({ label, usage }) => {
    const amount = usage.get(key) ?? 0n;
    return amount === 0n ? [] : [{ label, amount }];
  });
  return {
    sum: addLists(...lines.map(({ usage }) => usage)).get(key) ?? 0n,
    text: counting.map(({ label, amount }) => `${label} = ${formatAmount(key, amount)}`).join('; '),
  };
}
