import type { Issue } from '../../model/issues';
import type { EmittedObject, EmittedSet } from '../emitted';
import { fieldPath, objectName } from '../object-path';
import { groupOf, namespaceOf, objectOf, valueAt } from '../read';
import type { PodLine, UsageLine } from './peak';
import { podLines, sumOf, usageLines } from './peak';
import { scopesMatchPod, scopesOf } from './quota-scopes';
import { ANSWERED } from './quota-usage';
import { formatAmount, readResourceList } from './resource-list';

/** Everything that a ResourceQuota would refuse at the peak, with the arithmetic. */
export function quotaIssues(emitted: EmittedSet, minor: number): readonly Issue[] {
  const quotas = emitted.manifests.filter(({ object }) => object['kind'] === 'ResourceQuota' && groupOf(object) === '');
  return [...new Set(quotas.map(({ object }) => namespaceOf(object)))].flatMap((namespace) => {
    const pods = podLines(emitted, namespace, minor);
    const lines = usageLines(emitted, namespace, pods);
    return quotas
      .filter(({ object }) => namespaceOf(object) === namespace)
      .flatMap((quota) => [...unanswered(quota, pods), ...exceeded(quota, lines)]);
  });
}

function exceeded({ object }: EmittedObject, lines: readonly UsageLine[]): readonly Issue[] {
  const scopes = scopesOf(objectOf(object['spec']));
  const counted = lines.filter(({ matches }) => matches(scopes));
  return [...readResourceList(valueAt(object, ['spec', 'hard']))].flatMap(([key, hard]): Issue[] => {
    const { sum, text } = sumOf(counted, key);
    if (sum <= hard) return [];
    return [
      {
        code: 'TARS6201',
        severity: 'error',
        path: fieldPath(object, ['spec', 'hard', key]),
        message: `at the peak ${formatAmount(key, sum)} of ${key} are needed: ${text}`,
        given: formatAmount(key, hard),
        allowed: `at least ${formatAmount(key, sum)}`,
        remedy: 'raise the quota, or lower replicas, the maximum of the autoscaler, the surge or the resources',
      },
    ];
  });
}

/** Containers that do not say what a quota counts: no pod with one of them is ever made. */
function unanswered({ object }: EmittedObject, lines: readonly PodLine[]): readonly Issue[] {
  const scopes = scopesOf(objectOf(object['spec']));
  const asked = [...readResourceList(valueAt(object, ['spec', 'hard'])).keys()].flatMap((key) => ANSWERED[key] ?? []);
  const fields = [...new Map(asked.map((one) => [`${one.list}.${one.resource}`, one])).values()];
  return lines
    .filter(({ template, pod }) => !pod.saysOwnResources && scopesMatchPod(scopes, template, pod))
    .flatMap(({ template, pod }) =>
      pod.containers.flatMap((container): Issue[] => {
        const missing = fields.filter(({ list, resource }) => !container[list].has(resource));
        if (missing.length === 0) return [];
        const names = missing.map(({ list, resource }) => `${list}.${resource}`);
        return [
          {
            code: 'TARS6202',
            severity: 'error',
            path: fieldPath(template.owner.object, [...container.path, 'resources']),
            message: `${objectName(object)} refuses every pod with this container: it must specify ${names.join(', ')}`,
            given: 'nothing, and no LimitRange of the namespace with a default',
            allowed: `${names.join(' and ')} of each container`,
            remedy: 'say what the container needs under resources',
          },
        ];
      }),
    );
}
