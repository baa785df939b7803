import type { Json } from '../emitted';
import type { Labels, Requirement } from '../label-requirement';
import { holds, readRequirements } from '../label-requirement';
import { isObject, textsOf } from '../read';

/** A label selector, read. */
export interface Selector {
  /** Labels that have to have exactly this value: `matchLabels`, and `In` with one value. */
  readonly pairs: readonly (readonly [key: string, value: string])[];
  readonly expressions: readonly Requirement[];
}

/** Selects everything. */
export const EVERYTHING: Selector = { pairs: [], expressions: [] };

/** Reads a LabelSelector; an empty one selects everything. */
export function readSelector(value: Json | undefined): Selector {
  if (!isObject(value)) return EVERYTHING;
  return {
    pairs: Object.entries(textsOf(value['matchLabels'])),
    expressions: readRequirements(value['matchExpressions']),
  };
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export function selects({ pairs, expressions }: Selector, labels: Labels): boolean {
  return (
    pairs.every(([key, value]) => has(labels, key) && labels[key] === value) &&
    expressions.every((e) => holds(e, labels))
  );
}

/**
 * Labels that the selector selects, no more of them than it needs; undefined when it contradicts
 * itself, so that there are none.
 */
export function exampleOf(selector: Selector): Labels | undefined {
  const labels: Record<string, string> = Object.fromEntries(selector.pairs);
  for (const { key, operator, values } of selector.expressions) {
    if (has(labels, key)) continue;
    if (operator === 'In') labels[key] = values[0] ?? '';
    if (operator === 'Exists') labels[key] = 'any';
  }
  return selects(selector, labels) ? labels : undefined;
}

/** Same text, same selector. */
export function describeSelector({ pairs, expressions }: Selector): string {
  const parts = [
    ...pairs.map(([key, value]) => `${key}=${value}`),
    ...expressions.map(({ key, operator, values }) =>
      operator === 'Exists'
        ? key
        : operator === 'DoesNotExist'
          ? `!${key}`
          : `${key} ${operator} (${values.join(', ')})`,
    ),
  ];
  return parts.sort().join(', ');
}

function has(labels: Labels, key: string): boolean {
  return Object.hasOwn(labels, key);
}
