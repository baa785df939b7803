import type { Json } from '../../emitted';
import { isObject, listOf, numberOf, objectOf, textOf, textsOf, valueAt } from '../../read';
import type { Check, Visit } from '../check';
import { labelsInclude, selectorMatches } from '../../matches';
import { isIntOrPercent } from '../syntax';

/** The selector of a workload has to find the pods of its own template. */
export const selectors: Check = {
  code: 'TARS6110',
  severity: 'error',
  refusedBy: 'server',
  title: 'a workload that does not select its own pods',
  why: 'The server refuses a workload whose selector does not match the labels of its template, and one with an empty selector.',
  remedy: 'give template.metadata.labels every label that the selector asks for',
  on: {
    'apps/v1.DeploymentSpec': checkSelector,
    'apps/v1.ReplicaSetSpec': checkSelector,
    'apps/v1.StatefulSetSpec': checkSelector,
    'apps/v1.DaemonSetSpec': checkSelector,
    'core/v1.ReplicationControllerSpec': ({ value, say }) => {
      const [selector, template] = [textsOf(value['selector']), value['template']];
      const labels = textsOf(valueAt(template, ['metadata', 'labels']));
      if (isObject(template) && !labelsInclude(labels, selector))
        say(['selector'], 'the selector does not match the labels of the template', JSON.stringify(labels));
    },
  },
};

function checkSelector({ value, say }: Visit): void {
  const [selector, template] = [value['selector'], value['template']];
  if (!isObject(selector)) return;
  // To Go an unset text is an empty one.
  const pairs = Object.entries(objectOf(selector['matchLabels'])).map(([key, text]): [string, string] => [
    key,
    textOf(text) ?? '',
  ]);
  const read = { ...selector, matchLabels: Object.fromEntries(pairs) };
  const size = Object.keys(objectOf(selector['matchLabels'])).length + listOf(selector['matchExpressions']).length;
  const labels = textsOf(valueAt(template, ['metadata', 'labels']));
  if (size === 0) say(['selector'], 'the selector is empty', 'one label at least');
  else if (!selectorMatches(read, labels)) {
    say(['selector'], 'the selector does not match the labels of the template', JSON.stringify(labels));
  }
}

/** How pods start again is decided by what owns them. */
export const restartPolicies: Check = {
  code: 'TARS6111',
  severity: 'error',
  refusedBy: 'server',
  title: 'a restart policy that its workload cannot have',
  why: 'The server refuses it: pods of Deployments, StatefulSets and DaemonSets always start again, those of Jobs never or on failure.',
  remedy: 'leave restartPolicy out for what runs on, and write OnFailure or Never for a Job',
  on: {
    'apps/v1.DeploymentSpec': alwaysRestarts,
    'apps/v1.ReplicaSetSpec': alwaysRestarts,
    'apps/v1.StatefulSetSpec': alwaysRestarts,
    'apps/v1.DaemonSetSpec': alwaysRestarts,
    'core/v1.ReplicationControllerSpec': alwaysRestarts,
    'batch/v1.JobSpec': ({ value, say }) => {
      const pod = valueAt(value, ['template', 'spec']);
      if (!isObject(pod)) return;
      const policy = pod['restartPolicy'];
      if (policy !== 'Never' && policy !== 'OnFailure') {
        say(['template', 'spec', 'restartPolicy'], 'pods of a Job do not always start again', 'Never, OnFailure');
      } else if (value['podFailurePolicy'] !== undefined && policy !== 'Never') {
        say(['template', 'spec', 'restartPolicy'], 'a podFailurePolicy needs pods that never restart', 'Never');
      }
    },
  },
};

function alwaysRestarts({ value, say }: Visit): void {
  const pod = objectOf(valueAt(value, ['template', 'spec']));
  const policy = pod['restartPolicy'];
  if (policy !== undefined && policy !== null && policy !== '' && policy !== 'Always') {
    say(['template', 'spec', 'restartPolicy'], 'pods of this workload always start again', 'Always');
  }
  if (typeof pod['activeDeadlineSeconds'] === 'number') {
    say(['template', 'spec', 'activeDeadlineSeconds'], 'pods that run on have no deadline', 'none');
  }
}

/** How pods are replaced. */
export const rollouts: Check = {
  code: 'TARS6112',
  severity: 'error',
  refusedBy: 'server',
  title: 'a rollout that could not go on',
  why: 'The server refuses a strategy that contradicts itself, such as one that may neither remove a pod nor add one.',
  remedy: 'let maxSurge or maxUnavailable be more than 0, and give rollingUpdate to RollingUpdate only',
  on: {
    'apps/v1.DeploymentSpec': ({ value, say }) => {
      const strategy = objectOf(value['strategy']);
      checkStrategy(['strategy'], strategy['type'], strategy['rollingUpdate'], '25%', say);
      const deadline = numberOf(value['progressDeadlineSeconds']) ?? 600;
      const ready = numberOf(value['minReadySeconds']) ?? 0;
      if (deadline <= ready)
        say(
          ['progressDeadlineSeconds'],
          'the deadline ends before a pod counts as ready',
          `more than minReadySeconds (${ready})`,
        );
    },
    'apps/v1.DaemonSetSpec': ({ value, say }) => {
      const strategy = objectOf(value['updateStrategy']);
      const rolling = objectOf(strategy['rollingUpdate']);
      if (strategy['type'] === 'OnDelete' || strategy['rollingUpdate'] === undefined) return;
      const [surge, unavailable] = [rolling['maxSurge'] ?? 0, rolling['maxUnavailable'] ?? 1];
      checkShares(['updateStrategy', 'rollingUpdate'], rolling, say);
      if (isNone(surge) === isNone(unavailable)) {
        say(
          ['updateStrategy', 'rollingUpdate', 'maxUnavailable'],
          'one of maxSurge and maxUnavailable has to be 0, and the other not',
        );
      }
    },
    'apps/v1.StatefulSetSpec': ({ value, say }) => {
      const strategy = objectOf(value['updateStrategy']);
      const rolling = strategy['rollingUpdate'];
      if (strategy['type'] === 'OnDelete' && isObject(rolling)) {
        say(['updateStrategy', 'rollingUpdate'], 'OnDelete has no rolling update', 'type: RollingUpdate');
      }
      const partition = numberOf(objectOf(rolling)['partition']);
      if (partition !== undefined && partition < 0)
        say(['updateStrategy', 'rollingUpdate', 'partition'], 'negative', '0 or more');
      const unavailable = objectOf(rolling)['maxUnavailable'];
      if (unavailable !== undefined && unavailable !== null)
        checkShares(['updateStrategy', 'rollingUpdate'], objectOf(rolling), say);
      if (unavailable !== undefined && unavailable !== null && isNone(unavailable))
        say(['updateStrategy', 'rollingUpdate', 'maxUnavailable'], 'no pod could ever be replaced', '1 at least');
    },
  },
};

type Say = Visit['say'];

function checkStrategy(
  keys: readonly string[],
  type: Json | undefined,
  rolling: Json | undefined,
  otherwise: Json,
  say: Say,
): void {
  if (type === 'Recreate') {
    if (isObject(rolling)) say([...keys, 'rollingUpdate'], 'Recreate has no rolling update', 'type: RollingUpdate');
    return;
  }
  const given = objectOf(rolling);
  checkShares([...keys, 'rollingUpdate'], given, say);
  const [surge, unavailable] = [given['maxSurge'] ?? otherwise, given['maxUnavailable'] ?? otherwise];
  if (isNone(surge) && isNone(unavailable)) {
    say(
      [...keys, 'rollingUpdate', 'maxUnavailable'],
      'neither may a pod be removed nor one be added',
      'maxSurge or maxUnavailable above 0',
    );
  }
}

function checkShares(keys: readonly string[], given: Readonly<Record<string, Json | undefined>>, say: Say): void {
  for (const field of ['maxSurge', 'maxUnavailable']) {
    const value = given[field];
    if (value === undefined || value === null || (typeof value !== 'number' && typeof value !== 'string')) continue;
    if (!isIntOrPercent(value)) say([...keys, field], 'not a number of pods', '0 or more, or a percentage');
    else if (field === 'maxUnavailable' && Number(/^(\d+)%$/.exec(textOf(value) ?? '')?.[1] ?? 0) > 100) {
      say([...keys, field], 'more than all pods', '100% at most');
    }
  }
}

function isNone(value: Json): boolean {
  return value === 0 || (typeof value === 'string' && /^0+%$/.test(value));
}
