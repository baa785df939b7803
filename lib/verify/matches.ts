import type { Json } from './emitted';
import { isObject, listOf, textOf, textsOf } from './read';

type Labels = Readonly<Record<string, string>>;

/** True when a LabelSelector finds an object with these labels; an empty one finds all. */
export function selectorMatches(selector: Json | undefined, labels: Labels): boolean {
  if (!isObject(selector)) return true;
  const expressions = listOf(selector['matchExpressions']);
  return labelsInclude(labels, textsOf(selector['matchLabels'])) && expressions.every((one) => holds(one, labels));
}

/** True when every wanted label is there. */
export function labelsInclude(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

function holds(expression: Json, labels: Labels): boolean {
  if (!isObject(expression)) return false;
  const key = textOf(expression['key']) ?? '';
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const isListed = value !== undefined && listOf(expression['values']).includes(value);
  switch (expression['operator']) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
