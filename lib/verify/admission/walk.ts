import { closest } from '../../model/names';
import type { Json, JsonObject } from '../emitted';
import { parseQuantity } from '../quantity';
import type { Key, Keys } from '../read';
import { isList, isObject } from '../read';
import type { CheckText } from './check';
import { missingField, unknownField, unknownValue, unservedField, wrongType } from './fields';
import type { FieldInfo } from './types';
import { typeInfo } from './types';

/** Takes what the walk finds. */
export interface Walker {
  readonly minor: number;
  readonly report: (text: CheckText, keys: Keys, message: string, allowed?: string) => void;
  /** False inside of a status: the server decodes it, and drops it then. */
  readonly isKept: boolean;
  /** Called for each value of a named type, before its fields. */
  readonly visit: (type: string, value: JsonObject, place: Place) => void;
}

/** Where the walk is: a chain, since most places are never named. */
export interface Place {
  readonly above: Place | undefined;
  readonly key: Key;
}

/** Keys from the object to a place; none for the object itself. */
export function keysOf(place: Place | undefined): Keys {
  const keys: Key[] = [];
  for (let at = place; at !== undefined; at = at.above) keys.push(at.key);
  return keys.reverse();
}

/** What each letter of the tables means to a reader, and whether a value is one. Null counts as not given. */
const SCALARS: Readonly<Record<string, { readonly name: string; readonly is: (value: Json) => boolean }>> = {
  s: { name: 'a text', is: (value) => typeof value === 'string' },
  b: { name: 'true or false', is: (value) => typeof value === 'boolean' },
  d: { name: 'a number', is: (value) => typeof value === 'number' },
  i: { name: 'a whole number of 32 bits', is: isInt32 },
  l: { name: 'a whole number of 64 bits', is: (value) => Number.isInteger(value) },
  'i|s': { name: 'a whole number or a text', is: (value) => typeof value === 'string' || isInt32(value) },
  q: { name: 'a quantity, e.g. "500m" or "2Gi"', is: (value) => parseQuantity(value) !== undefined },
  t: { name: 'a time, e.g. "2006-01-02T15:04:05Z"', is: isTime },
  mt: { name: 'a time, e.g. "2006-01-02T15:04:05.000000Z"', is: isTime },
  y: { name: 'base64', is: (value) => isBase64(value) || isBytes(value) },
  j: { name: 'anything', is: () => true },
};

/** Compares a value with its type in the tables, and goes on below it. */
export function walk(walker: Walker, type: string, value: Json, place: Place | undefined): void {
  if (value === null) return;
  const scalar = SCALARS[type];
  const fail = (allowed: string): void => {
    walker.report(wrongType, keysOf(place), 'the value has the wrong type', allowed);
  };
  if (scalar !== undefined) {
    if (!scalar.is(value)) fail(scalar.name);
  } else if (type.startsWith('[]')) {
    if (isList(value)) walkItems(walker, type.slice(2), value, place);
    else fail('a list');
  } else if (type.startsWith('{}')) {
    if (isObject(value)) walkEntries(walker, type.slice(2), value, place);
    else fail('a map');
  } else if (isObject(value)) {
    walkFields(walker, type, value, place);
  } else {
    fail('a map');
  }
}

/** An item that is null is one of which nothing is said. */
function walkItems(walker: Walker, type: string, value: readonly Json[], place: Place | undefined): void {
  const isStruct = type.includes('.');
  value.forEach((item, key) => {
    walk(walker, type, item === null && isStruct ? {} : item, { above: place, key });
  });
}

function walkEntries(walker: Walker, type: string, value: JsonObject, place: Place | undefined): void {
  for (const key of Object.keys(value)) walk(walker, type, value[key] ?? null, { above: place, key });
}

function walkFields(walker: Walker, type: string, value: JsonObject, place: Place | undefined): void {
  const info = typeInfo(type, place === undefined);
  if (info === undefined) return;
  if (walker.isKept) walker.visit(type, value, place ?? ROOT);
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === undefined) continue;
    const at = { above: place, key };
    const field = info.fields.get(key);
    if (field === undefined) {
      const meant = closest(key, [...info.fields.keys()]);
      walker.report(unknownField, keysOf(at), `${simpleName(type)} has no field of this name`, meant);
      continue;
    }
    checkServed(walker, field, item, at);
    if (field.allowed !== undefined && walker.isKept) checkValue(walker, field.allowed, item, at);
    walk(isStatus(field) ? { ...walker, isKept: false } : walker, field.type, item, at);
  }
  if (!walker.isKept) return;
  for (const field of info.expected) {
    if (isGiven(value[field.name])) continue;
    const at = { above: place, key: field.name };
    if (field.isImplied) walk(walker, field.type, {}, at);
    if (!field.isRequired || walker.minor < field.since) continue;
    walker.report(missingField, keysOf(at), `${simpleName(type)} requires this field`);
  }
}

/** Stands for the object itself: its keys are none. */
const ROOT: Place = { above: undefined, key: '' };

function checkServed({ minor, report, isKept }: Walker, field: FieldInfo, value: Json, place: Place): void {
  if ((minor >= field.since && minor >= field.on && minor <= field.until) || value === null) return;
  const version = (least: number): string => `1.${least} and later`;
  if (minor < field.since) {
    const least = Math.max(field.since, field.on);
    report(unservedField, keysOf(place), `Kubernetes 1.${minor} does not have this field`, version(least));
  } else if (minor > field.until) {
    report(unservedField, keysOf(place), `Kubernetes 1.${minor} has this field no more`, `up to 1.${field.until}`);
  } else if (isKept && isSaid(value)) {
    const later = field.on > 90 ? 'a server with its feature gate on' : version(field.on);
    const message = `Kubernetes 1.${minor} drops this field in silence: its feature gate is off`;
    report(unservedField, keysOf(place), message, later);
  }
}

function checkValue(walker: Walker, allowed: ReadonlyMap<string, number>, value: Json, place: Place): void {
  const given = isList(value) ? value : [value];
  given.forEach((item, index) => {
    const one = item === null && isList(value) ? '' : item;
    // An empty text is not given: the default takes its place. In a list it is a value.
    if (typeof one !== 'string' || (one === '' && !isList(value))) return;
    const at = isList(value) ? { above: place, key: index } : place;
    const since = allowed.get(one);
    if (since === undefined) {
      walker.report(unknownValue, keysOf(at), 'the field may not have this value', [...allowed.keys()].join(', '));
    } else if (walker.minor < since) {
      const message = `Kubernetes 1.${walker.minor} does not have this value`;
      walker.report(unservedField, keysOf(at), message, `1.${since} and later`);
    }
  });
}

/** What nobody would miss: empty texts, lists and maps, zero and false. */
function isSaid(value: Json): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((one) => isSaid(one as Json));
  return value !== null && value !== '' && value !== 0 && value !== false;
}

/** What Go takes for given: no empty text, list or map, and no null. */
function isGiven(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (isList(value)) return value.length > 0;
  return true;
}

/** `core/v1.Container` → `Container`. */
function simpleName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

function isInt32(value: Json): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}

function isTime(value: Json): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);
}

/** To Go a list of small numbers is bytes as well. */
function isBytes(value: Json): boolean {
  return isList(value) && value.every((one) => one === null || (isInt32(one) && Number(one) >= 0 && Number(one) < 256));
}

/** What the server writes, and a user does not. */
function isStatus({ name, type }: FieldInfo): boolean {
  return name === 'status' && type.endsWith('Status');
}

/** Line ends are skipped, as Go does. */
function isBase64(value: Json): boolean {
  if (typeof value !== 'string') return false;
  const text = value.replace(/[\r\n]/g, '');
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
