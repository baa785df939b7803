import type { Json } from '../emitted';
import { parseQuantity } from '../../model/kubernetes-quantity';
import { isList } from '../read';

/** What a value has to look like: a type of the tables, read once. */
export interface Shape {
  readonly is: 'scalar' | 'list' | 'map' | 'struct';
  /** What it is called where a value is none: to a reader for a scalar, in the tables for a struct. */
  readonly name: string;
  /** Of a scalar: whether a value is one. */
  readonly accepts: (value: Json) => boolean;
  /** Of a list or a map: what it holds. */
  readonly items: Shape | undefined;
}

/** What each letter of the tables means to a reader, and whether a value is one. Null counts as not given. */
const SCALARS: Readonly<Record<string, readonly [name: string, accepts: (value: Json) => boolean]>> = {
  s: ['a text', (value) => typeof value === 'string'],
  b: ['true or false', (value) => typeof value === 'boolean'],
  d: ['a number', (value) => typeof value === 'number'],
  i: ['a whole number of 32 bits', isInt32],
  l: ['a whole number of 64 bits', (value) => Number.isInteger(value)],
  'i|s': ['a whole number or a text', (value) => typeof value === 'string' || isInt32(value)],
  q: ['a quantity, e.g. "500m" or "2Gi"', (value) => parseQuantity(value) !== undefined],
  t: ['a time, e.g. "2006-01-02T15:04:05Z"', isTime],
  mt: ['a time, e.g. "2006-01-02T15:04:05.000000Z"', isTime],
  y: ['base64', (value) => isBase64(value) || isBytes(value)],
  j: ['anything', () => true],
};

const cache = new Map<string, Shape>();

/** The shape of a type, e.g. `[]core/v1.Container`. */
export function shapeOf(type: string): Shape {
  let shape = cache.get(type);
  if (shape === undefined) cache.set(type, (shape = read(type)));
  return shape;
}

function read(type: string): Shape {
  const accepts = (): boolean => true;
  if (type.startsWith('[]')) return { is: 'list', name: 'a list', accepts, items: shapeOf(type.slice(2)) };
  if (type.startsWith('{}')) return { is: 'map', name: 'a map', accepts, items: shapeOf(type.slice(2)) };
  const scalar = Object.hasOwn(SCALARS, type) ? SCALARS[type] : undefined;
  return scalar === undefined
    ? { is: 'struct', name: type, accepts, items: undefined }
    : { is: 'scalar', name: scalar[0], accepts: scalar[1], items: undefined };
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

/** Line ends are skipped, as Go does. */
function isBase64(value: Json): boolean {
  if (typeof value !== 'string') return false;
  const text = value.replace(/[\r\n]/g, '');
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
