import type { Json, JsonObject } from './emitted';

/** A step into a document: a key of a map, or an index of a list. */
export type Key = string | number;

/** Keys from the root of an object to one of its fields. */
export type Keys = readonly Key[];

/** True for a map. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** True for a list; `Array.isArray` does not narrow readonly ones. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The map, or an empty one for anything else: what is broken is the admission proof's to say. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The list, or an empty one for anything else. */
export function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** The text, or undefined for anything else. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The number, or undefined for anything else. */
export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A text or a number as text; empty for anything else. */
export function scalarText(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A map of texts, as labels are; entries that are none are left out. */
export function textsOf(value: Json | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

/** What stands at the end of the keys, if they lead anywhere. */
export function valueAt(value: Json | undefined, keys: Keys): Json | undefined {
  let at = value;
  for (const key of keys) {
    if (typeof key === 'number') at = listOf(at)[key];
    else at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

/** `metadata.name` of an object, or an empty text. */
export function nameOf(object: JsonObject): string {
  return textOf(valueAt(object, ['metadata', 'name'])) ?? '';
}

/** `metadata.namespace` of an object; `default`, as kubectl takes it, where none is said. */
export function namespaceOf(object: JsonObject): string {
  return textOf(valueAt(object, ['metadata', 'namespace'])) ?? 'default';
}

/** The group of an object's apiVersion: empty for the core group. */
export function groupOf(object: JsonObject): string {
  const version = textOf(object['apiVersion']) ?? '';
  const slash = version.indexOf('/');
  return slash < 0 ? '' : version.slice(0, slash);
}
