import type { Json, JsonObject } from '../emitted';
import { fieldPath } from '../object-path';
import type { Keys } from '../read';
import { isList, isObject, listOf, objectOf, textOf, valueAt } from '../read';
import { objectKey } from './object-key';
import type { Finding, ReleaseChange } from './release-change';
import { updatedObjects } from './release-change';

/** Somebody who wrote fields of an object, as the API server keeps it in `metadata.managedFields`. */
export interface FieldManager {
  /** What it calls itself: `kubectl-edit`, `kube-controller-manager`. */
  readonly name: string;
  /** When it wrote last, in the server's words; undefined: not told. */
  readonly time: string | undefined;
  /** The fields, as the server writes them: `{"f:spec":{"f:replicas":{}}}`. */
  readonly fields: JsonObject;
}

/** Managers of the objects of a cluster, by objectKey. */
export type FieldManagers = ReadonlyMap<string, readonly FieldManager[]>;

/**
 * Everybody but `kubectl apply` who wrote fields of an object: its two ways of applying are the person
 * who will apply again.
 * @param live as `kubectl get -o json --show-managed-fields` prints it
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function otherManagers(live: JsonObject): readonly FieldManager[] {
  return listOf(valueAt(live, ['metadata', 'managedFields']))
    .map(objectOf)
    .flatMap((entry): FieldManager[] => {
      const name = textOf(entry['manager']) ?? '';
      const isApply = name === 'kubectl-client-side-apply' || (name === 'kubectl' && entry['operation'] === 'Apply');
      return isApply ? [] : [{ name, time: textOf(entry['time']), fields: objectOf(entry['fieldsV1']) }];
    });
}

/**
 * Fields that an apply changes although somebody else wrote them last. What a person wrote by kubectl is
 * undone, which is what an apply is for; another program will write its own value again.
 */
export function foreignFields(change: ReleaseChange): readonly Finding[] {
  return updatedObjects(change).flatMap(({ before, after, fields }): Finding[] => {
    const managers = change.managers.get(objectKey(after.object)) ?? [];
    return fields.flatMap(({ keys, before: old, after: now }) => {
      // Nobody has a field that is not there.
      if (old === undefined) return [];
      // Indexes are those of the side that has the field after the apply.
      const object = now === undefined ? before.object : after.object;
      return managers
        .filter((manager) => owns(manager.fields, object, keys))
        .map((manager) => finding(manager, fieldPath(object, keys)));
    });
  });
}

function finding({ name, time }: FieldManager, path: string): Finding {
  const isPerson = name.startsWith('kubectl');
  return {
    code: 'TARS6614',
    severity: isPerson ? 'notice' : 'warning',
    path,
    message: isPerson
      ? `an apply undoes what ${name} wrote`
      : `${name} wrote this field, and an apply writes another value: the two undo each other`,
    given: `written by "${name}"${time === undefined ? '' : ` at ${time}`}`,
    allowed: 'one who writes a field',
    remedy: isPerson
      ? 'say the value in main.ts, if it is to stay'
      : 'leave the field to one of them: out of the manifests, or out of what the other is told',
    steps: [],
  };
}

/** Whether a set of fields has the one at the end of the keys, or a part of it. */
function owns(fields: JsonObject, object: Json | undefined, keys: Keys): boolean {
  const [key, ...rest] = keys;
  // A list or a map that is written as a whole has no parts in the set.
  if (key === undefined || Object.keys(fields).length === 0) return true;
  const below = isObject(object) ? object[key] : isList(object) ? object[Number(key)] : undefined;
  const step = typeof key === 'string' ? `f:${key}` : Object.keys(fields).find((one) => isMember(one, below, key));
  const next = step === undefined ? undefined : fields[step];
  return isObject(next) && owns(next, below, rest);
}

/** Whether `k:{"name":"web"}`, `v:"x"` or `i:0` stands for this member of a list. */
function isMember(step: string, member: Json | undefined, index: number): boolean {
  if (step.startsWith('i:')) return step === `i:${index}`;
  if (step.startsWith('v:')) return JSON.stringify(member) === step.slice(2);
  if (!step.startsWith('k:') || !isObject(member)) return false;
  const wanted = JSON.parse(step.slice(2)) as JsonObject;
  return Object.entries(wanted).every(([key, value]) => (member[key] ?? DEFAULTS[key]) === value);
}

/** Keys of members that the server fills in before it writes them down. */
const DEFAULTS: JsonObject = { protocol: 'TCP' };
