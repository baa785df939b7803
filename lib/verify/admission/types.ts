import { fieldsOf } from './api';
import type { FieldType } from './field-type';
import { readFieldType } from './field-type';
import type { Shape } from './shape';
import { shapeOf } from './shape';
import { closedValues, isImplied, isLenient, isRequired } from './schema-truth';

/** One field of a type, with what the server really asks of it. */
export interface FieldInfo extends Omit<FieldType, 'values' | 'isRequired'> {
  readonly name: string;
  /** The values it may have, and since which version; undefined for any. */
  readonly allowed: ReadonlyMap<string, number> | undefined;
  readonly isRequired: boolean;
  readonly shape: Shape;
  /** Checked as an empty struct where it is missing. */
  readonly isImplied: boolean;
}

/** A type of the API, read once. */
export interface TypeInfo {
  readonly fields: ReadonlyMap<string, FieldInfo>;
  /** Those that matter where they are missing. */
  readonly expected: readonly FieldInfo[];
}

const types = new Map<string, TypeInfo | undefined>();
const roots = new Map<string, TypeInfo | undefined>();

/** What is known of a type; undefined for none of ours. @param isRoot whether it is the type of an object */
export function typeInfo(type: string, isRoot: boolean): TypeInfo | undefined {
  const cache = isRoot ? roots : types;
  const known = cache.get(type);
  if (known !== undefined || cache.has(type)) return known;
  const info = read(type, isRoot);
  cache.set(type, info);
  return info;
}

function read(type: string, isRoot: boolean): TypeInfo | undefined {
  const table = fieldsOf(type);
  if (table === undefined) return undefined;
  const fields = Object.entries(table).map(([name, text]): FieldInfo => {
    const field = readFieldType(text);
    const path = `${type}.${name}`;
    const closed = closedValues(path);
    return {
      ...field,
      name,
      shape: shapeOf(field.type),
      allowed:
        closed === undefined ? (isLenient(path) ? undefined : field.values) : new Map(closed.map((one) => [one, 0])),
      isRequired: field.isRequired && isRequired(type, name),
      isImplied: isImplied(type, name, isRoot),
    };
  });
  return {
    fields: new Map(fields.map((field) => [field.name, field])),
    expected: fields.filter((field) => field.isRequired || field.isImplied),
  };
}
