import { parseKubernetesMinor } from '../../model/versions';
import type { JsonObject } from '../emitted';
import { fieldPath, objectName } from '../object-path';
import { parseQuantity } from '../../model/kubernetes-quantity';
import type { Keys } from '../read';
import { groupOf, listOf, nameOf, objectOf, textOf, textsOf, valueAt } from '../read';
import { showField } from './field-text';
import { IMMUTABLE_FIELDS, isRefused } from './immutable-fields';
import { kubectl, namespaceFlag } from './object-key';
import type { Finding, ReleaseChange } from './release-change';
import { updatedObjects } from './release-change';
import { readersOf } from './sources';

/** Fields that the API server refuses to change: the apply of these objects fails, and the others are applied. */
export function refusals(change: ReleaseChange): readonly Finding[] {
  const minor = parseKubernetesMinor(change.after.kubernetesVersion) ?? 0;
  return updatedObjects(change).flatMap(({ before, after }) => {
    const [old, now] = [before.object, after.object];
    const fields = IMMUTABLE_FIELDS.filter(
      ({ group, kind }) => kind === now['kind'] && group === groupOf(now) && group === groupOf(old),
    ).filter((field) => isRefused(field, old, now, minor));
    const paths = new Map(fields.map(({ keys }) => [fieldPath(now, keys), keys]));
    return [...paths].map(([path, keys]) => refusal(path, keys, old, now, change));
  });
}

function refusal(path: string, keys: Keys, old: JsonObject, now: JsonObject, change: ReleaseChange): Finding {
  const kind = textOf(now['kind']) ?? '';
  const field = { keys, path: keys.join('.') };
  const [from, to] = [valueAt(old, keys), valueAt(now, keys)];
  const { remedy, steps } = way(kind, keys, old, now, change);
  return {
    code: 'TARS6601',
    severity: 'error',
    path,
    message: `the API server refuses to change this field: \`kubectl apply\` fails for ${objectName(now)}`,
    given: `${showField(kind, field, from)} → ${showField(kind, field, to)}`,
    allowed: 'the value that the object was made with',
    remedy,
    steps,
  };
}

interface Way {
  readonly remedy: string;
  readonly steps: readonly string[];
}

const APPLY = 'kubectl apply -f dist';

/** The way to the wanted state that loses nothing, by kind. */
function way(kind: string, keys: Keys, old: JsonObject, now: JsonObject, change: ReleaseChange): Way {
  switch (kind) {
    case 'StatefulSet':
      return statefulSetWay(keys, old, now);
    case 'Deployment':
    case 'DaemonSet':
    case 'ReplicaSet':
      return {
        remedy: 'delete the object and leave its pods, apply, then remove the old pods once the new ones are ready',
        steps: [
          kubectl('delete', now, '--cascade=orphan'),
          APPLY,
          kubectl('rollout status', now).replace(/rollout status (\S+) /, 'rollout status $1/'),
          `kubectl ${namespaceFlag(now)}delete ${kind === 'Deployment' ? 'replicaset' : 'pod'} -l ${labelText(old)}   # what the old object left; look at the list first, with get`,
        ],
      };
    case 'Job':
      return {
        remedy: 'a Job is made anew: delete it, then apply; it runs again',
        steps: [kubectl('delete', now), APPLY],
      };
    case 'Secret':
    case 'ConfigMap':
      return {
        remedy: `delete it, apply, and restart what reads it${kind === 'Secret' ? '; a password that a database has stored is changed in the database first' : ''}`,
        steps: [kubectl('delete', now), APPLY, ...readersOf(change.after, now)],
      };
    case 'PersistentVolumeClaim':
      return {
        remedy:
          'keep the old value; or make a second claim under another name, copy the data, and let the service use it',
        steps: [],
      };
    case 'Service':
      return {
        remedy: 'delete it and apply: its name leads nowhere for a moment, and it gets another address',
        steps: [kubectl('delete', now), APPLY],
      };
    case 'PersistentVolume':
    case 'StorageClass':
      return {
        remedy:
          'keep the old value; or make a second one under another name: what was made with this one stays as it is',
        steps: [],
      };
    default:
      return { remedy: 'delete it and apply', steps: [kubectl('delete', now), APPLY] };
  }
}

/** Pods and claims stay while the StatefulSet is replaced: the new one takes them over by their names. */
function statefulSetWay(keys: Keys, old: JsonObject, now: JsonObject): Way {
  const steps = [kubectl('delete', now, '--cascade=orphan'), APPLY];
  if (keys.includes('selector')) {
    // Pods with other labels are not taken over, and their names are taken: they have to go first.
    return {
      remedy:
        'delete the StatefulSet with its pods and apply: an interruption; the claims stay, and are found by their names',
      steps: [kubectl('delete', now), APPLY],
    };
  }
  if (!keys.includes('volumeClaimTemplates')) {
    return {
      remedy: 'delete the StatefulSet and leave its pods and claims, apply, then restart the pods',
      steps: [...steps, `kubectl ${namespaceFlag(now)}rollout restart statefulset/${nameOf(now)}`],
    };
  }
  const grown = grownTemplates(old, now);
  if (grown === undefined) {
    return {
      remedy:
        'keep the old templates; or move the data: the claims that are there keep their size, class and access mode whatever the template says',
      steps: [],
    };
  }
  const replicas = Number(valueAt(old, ['spec', 'replicas']) ?? 1);
  const patches = grown.flatMap(({ name, size }) =>
    Array.from(
      { length: replicas },
      (_, i) =>
        `kubectl ${namespaceFlag(now)}patch pvc ${name}-${nameOf(now)}-${i} -p '{"spec":{"resources":{"requests":{"storage":"${size}"}}}}'`,
    ),
  );
  return {
    remedy:
      'grow the claims themselves (their StorageClass has to allow it), then replace the StatefulSet and leave its pods',
    steps: [...patches, ...steps],
  };
}

/** Templates that differ in nothing but the size. */
function grownTemplates(old: JsonObject, now: JsonObject): { name: string; size: string }[] | undefined {
  const keys = ['spec', 'volumeClaimTemplates'];
  const [before, after] = [listOf(valueAt(old, keys)), listOf(valueAt(now, keys))].map((list) => list.map(objectOf));
  if (before === undefined || after === undefined || before.length !== after.length) return undefined;
  const sizes = after.map((template, i) => {
    const storage = ['spec', 'resources', 'requests', 'storage'];
    const rest = (one: JsonObject): string =>
      JSON.stringify({ ...objectOf(one['spec']), resources: undefined, name: nameOf(one) });
    const size = textOf(valueAt(template, storage));
    const isGrown = !isSmaller(size, textOf(valueAt(before[i], storage)));
    return rest(template) === rest(before[i] ?? {}) && isGrown && size !== undefined
      ? { name: nameOf(template), size, isNew: size !== valueAt(before[i], storage) }
      : undefined;
  });
  if (sizes.includes(undefined)) return undefined;
  return sizes.flatMap((one) => (one?.isNew === true ? [{ name: one.name, size: one.size }] : []));
}

function isSmaller(now: string | undefined, old: string | undefined): boolean {
  const [a, b] = [parseQuantity(now), parseQuantity(old)];
  return a !== undefined && b !== undefined && a < b;
}

function labelText(object: JsonObject): string {
  const labels = textsOf(valueAt(object, ['spec', 'selector', 'matchLabels']));
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
