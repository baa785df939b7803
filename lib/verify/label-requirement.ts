import type { Json } from './emitted';
import { isObject, listOf, textOf } from './read';

export type Labels = Readonly<Record<string, string>>;

/** One condition on a label, of the kind that `matchExpressions` has. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Reads `matchExpressions` or `matchFields`. */
export function readRequirements(value: Json | undefined): readonly Requirement[] {
  return listOf(value)
    .filter(isObject)
    .map((one) => ({
      key: textOf(one['key']) ?? '',
      operator: textOf(one['operator']) ?? '',
      values: listOf(one['values']).flatMap((v) => textOf(v) ?? []),
    }));
}

/**
 * Whether labels meet a requirement of a label selector; none meet one whose operator no server takes.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labelOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/**
 * The same for a node, whose selectors compare numbers as well.
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators
 */
export function holdsOnNode(requirement: Requirement, labels: Labels): boolean {
  const { key, operator, values } = requirement;
  if (operator !== 'Gt' && operator !== 'Lt') return holds(requirement, labels);
  const [given, bound] = [labelOf(labels, key) ?? '', values[0] ?? ''];
  if (![given, bound].every((number) => /^[+-]?\d+$/.test(number))) return false;
  return operator === 'Gt' ? Number(given) > Number(bound) : Number(given) < Number(bound);
}

/** A label by its key, which may be called like a method of every object. */
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
