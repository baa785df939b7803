import type { JsonObject } from '../emitted';
import type { PodTemplate } from '../pods';
import { isObject, listOf, numberOf, objectOf, textOf, valueAt } from '../read';
import type { BoundedPod } from './pod-resources';

/** One condition of a quota on what it counts. */
export interface ScopeRequirement {
  readonly scope: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** The conditions of a quota, both ways to say them. */
export function scopesOf(spec: JsonObject): readonly ScopeRequirement[] {
  const plain = listOf(spec['scopes']).flatMap((scope) => {
    const name = textOf(scope);
    return name === undefined ? [] : [{ scope: name, operator: 'Exists', values: [] }];
  });
  const selected = listOf(valueAt(spec, ['scopeSelector', 'matchExpressions'])).map((value) => {
    const expression = objectOf(value);
    return {
      scope: textOf(expression['scopeName']) ?? '',
      operator: textOf(expression['operator']) ?? '',
      values: listOf(expression['values']).flatMap((v) => textOf(v) ?? []),
    };
  });
  return [...plain, ...selected];
}

/**
 * True if a quota with these conditions counts the pod.
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
 */
export function scopesMatchPod(
  scopes: readonly ScopeRequirement[],
  template: Pick<PodTemplate, 'spec'>,
  pod: BoundedPod,
): boolean {
  return scopes.every((scope) => scopeMatchesPod(scope, template.spec, pod));
}

function scopeMatchesPod({ scope, operator, values }: ScopeRequirement, spec: JsonObject, pod: BoundedPod): boolean {
  const isTerminating = (numberOf(spec['activeDeadlineSeconds']) ?? -1) >= 0;
  const isBestEffort = !saysComputeResources(pod);
  switch (scope) {
    case 'Terminating':
      return isTerminating;
    case 'NotTerminating':
      return !isTerminating;
    case 'BestEffort':
      return isBestEffort;
    case 'NotBestEffort':
      return !isBestEffort;
    case 'PriorityClass':
      return matches(textOf(spec['priorityClassName']), operator, values);
    case 'CrossNamespacePodAffinity':
      return affinityTerms(spec).some(
        (term) => listOf(term['namespaces']).length > 0 || isObject(term['namespaceSelector']),
      );
    default:
      return false;
  }
}

/** True if a quota with these conditions counts a claim of this spec. */
export function scopesMatchClaim(scopes: readonly ScopeRequirement[], spec: JsonObject): boolean {
  return scopes.every(
    ({ scope, operator, values }) =>
      scope === 'VolumeAttributesClass' && matches(textOf(spec['volumeAttributesClassName']), operator, values),
  );
}

function matches(value: string | undefined, operator: string, values: readonly string[]): boolean {
  const given = value === '' ? undefined : value;
  switch (operator) {
    case 'Exists':
      return given !== undefined;
    case 'DoesNotExist':
      return given === undefined;
    case 'In':
      return given !== undefined && values.includes(given);
    case 'NotIn':
      return given === undefined || !values.includes(given);
    default:
      return false;
  }
}

/** A pod is "best effort" when nothing in it asks for, or is held to, any CPU or memory. */
function saysComputeResources(pod: BoundedPod): boolean {
  const some = ({ requests, limits }: BoundedPod['bare']): boolean =>
    [requests, limits].some((list) => ['cpu', 'memory'].some((name) => (list.get(name) ?? 0n) > 0n));
  return pod.saysOwnResources ? some(pod.bare) : pod.containers.some(some);
}

/** All terms about other pods. */
function affinityTerms(spec: JsonObject): readonly JsonObject[] {
  return ['podAffinity', 'podAntiAffinity'].flatMap((kind) => {
    const rules = objectOf(valueAt(spec, ['affinity', kind]));
    return [
      ...listOf(rules['requiredDuringSchedulingIgnoredDuringExecution']).map(objectOf),
      ...listOf(rules['preferredDuringSchedulingIgnoredDuringExecution']).map((weighted) =>
        objectOf(objectOf(weighted)['podAffinityTerm']),
      ),
    ];
  });
}
