import type { Json } from '../emitted';
import { isObject, listOf, objectOf, textOf, textsOf } from '../read';

export type Labels = Readonly<Record<string, string>>;

/** One condition on a label or a field. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** All have to hold; undefined selects nothing. */
export type Selector = readonly Requirement[] | undefined;

/** Reads `matchExpressions` or `matchFields`. */
export function readRequirements(value: Json | undefined): readonly Requirement[] {
  return listOf(value)
    .map(objectOf)
    .map((one) => ({
      key: textOf(one['key']) ?? '',
      operator: textOf(one['operator']) ?? '',
      values: listOf(one['values']).flatMap((v) => textOf(v) ?? []),
    }));
}

/** Requirements of labels that have to be just so. */
export function equal(labels: Labels): readonly Requirement[] {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

/** Reads a LabelSelector: one that is not there selects nothing, an empty one everything. */
export function readSelector(value: Json | undefined): Selector {
  if (!isObject(value)) return undefined;
  return [...equal(textsOf(value['matchLabels'])), ...readRequirements(value['matchExpressions'])];
}

/** True if the selector selects the labels. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector?.every((requirement) => holds(requirement, labels)) ?? false;
}

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators */
export function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [given, bound] = [value ?? '', values[0] ?? ''];
      if (![given, bound].every((number) => /^[+-]?\d+$/.test(number))) return false;
      return operator === 'Gt' ? Number(given) > Number(bound) : Number(given) < Number(bound);
    }
    default:
      return false;
  }
}
