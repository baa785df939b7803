import type { EmittedSet, Json, JsonObject } from '../../../lib/verify/emitted';
import { objectName } from '../../../lib/verify/object-path';
import type { Mutation } from './mutation';

/** A value that a mutation may write to. */
type Writable = { [key: string]: unknown } & unknown[];

/** Keys down to a field: names, indexes, or `name=http` for the item of a list that has this. */
export type Steps = readonly (string | number)[];

/**
 * The set with one field of one object set; undefined removes it.
 * @param name `Kind/name`
 * @throws when there is no such object or no way to the field: a mutation that changes nothing is a mistake
 */
export function setField(set: EmittedSet, name: string, steps: Steps, value: Json | undefined): EmittedSet {
  return editObject(set, name, (object) => setIn(object, steps, value));
}

/**
 * What makes mutations for one proof, each of a field of one object that somebody changed by hand. The
 * pages of the rules show its calls as examples.
 *
 * @param proof its name
 */
export function changesFor(proof: string) {
  return (
    name: string,
    object: string,
    steps: Steps,
    value: Json | undefined,
    [code, path]: readonly [code: Mutation['code'], path: string],
  ): Mutation => ({ name, proof, mutate: (set) => setField(set, object, steps, value), code, path });
}

/** The set with one object replaced by what becomes of it; undefined removes it. */
export function editObject(
  set: EmittedSet,
  name: string,
  edit: (object: JsonObject) => JsonObject | undefined,
): EmittedSet {
  if (!set.manifests.some(({ object }) => objectName(object) === name)) throw new Error(`there is no ${name}`);
  const manifests = set.manifests.flatMap((one) => {
    if (objectName(one.object) !== name) return [one];
    const object = edit(one.object);
    return object === undefined ? [] : [{ ...one, object }];
  });
  return { ...set, manifests };
}

/** The set with one more object. */
export function addObject(set: EmittedSet, object: JsonObject): EmittedSet {
  const file = set.manifests[0]?.file ?? 'dist/tars.k8s.yaml';
  return { ...set, manifests: [...set.manifests, { file, document: set.manifests.length, object }] };
}

/** The set with one field of its first compose file set; undefined removes it. */
export function setCompose(set: EmittedSet, steps: Steps, value: Json | undefined): EmittedSet {
  const [first, ...rest] = set.compose;
  if (first === undefined) throw new Error('there is no compose file');
  return { ...set, compose: [{ ...first, compose: setIn(first.compose, steps, value) }, ...rest] };
}

/** A value by its steps; undefined where there is none. */
export function valueAt(value: unknown, steps: Steps): unknown {
  return steps.reduce<unknown>((at, step) => (at as Writable | undefined)?.[keyOf(at, step) as never], value);
}

function setIn(root: JsonObject, steps: Steps, value: Json | undefined): JsonObject {
  const copy = structuredClone(root) as unknown as Writable;
  const last = steps.at(-1);
  const parent = valueAt(copy, steps.slice(0, -1)) as Writable | undefined;
  if (last === undefined || typeof parent !== 'object') throw new Error(`there is no way to ${steps.join(' ')}`);
  const key = keyOf(parent, last) as never;
  const before = JSON.stringify(parent[key]);
  if (value !== undefined) (parent as { [key: string]: unknown })[key] = value;
  else if (Array.isArray(parent)) parent.splice(key, 1);
  else Reflect.deleteProperty(parent, key);
  if (before === JSON.stringify(value)) throw new Error(`${steps.join(' ')} is what it was`);
  return copy as unknown as JsonObject;
}

/** `name=http` becomes the index of the item whose `name` is `http`. */
function keyOf(value: unknown, step: string | number): string | number {
  const match = typeof step === 'string' && Array.isArray(value) ? /^(\w+)=(.*)$/.exec(step) : null;
  if (match === null) return step;
  const [, key = '', wanted] = match;
  const index = (value as Record<string, unknown>[]).findIndex((item) => String(item[key]) === wanted);
  if (index < 0) throw new Error(`no item has ${step}`);
  return index;
}
