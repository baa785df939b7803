import type { LabelSelector } from './objects';

/** A selector of an object, as the text that a query has. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

/**
 * One requirement of a field selector. What would end the value is marked.
 * @see https://pkg.go.dev/k8s.io/apimachinery/pkg/fields#EscapeValue
 */
export function fieldText(field: string, value: string): string {
  return `${field}=${value.replaceAll(/[\\,=]/g, '\\$&')}`;
}
