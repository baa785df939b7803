import type { JsonObject } from '../emitted';
import { fieldPath, objectName } from '../object-path';
import type { PodTemplate } from '../pods';
import { podTemplatesOf } from '../pods';
import { objectOf, textOf, valueAt } from '../read';
import type { FieldChange } from './field-changes';
import { fieldChanges } from './field-changes';
import { objectKey } from './object-key';
import type { Finding, ReleaseChange } from './release-change';
import { updatedObjects } from './release-change';
import { readersOf, readsFrom } from './sources';

const ROLLED = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** An annotation of the template that stands for the content of what the pods read. */
const CHECKSUM = 'checksum/';

/** Whose pods are replaced, why, and whether that is felt; and what changes without its readers noticing. */
export function restarts(change: ReleaseChange): readonly Finding[] {
  const earlier = new Map(podTemplatesOf(change.before).map((pod) => [objectKey(pod.owner.object), pod]));
  const sources = updatedObjects(change).filter(({ after }) =>
    ['ConfigMap', 'Secret'].includes(textOf(after.object['kind']) ?? ''),
  );
  const rolled = new Set<string>();
  const found: Finding[] = [];
  for (const pod of podTemplatesOf(change.after)) {
    const old = earlier.get(objectKey(pod.owner.object));
    if (old === undefined || !ROLLED.has(pod.kind)) continue;
    const fields = templateChanges(old, pod);
    if (fields.length === 0) continue;
    rolled.add(objectKey(pod.owner.object));
    const read = sources.filter(({ after }) => readsFrom(pod, after.object));
    found.push(restart(pod, fields, read));
  }
  const isUnnoticed = (source: JsonObject): boolean =>
    podTemplatesOf(change.after).some(
      (pod) => ROLLED.has(pod.kind) && readsFrom(pod, source) && !rolled.has(objectKey(pod.owner.object)),
    );
  for (const { after, fields } of sources) {
    const keys = fields.filter(({ keys: [first] }) => first === 'data' || first === 'binaryData');
    if (keys.length > 0 && isUnnoticed(after.object)) found.push(unnoticed(after.object, keys, change));
  }
  return found;
}

function templateChanges(old: PodTemplate, now: PodTemplate): readonly FieldChange[] {
  const of = (pod: PodTemplate): JsonObject => objectOf(valueAt(pod.owner.object, pod.path.slice(0, -1)));
  return fieldChanges(of(old), of(now));
}

interface Source {
  readonly after: { readonly object: JsonObject };
  readonly fields: readonly FieldChange[];
}

function restart(pod: PodTemplate, fields: readonly FieldChange[], read: readonly Source[]): Finding {
  const isChecksum = ({ keys }: FieldChange): boolean => String(keys.at(-1)).startsWith(CHECKSUM);
  const causes = [
    ...fields.filter((field) => !isChecksum(field)).map(({ path }) => path.replace(/^(spec|metadata)\./, '')),
    ...(fields.some(isChecksum) ? read.map(sourceText) : []),
  ];
  const because = causes.length === 0 ? fields.map(({ path }) => path) : causes;
  return {
    code: 'TARS6607',
    severity: 'notice',
    path: fieldPath(pod.owner.object, pod.path.slice(0, -1)),
    message: `its pods restart: ${howTheyRestart(pod)}`,
    given: listed(because),
    allowed: 'the template that runs now, for no restart',
    remedy: 'nothing, if that is what you expect',
    steps: [],
  };
}

function howTheyRestart(pod: PodTemplate): string {
  const spec = objectOf(pod.owner.object['spec']);
  if (pod.kind === 'StatefulSet') {
    if (valueAt(spec, ['updateStrategy', 'type']) === 'OnDelete') return 'each when it is deleted by hand';
    return pod.replicas === 1 ? 'its only one stops before the next starts, an interruption' : 'one after the other';
  }
  if (pod.kind === 'DaemonSet') return 'node by node';
  if (valueAt(spec, ['strategy', 'type']) === 'Recreate') return 'all stop before the new ones start, an interruption';
  return 'the new ones are ready before the old ones stop';
}

function sourceText({ after, fields }: Source): string {
  const keys = fields.map(({ keys: [, key] }) => key).filter((key) => key !== undefined);
  return `${objectName(after.object)} changes (${[...new Set(keys)].join(', ')})`;
}

function unnoticed(source: JsonObject, fields: readonly FieldChange[], change: ReleaseChange): Finding {
  return {
    code: 'TARS6608',
    severity: 'warning',
    path: objectName(source),
    message: 'running pods do not see this change before they restart, and nothing restarts them',
    given: fields.map(({ path }) => path).join(', '),
    allowed: 'a checksum of it among the annotations of the pods',
    remedy: 'restart its readers after the apply',
    steps: readersOf(change.after, source),
  };
}

/** The first few, and how many more there are. */
function listed(texts: readonly string[]): string {
  const most = 6;
  const more = texts.length > most ? `, and ${texts.length - most} more` : '';
  return texts.slice(0, most).join(', ') + more;
}
