import type { Json, JsonObject } from '../emitted';
import type { Keys } from '../read';
import { isList, isObject, objectOf, textOf, valueAt } from '../read';
import { memberKey } from './field-changes';

/** Where `kubectl apply` remembers what it sent. */
const LAST_APPLIED: Keys = ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'];

/**
 * Of an object of a cluster what an apply would look at: fields that are to be set, and fields that
 * the last apply had set and that would be taken away. What the server, a controller or somebody
 * else added is left out, since an apply leaves it alone.
 * @param live as `kubectl get -o json` prints it
 * @param desired what is to be applied; undefined: nothing, and what the last apply said counts
 * @see https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-apply-calculates-differences-and-merges-changes
 */
export function appliedPart(live: JsonObject, desired: JsonObject | undefined): JsonObject {
  const last = lastApplied(live);
  const masks = [desired, last].filter((mask) => mask !== undefined);
  if (masks.length === 0) return live;
  return project(live, masks) as JsonObject;
}

/** What the last client-side apply sent; undefined where there was none, or where it cannot be read. */
export function lastApplied(live: JsonObject): JsonObject | undefined {
  const text = textOf(valueAt(live, LAST_APPLIED));
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? withoutEmptyAnnotations(value) : undefined;
  } catch {
    return undefined;
  }
}

/** kubectl writes annotations into what it remembers also where none were applied. */
function withoutEmptyAnnotations(object: JsonObject): JsonObject {
  const { annotations, ...metadata } = objectOf(object['metadata']);
  const isEmpty = isObject(annotations) && Object.keys(annotations).length === 0;
  return isEmpty ? { ...object, metadata } : object;
}

function project(live: Json, masks: readonly Json[]): Json {
  if (isObject(live)) {
    const maps = masks.filter(isObject);
    if (maps.length === 0) return live;
    // Maps of free keys (labels, data) and structs alike: a key that nobody applied is somebody else's.
    const wanted = new Set(maps.flatMap((mask) => Object.keys(mask).filter((key) => mask[key] !== null)));
    return Object.fromEntries(
      Object.entries(live)
        .filter(([key]) => wanted.has(key))
        .map(([key, value]): [string, Json] => [key, project(value ?? null, under(maps, key))]),
    );
  }
  if (!isList(live)) return live;
  const lists = masks.filter(isList);
  const [first] = lists;
  if (first === undefined) return live;
  const named = nameKey(live, lists);
  if (named === undefined) {
    // A list without names is replaced as a whole; its members may have been given defaults.
    return live.length === first.length
      ? live.map((one, i) =>
          project(
            one,
            lists.flatMap((l) => l[i] ?? []),
          ),
        )
      : live;
  }
  return live.flatMap((one) => {
    const same = lists.flatMap((list) =>
      list.filter((other) => isObject(other) && isObject(one) && other[named] === one[named]),
    );
    return same.length === 0 ? [] : [project(one, same)];
  });
}

/** What tells the members apart, the same in all lists. */
function nameKey(live: readonly Json[], lists: readonly (readonly Json[])[]): string | undefined {
  const keys = lists.map((list) => memberKey(live, list));
  return keys.every((key) => key === keys[0]) ? keys[0] : undefined;
}

function under(maps: readonly JsonObject[], key: string): Json[] {
  return maps.flatMap((mask) => {
    const value = mask[key];
    return value === undefined ? [] : [value];
  });
}
