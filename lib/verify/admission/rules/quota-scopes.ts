import type { Json } from '../../emitted';
import { listOf, objectOf, textOf, valueAt } from '../../read';
import type { Check, Visit } from '../check';
import { guardRails } from './guard-rails';

/** What a quota counts of the pods of a scope. */
const OF_PODS: ReadonlySet<string> = new Set([
  ...['pods', 'cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'],
]);
/** What is never refused: objects of any kind, and resources that others add. */
const OF_OTHERS = /\//;
const CONFLICTS = [
  ['Terminating', 'NotTerminating'],
  ['BestEffort', 'NotBestEffort'],
] as const;

/**
 * A quota with scopes counts only what can be in them.
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
 */
export const quotaScopes: Check = {
  code: guardRails.code,
  severity: guardRails.severity,
  refusedBy: guardRails.refusedBy,
  title: guardRails.title,
  why: guardRails.why,
  remedy: guardRails.remedy,
  on: {
    'core/v1.ResourceQuotaSpec': (visit) => {
      const selected = listOf(valueAt(visit.value, ['scopeSelector', 'matchExpressions']));
      checkScopes(visit, ['scopes'], listOf(visit.value['scopes']));
      checkScopes(
        visit,
        ['scopeSelector', 'matchExpressions'],
        selected.map((one) => objectOf(one)['scopeName'] ?? null),
      );
    },
    'core/v1.ScopedResourceSelectorRequirement': ({ value, say }) => {
      const [operator, values] = [textOf(value['operator']) ?? '', listOf(value['values'])];
      const scope = textOf(value['scopeName']) ?? '';
      if (!/Class$/.test(scope) && operator !== 'Exists') say(['operator'], `a pod is ${scope} or is not`, 'Exists');
      if (/In$/.test(operator) && values.length === 0)
        say(['values'], `${operator} compares with values`, 'one value at least');
      if (/Exist/.test(operator) && values.length > 0) say(['values'], `${operator} takes no values`, 'no values');
    },
  },
};

function checkScopes({ value, say }: Visit, keys: readonly string[], scopes: readonly Json[]): void {
  for (const pair of CONFLICTS) {
    if (pair.every((scope) => scopes.includes(scope)))
      say(keys, `nothing is ${pair.join(' and ')} at once`, 'one of the two');
  }
  for (const resource of Object.keys(objectOf(value['hard']))) {
    const scope = scopes.map((one) => textOf(one) ?? '').find((one) => !isCountedIn(one, resource));
    if (scope !== undefined)
      say(keys, `a quota of the scope ${scope} does not count ${resource}`, 'a quota of its own for it');
  }
}

function isCountedIn(scope: string, resource: string): boolean {
  if (OF_OTHERS.test(resource)) return true;
  switch (scope) {
    case 'BestEffort':
      return resource === 'pods';
    case 'VolumeAttributesClass':
      return resource === 'persistentvolumeclaims' || resource === 'requests.storage';
    default:
      return OF_PODS.has(resource);
  }
}
