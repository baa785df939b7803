import type { Json } from '../emitted';
import { isObject, listOf, textOf, textsOf } from '../read';

export type Labels = Readonly<Record<string, string>>;

/** A label selector, read. */
export interface Selector {
  /** Labels that have to have exactly this value: `matchLabels`, and `In` with one value. */
  readonly pairs: readonly (readonly [key: string, value: string])[];
  readonly expressions: readonly Expression[];
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Selects everything. */
export const EVERYTHING: Selector = { pairs: [], expressions: [] };

/** Reads a LabelSelector; an empty one selects everything. */
export function readSelector(value: Json | undefined): Selector {
  if (!isObject(value)) return EVERYTHING;
  return {
    pairs: Object.entries(textsOf(value['matchLabels'])),
    expressions: listOf(value['matchExpressions']).flatMap((one): Expression[] => {
      if (!isObject(one)) return [];
      const values = listOf(one['values']).flatMap((text) => textOf(text) ?? []);
      return [{ key: textOf(one['key']) ?? '', operator: textOf(one['operator']) ?? '', values }];
    }),
  };
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export function selects({ pairs, expressions }: Selector, labels: Labels): boolean {
  return (
    pairs.every(([key, value]) => has(labels, key) && labels[key] === value) &&
    expressions.every((e) => holds(e, labels))
  );
}

function holds({ key, operator, values }: Expression, labels: Labels): boolean {
  const value = has(labels, key) ? labels[key] : undefined;
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
      // No server takes it.
      return false;
  }
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
