import { closest } from '../../model/names';
import type { Json, JsonObject } from '../emitted';
import type { Key, Keys } from '../read';
import { isList, isObject } from '../read';
import type { CheckText } from './check';
import { missingField, unknownField, unknownValue, unservedField, wrongType } from './fields';
import type { Shape } from './shape';
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

/** Compares a value with its shape, and goes on below it. */
export function walk(walker: Walker, shape: Shape, value: Json, place: Place | undefined): void {
  if (value === null) return;
  const { is, items } = shape;
  if (is === 'scalar') {
    if (!shape.accepts(value)) reportType(walker, shape.name, place);
  } else if (is === 'struct') {
    if (isObject(value)) walkFields(walker, shape.name, value, place);
    else reportType(walker, 'a map', place);
  } else if (is === 'list') {
    if (isList(value) && items !== undefined) walkItems(walker, items, value, place);
    else reportType(walker, shape.name, place);
  } else if (isObject(value) && items !== undefined) {
    walkEntries(walker, items, value, place);
  } else {
    reportType(walker, shape.name, place);
  }
}

function reportType({ report }: Walker, allowed: string, place: Place | undefined): void {
  report(wrongType, keysOf(place), 'the value has the wrong type', allowed);
}

/** An item that is null is one of which nothing is said. */
function walkItems(walker: Walker, items: Shape, value: readonly Json[], place: Place | undefined): void {
  for (let key = 0; key < value.length; key++) {
    const item = value[key] ?? null;
    if (item === null && items.is === 'struct') walk(walker, items, {}, { above: place, key });
    else if (!isSound(items, item)) walk(walker, items, item, { above: place, key });
  }
}

function walkEntries(walker: Walker, items: Shape, value: JsonObject, place: Place | undefined): void {
  for (const key in value) {
    const item = value[key] ?? null;
    if (!isSound(items, item)) walk(walker, items, item, { above: place, key });
  }
}

/** Most values are scalars with nothing wrong, whose place nobody asks for. */
function isSound(shape: Shape, value: Json): boolean {
  return shape.is === 'scalar' && (value === null || shape.accepts(value));
}

function walkFields(walker: Walker, type: string, value: JsonObject, place: Place | undefined): void {
  const info = typeInfo(type, place === undefined);
  if (info === undefined) return;
  if (walker.isKept) walker.visit(type, value, place ?? ROOT);
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    const field = info.fields.get(key);
    if (field === undefined) {
      const meant = closest(key, [...info.fields.keys()]);
      const at = { above: place, key };
      walker.report(unknownField, keysOf(at), `${simpleName(type)} has no field of this name`, meant);
      continue;
    }
    if (field.allowed === undefined && isServed(walker, field) && isSound(field.shape, item)) continue;
    const at = { above: place, key };
    checkServed(walker, field, item, at);
    if (field.allowed !== undefined && walker.isKept) checkValue(walker, field.allowed, item, at);
    walk(isStatus(field) ? { ...walker, isKept: false } : walker, field.shape, item, at);
  }
  if (!walker.isKept) return;
  for (const field of info.expected) {
    if (isGiven(value[field.name])) continue;
    const at = { above: place, key: field.name };
    if (field.isImplied) walk(walker, field.shape, {}, at);
    if (!field.isRequired || walker.minor < field.since) continue;
    walker.report(missingField, keysOf(at), `${simpleName(type)} requires this field`);
  }
}

/** Stands for the object itself: its keys are none. */
const ROOT: Place = { above: undefined, key: '' };

function isServed({ minor }: Walker, field: FieldInfo): boolean {
  return minor >= field.since && minor >= field.on && minor <= field.until;
}

function checkServed(walker: Walker, field: FieldInfo, value: Json, place: Place): void {
  if (isServed(walker, field) || value === null) return;
  const { minor, report, isKept } = walker;
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

/** What the server writes, and a user does not. */
function isStatus({ name, type }: FieldInfo): boolean {
  return name === 'status' && type.endsWith('Status');
}
