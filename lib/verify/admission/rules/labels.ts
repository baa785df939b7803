import type { Json } from '../../emitted';
import { isList, isObject, listOf, textOf } from '../../read';
import type { Check, Visit } from '../check';
import { isLabelValue, isQualifiedName, LABEL_VALUE, QUALIFIED_NAME } from '../syntax';

/** Bytes that all annotations of an object may have together, keys included. */
const MAX_ANNOTATIONS = 256 * 1024;

/** Labels, annotations and selectors have a syntax of their own. */
export const labels: Check = {
  code: 'TARS6109',
  severity: 'error',
  refusedBy: 'server',
  title: 'a label, annotation or selector that is not well-formed',
  why: 'The server refuses the object. A label holds 63 characters of letters, digits, "-", "_" and "."; an annotation takes any text, 256 KiB of it in all.',
  remedy: 'shorten or change it; what is no label can be an annotation',
  on: {
    'meta/v1.ObjectMeta': checkMetadata,
    'meta/v1.LabelSelector': (visit) => {
      // Metrics of other systems have labels of their own.
      if (!visit.keys.includes('metrics')) checkSelector(visit);
    },
    'core/v1.ServiceSpec': (visit) => {
      checkLabels(visit, 'selector');
    },
    'core/v1.PodSpec': (visit) => {
      checkLabels(visit, 'nodeSelector');
    },
  },
};

function checkMetadata(visit: Visit): void {
  // Nobody looks at these before a Job is made of them; the Job's own template is looked at.
  if (visit.keys.length === 3 && visit.keys[1] === 'jobTemplate') return;
  checkLabels(visit, 'labels');
  let size = 0;
  for (const [key, value] of Object.entries(mapOf(visit.value['annotations']))) {
    size += Buffer.byteLength(key) + Buffer.byteLength(textOf(value) ?? '');
    if (!isQualifiedName(key.toLowerCase()))
      visit.say(['annotations', key], 'not the name of an annotation', QUALIFIED_NAME);
  }
  if (size > MAX_ANNOTATIONS)
    visit.say(['annotations'], `the annotations have ${size} bytes together`, `${MAX_ANNOTATIONS} bytes`);
  // A Job that a CronJob will make is not looked at so closely.
  if (visit.keys.length > 1) return;
  listOf(visit.value['finalizers']).forEach((one, index) => {
    if (!isFinalizer(textOf(one) ?? ''))
      visit.say(['finalizers', index], 'not the name of a finalizer', QUALIFIED_NAME);
  });
}

function isFinalizer(name: string): boolean {
  const own = ['kubernetes', 'orphan', 'foregroundDeletion'];
  return own.includes(name) || (name.includes('/') && isQualifiedName(name));
}

function checkLabels(visit: Visit, field: string): void {
  for (const [key, value] of Object.entries(mapOf(visit.value[field]))) {
    if (!isQualifiedName(key)) visit.say([field, key], 'not the key of a label', QUALIFIED_NAME);
    if (typeof value === 'string' && !isLabelValue(value))
      visit.say([field, key], 'not the value of a label', LABEL_VALUE);
  }
}

function checkSelector(visit: Visit): void {
  checkLabels(visit, 'matchLabels');
  listOf(visit.value['matchExpressions']).forEach((one, index) => {
    if (!isObject(one)) return;
    const [operator, values] = [one['operator'], listOf(one['values'])];
    const at = ['matchExpressions', index];
    if (!isQualifiedName(textOf(one['key']) ?? '')) visit.say([...at, 'key'], 'not the key of a label', QUALIFIED_NAME);
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
      visit.say([...at, 'values'], `${operator} compares with values, and there are none`, 'one value at least');
    }
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
      visit.say([...at, 'values'], `${operator} takes no values`, 'no values');
    }
    if (typeof operator === 'string' && !['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)) {
      visit.say([...at, 'operator'], 'not an operator of label selectors', 'In, NotIn, Exists, DoesNotExist');
    }
    values.forEach((value, n) => {
      if (typeof value === 'string' && !isLabelValue(value))
        visit.say([...at, 'values', n], 'not the value of a label', LABEL_VALUE);
    });
  });
}

function mapOf(value: Json | undefined): Readonly<Record<string, Json | undefined>> {
  return isObject(value) && !isList(value) ? value : {};
}
