import { show } from '../../../model/issues';
import { hasFeature } from '../../../model/versions';
import type { JsonObject } from '../../emitted';
import { fieldPath } from '../../object-path';
import type { PodTemplate } from '../../pods';
import { isObject, listOf, namespaceOf, numberOf, objectOf, textOf, valueAt } from '../../read';
import type { TemplateIndex } from '../../template-index';
import type { Finding, SecurityCheck, SecuritySubject } from '../check';
import { isBoundToOneNode } from './pod-rules';

/** A CronJob that missed its time has to know when to give up. */
export const startingDeadline: SecurityCheck = {
  code: 'TARS6512',
  severity: 'warning',
  title: 'a CronJob without startingDeadlineSeconds',
  why: 'After a hundred missed times the controller stops to start it at all.',
  remedy: 'set startingDeadlineSeconds to less than a hundred times its interval',
  alsoIn: ['kube-score cronjob-has-deadline'],
  find: (subject) =>
    subject
      .ofKind('CronJob')
      .flatMap((object) =>
        valueAt(object, ['spec', 'startingDeadlineSeconds']) === undefined
          ? [at(object, ['spec', 'startingDeadlineSeconds'], 'a missed run is never given up', 'seconds, e.g. 300')]
          : [],
      ),
};

/** A CronJob clears away by its history limits. */
export const noTtlInCronJobs: SecurityCheck = {
  code: 'TARS6513',
  severity: 'warning',
  title: 'a CronJob whose Jobs vanish by themselves',
  why: 'ttlSecondsAfterFinished takes the last failed Job away before anybody has looked at it, against the history limits.',
  remedy: 'remove ttlSecondsAfterFinished, and set failedJobsHistoryLimit and successfulJobsHistoryLimit',
  alsoIn: ['kube-linter job-ttl-seconds-after-finished'],
  find: (subject) =>
    subject.ofKind('CronJob').flatMap((object) => {
      const keys = ['spec', 'jobTemplate', 'spec', 'ttlSecondsAfterFinished'];
      return valueAt(object, keys) === undefined ? [] : [at(object, keys, 'the Jobs vanish by themselves', 'none')];
    }),
};

/** Where there is more than one replica, a drain takes one at a time, and can go on. */
export const budgets: SecurityCheck = {
  code: 'TARS6514',
  severity: 'warning',
  title: 'a PodDisruptionBudget that is missing, or stands in the way',
  why: 'Without a budget a drain takes all replicas of a node at once. With one that lets none go, or that counts pods that are broken anyway, no drain ever ends.',
  remedy: 'one budget a workload with more than one replica: maxUnavailable 1, unhealthyPodEvictionPolicy AlwaysAllow',
  alsoIn: [
    'kube-linter pdb-max-unavailable, pdb-min-available, pdb-unhealthy-pod-eviction-policy',
    'kube-score deployment-has-poddisruptionbudget',
    'polaris missingPodDisruptionBudget',
  ],
  find: (subject) => [
    ...subject.ofKind('PodDisruptionBudget').flatMap((budget) => blocking(budget, subject)),
    ...unprotected(subject),
  ],
};

function blocking(budget: JsonObject, { pods, minor }: SecuritySubject): Finding[] {
  const spec = objectOf(budget['spec']);
  const covered = covering(budget, pods);
  const least = Math.min(...covered.map(({ replicas }) => replicas ?? Infinity));
  const [min, max] = [spec['minAvailable'], spec['maxUnavailable']];
  const found: Finding[] = [];
  if (max === 0 || max === '0%') found.push(at(budget, ['spec', 'maxUnavailable'], 'no pod may ever go', '1'));
  if (min === '100%' || (numberOf(min) !== undefined && Number(min) >= least)) {
    found.push(at(budget, ['spec', 'minAvailable'], 'all pods have to stay', 'maxUnavailable: 1'));
  }
  for (const template of covered.filter(isBoundToOneNode)) {
    found.push(
      at(
        budget,
        ['spec', 'selector'],
        `all pods of ${template.kind} ${template.name} are on one node, which could not be drained`,
        'no budget',
      ),
    );
  }
  if (hasFeature(minor, 'unhealthyPodEvictionPolicy') && spec['unhealthyPodEvictionPolicy'] !== 'AlwaysAllow') {
    found.push(
      at(
        budget,
        ['spec', 'unhealthyPodEvictionPolicy'],
        'a pod that is broken anyway keeps its node from being drained',
        'AlwaysAllow',
      ),
    );
  }
  return found;
}

function unprotected(subject: SecuritySubject): Finding[] {
  const covered = new Set(subject.ofKind('PodDisruptionBudget').flatMap((budget) => covering(budget, subject.pods)));
  return subject.templates.flatMap((template): Finding[] => {
    if (!['Deployment', 'StatefulSet'].includes(template.kind) || (template.replicasAtMost ?? 1) < 2) return [];
    if (isBoundToOneNode(template) || covered.has(template)) return [];
    return [
      at(template.owner.object, ['spec'], 'no PodDisruptionBudget covers the pods', 'a budget with maxUnavailable 1'),
    ];
  });
}

function covering(budget: JsonObject, pods: TemplateIndex): readonly PodTemplate[] {
  return pods.selected(namespaceOf(budget), valueAt(budget, ['spec', 'selector']));
}

/** Nobody may do everything. */
export const noWildcards: SecurityCheck = {
  code: 'TARS6515',
  severity: 'error',
  title: 'a right to everything',
  why: 'A star in a role covers what is added later as well: resources, verbs, API groups that nobody thought of.',
  remedy: 'name the verbs, resources and API groups that are needed',
  alsoIn: [
    'kube-linter wildcard-in-rules, cluster-admin-role-binding, access-to-secrets',
    'trivy KSV-0044 to KSV-0046',
    'polaris clusterrolePodExecAttach …',
  ],
  find: (subject) => [
    ...['Role', 'ClusterRole']
      .flatMap((kind) => subject.ofKind(kind))
      .flatMap((role) =>
        listOf(role['rules']).flatMap((rule, index) =>
          ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'].flatMap((field) =>
            listOf(objectOf(rule)[field]).flatMap((one, n): Finding[] =>
              textOf(one)?.includes('*') === true
                ? [at(role, ['rules', index, field, n], 'a star stands for everything', 'names')]
                : [],
            ),
          ),
        ),
      ),
    ...['RoleBinding', 'ClusterRoleBinding']
      .flatMap((kind) => subject.ofKind(kind))
      .flatMap((binding): Finding[] =>
        valueAt(binding, ['roleRef', 'name']) === 'cluster-admin'
          ? [at(binding, ['roleRef', 'name'], 'cluster-admin may do everything', 'a role of its own')]
          : [],
      ),
  ],
};

/** What a container does not say, the namespace says. */
export const limitRangeComplete: SecurityCheck = {
  code: 'TARS6516',
  severity: 'warning',
  title: 'a LimitRange that leaves something open',
  why: 'A container that says nothing gets no bounds, or one without a maximum takes all that the quota has.',
  remedy: 'state max, min, default and defaultRequest of cpu and memory for containers',
  alsoIn: ['trivy KSV-0039'],
  find: (subject) =>
    subject.ofKind('LimitRange').flatMap((object) =>
      listOf(valueAt(object, ['spec', 'limits'])).flatMap((item, index) => {
        if (!isObject(item) || item['type'] !== 'Container') return [];
        return ['max', 'min', 'default', 'defaultRequest'].flatMap((field) =>
          ['cpu', 'memory'].flatMap((name): Finding[] => {
            const keys = ['spec', 'limits', index, field, name];
            return valueAt(object, keys) === undefined
              ? [at(object, keys, `containers have no ${field} of ${name}`, 'a quantity')]
              : [];
          }),
        );
      }),
    ),
};

/** The namespace itself enforces what the pods keep. */
export const namespaceEnforces: SecurityCheck = {
  code: 'TARS6517',
  severity: 'warning',
  title: 'a namespace that does not enforce Pod Security',
  why: 'What the manifests keep today, a kubectl run tomorrow does not: only the label makes the server refuse it.',
  remedy: 'label the namespace pod-security.kubernetes.io/enforce: restricted',
  alsoIn: ['trivy KSV-0037'],
  find: (subject) =>
    subject.ofKind('Namespace').flatMap((object): Finding[] => {
      const keys = ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'];
      return valueAt(object, keys) === 'restricted'
        ? []
        : [at(object, keys, 'the server would take any pod', 'restricted')];
    }),
};

function at(object: JsonObject, keys: readonly (string | number)[], message: string, allowed: string): Finding {
  const given = valueAt(object, keys);
  return {
    ...{ path: fieldPath(object, keys), message, allowed },
    given: given === undefined ? undefined : show(given),
  };
}
