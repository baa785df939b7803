import type { Json } from '../emitted';
import type { Keys } from '../read';
import { isList, isObject } from '../read';
import type { ResourceSchema } from './api';
import { missingField, unknownField, unknownValue, wrongType } from './fields';
import { outOfRange } from './ranges';
import type { Walker } from './walk';

type Report = Walker['report'];

/**
 * Compares a custom resource with its definition, as the server does for structural schemas. Rules
 * in CEL are not evaluated.
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function checkCustom(report: Report, schema: ResourceSchema, value: Json, keys: Keys): void {
  if (value === null && schema.nullable === true) return;
  if (!hasType(schema, value)) {
    report(wrongType, keys, 'the value has the wrong type', typeName(schema));
    return;
  }
  checkLimits(report, schema, value, keys);
  checkCombined(report, schema, value, keys);
  if (isList(value)) {
    const { items } = schema;
    if (items !== undefined)
      value.forEach((item, index) => {
        checkCustom(report, items, item, [...keys, index]);
      });
  }
  if (!isObject(value)) return;
  const { properties = {}, additionalProperties, required = [] } = schema;
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const below = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (below !== undefined) checkCustom(report, below, item, [...keys, name]);
    else if (typeof additionalProperties === 'object') checkCustom(report, additionalProperties, item, [...keys, name]);
    else if (!isOpen(schema))
      report(unknownField, [...keys, name], 'the definition of this resource has no such field');
  }
  for (const name of required) {
    if (value[name] === undefined) report(missingField, [...keys, name], 'the definition of this resource requires it');
  }
}

function isOpen(schema: ResourceSchema): boolean {
  return (
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema.additionalProperties === true ||
    // Only structure counts: a map of which nothing is said is one of metadata.
    (schema.type === 'object' && schema.properties === undefined && schema.additionalProperties === undefined)
  );
}

function hasType(schema: ResourceSchema, value: Json): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' || Number.isInteger(value);
  switch (schema.type) {
    case 'object':
      return isObject(value);
    case 'array':
      return isList(value);
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    default:
      return true;
  }
}

function typeName(schema: ResourceSchema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'a whole number or a text';
  const names: Readonly<Record<string, string>> = { object: 'a map', array: 'a list', string: 'a text' };
  return names[schema.type ?? ''] ?? schema.type ?? 'anything';
}

function checkLimits(report: Report, schema: ResourceSchema, value: Json, keys: Keys): void {
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    report(unknownValue, keys, 'the field may not have this value', schema.enum.map(String).join(', '));
  }
  if (typeof value === 'string') {
    if (schema.pattern !== undefined && !matchesPattern(schema.pattern, value)) {
      report(outOfRange, keys, 'the text does not match the pattern of its definition', schema.pattern);
    }
    checkSize(report, keys, Array.from(value).length, schema.minLength, schema.maxLength, 'characters');
  } else if (typeof value === 'number') {
    checkSize(report, keys, value, schema.minimum, schema.maximum, '');
  } else if (isList(value)) {
    checkSize(report, keys, value.length, schema.minItems, schema.maxItems, 'items');
    checkUnique(report, schema, value, keys);
  } else if (isObject(value)) {
    checkSize(report, keys, Object.keys(value).length, schema.minProperties, schema.maxProperties, 'fields');
  }
}

/** Patterns are written for Go, whose `(?i)` JavaScript says in another way; one that it cannot read holds. */
function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern.replace('(?i)', '');
  try {
    return new RegExp(source, source === pattern ? 'u' : 'iu').test(text);
  } catch {
    return true;
  }
}

function checkSize(report: Report, keys: Keys, size: number, min = -Infinity, max = Infinity, unit: string): void {
  if (size >= min && size <= max) return;
  const range = max === Infinity ? `${min} at least` : min === -Infinity ? `${max} at most` : `${min} to ${max}`;
  report(outOfRange, keys, 'the value is out of the range of its definition', `${range} ${unit}`.trim());
}

function checkUnique(report: Report, schema: ResourceSchema, value: readonly Json[], keys: Keys): void {
  const names = schema['x-kubernetes-list-map-keys'];
  if (names === undefined) return;
  const seen = new Set<string>();
  value.forEach((item, index) => {
    const key = JSON.stringify(names.map((name) => (isObject(item) ? (item[name] ?? null) : null)));
    if (seen.has(key)) report(outOfRange, [...keys, index], `two items have one ${names.join(' and ')}`);
    seen.add(key);
  });
}

function checkCombined(report: Report, schema: ResourceSchema, value: Json, keys: Keys): void {
  const matches = (one: ResourceSchema): boolean => {
    let holds = true;
    // Parts of a combination speak of values only; what they do not name is not unknown.
    checkCustom(
      (text) => {
        if (text !== unknownField) holds = false;
      },
      { ...one },
      value,
      keys,
    );
    return holds;
  };
  const { allOf, anyOf, oneOf, not } = schema;
  const holds =
    (allOf?.every(matches) ?? true) &&
    (anyOf?.some(matches) ?? true) &&
    (oneOf === undefined || oneOf.filter(matches).length === 1) &&
    (not === undefined || !matches(not));
  if (!holds) report(outOfRange, keys, 'the value contradicts the definition of this resource');
}
