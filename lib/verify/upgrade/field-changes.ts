import type { Json, JsonObject } from '../emitted';
import { parseQuantity } from '../../model/kubernetes-quantity';
import type { Key, Keys } from '../read';
import { isList, isObject } from '../read';

/** One field that differs. */
export interface FieldChange {
  /** Keys from the root, with indexes of the new list (of the old one for what is gone). */
  readonly keys: readonly (string | number)[];
  /** The same for a reader: members of lists by their names, `spec.template.spec.containers[web].image`. */
  readonly path: string;
  /** Undefined: it was not there. */
  readonly before: Json | undefined;
  /** Undefined: it is not there any more. */
  readonly after: Json | undefined;
}

/**
 * What tells the members of a list apart, in the order of preference: the keys by which the API
 * server merges lists. @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
const MEMBER_KEYS = [
  'name',
  'mountPath',
  'containerPort',
  'port',
  'target',
  'key',
  'host',
  'path',
  'type',
  'topologyKey',
];

/** Maps whose values are quantities, or fields that are one: `2000m` is `2`. */
const QUANTITIES = new Set([
  ...['requests', 'limits', 'hard', 'max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio', 'capacity'],
  ...['sizeLimit', 'averageValue', 'value', 'storage', 'divisor'],
]);

/** Everything that differs between two values, leaf by leaf, in the order of the new one. */
export function fieldChanges(before: Json | undefined, after: Json | undefined): readonly FieldChange[] {
  const found: FieldChange[] = [];
  compare(before, after, [], '', found);
  return found;
}

/** True when two values hold the same, whatever the order of keys. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return fieldChanges(a, b).length === 0;
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  keys: Keys,
  path: string,
  found: FieldChange[],
): void {
  if (before === after) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
      compare(own(before, key), own(after, key), [...keys, key], step(path, key), found);
    }
    return;
  }
  if (isList(before) && isList(after)) {
    compareLists(before, after, keys, path, found);
    return;
  }
  if (isQuantity(keys) && sameQuantity(before, after)) return;
  found.push({ keys, path, before, after });
}

function compareLists(
  before: readonly Json[],
  after: readonly Json[],
  keys: Keys,
  path: string,
  found: FieldChange[],
): void {
  const member = memberKey(before, after);
  if (member === undefined) {
    const differs = before.length !== after.length || before.some((one, i) => !isSame(one, after[i]));
    if (!differs) return;
    // Members of equal number are taken for each other; else the list is shown as a whole.
    if (before.length === after.length && [...before, ...after].every((one) => isObject(one))) {
      after.forEach((one, i) => {
        compare(before[i], one, [...keys, i], `${path}[${i}]`, found);
      });
    } else found.push({ keys, path, before, after });
    return;
  }
  const [old, now] = [byMember(before, member), byMember(after, member)];
  const size = found.length;
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const [from, to] = [old.get(name), now.get(name)];
    compare(from?.value, to?.value, [...keys, (to ?? from)?.index ?? 0], `${path}[${name}]`, found);
  }
  if (found.length > size || [...old.keys()].join('\n') === [...now.keys()].join('\n')) return;
  found.push({ keys, path, before: [...old.keys()], after: [...now.keys()] });
}

interface Member {
  readonly value: JsonObject;
  readonly index: number;
}

/** The key whose values tell all members apart, in both lists. */
export function memberKey(before: readonly Json[], after: readonly Json[]): string | undefined {
  if (before.length + after.length === 0) return undefined;
  return MEMBER_KEYS.find((key) =>
    [before, after].every((list) => {
      const names = list.map((one) => (isObject(one) ? own(one, key) : undefined));
      const isNamed = names.every((name) => typeof name === 'string' || typeof name === 'number');
      return isNamed && new Set(names).size === names.length;
    }),
  );
}

function byMember(list: readonly Json[], key: string): ReadonlyMap<string, Member> {
  return new Map(
    list.flatMap((value, index): [string, Member][] =>
      isObject(value) ? [[String(own(value, key) as string | number), { value, index }]] : [],
    ),
  );
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isQuantity(keys: Keys): boolean {
  return keys.slice(-2).some((key) => QUANTITIES.has(String(key)));
}

function sameQuantity(a: Json | undefined, b: Json | undefined): boolean {
  const [x, y] = [parseQuantity(a), parseQuantity(b)];
  return x !== undefined && x === y;
}

function step(path: string, key: Key): string {
  const word = String(key);
  if (!/^[A-Za-z_][\w-]*$/.test(word)) return `${path}[${JSON.stringify(word)}]`;
  return path === '' ? word : `${path}.${word}`;
}
