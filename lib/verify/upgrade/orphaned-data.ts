import { fieldPath, objectName } from '../object-path';
import { containersOf, podTemplatesOf } from '../pods';
import { listOf, namespaceOf, textOf, valueAt } from '../read';
import type { Mount, Storage } from './claims';
import { storageOf, storagePath } from './claims';
import { objectKey } from './object-key';
import type { Finding, ReleaseChange } from './release-change';

/** Variables that say where a database keeps its files below its mount. */
const DATA_DIRECTORIES = ['PGDATA', 'OLLAMA_MODELS', 'GF_PATHS_DATA', 'MYSQL_DATADIR'];

/** Data that the new release does not find any more: it stays where it is, and the service starts empty. */
export function orphanedData(change: ReleaseChange): readonly Finding[] {
  const [before, after] = [storageOf(change.before), storageOf(change.after)];
  const fresh = [...after.values()].filter(({ id }) => !before.has(id));
  return [
    ...[...before.values()].flatMap((old) => {
      const now = after.get(old.id);
      return now === undefined ? [left(old, fresh)] : moved(old, now);
    }),
    ...movedDirectories(change),
  ];
}

/** A claim that is no longer made, or whose StatefulSet is gone or has another name. */
function left(old: Storage, fresh: readonly Storage[]): Finding {
  const heir = heirOf(old, fresh);
  const namespace = namespaceOf(old.owner.object);
  const claims = old.claims.join(', ');
  const starts = heir === undefined ? 'nothing of this release reads it' : `${heir.claims.join(', ')} starts empty`;
  return {
    code: 'TARS6603',
    severity: 'error',
    path: storagePath(old),
    message: `the data in ${claims} is left behind: ${starts}`,
    given: heir === undefined ? `no ${objectName(old.owner.object)}` : `${claims} → ${heir.claims.join(', ')}`,
    allowed: 'the name that the claim was made with (it comes from the chart, the service and the volume)',
    remedy:
      heir === undefined
        ? 'if the data is needed, keep the service; if not, delete the claim by hand once there is a backup'
        : 'keep the names; or copy the data before the new release serves',
    steps:
      heir === undefined
        ? [`kubectl -n ${namespace} get pvc ${old.claims.join(' ')}   # still there after the apply`]
        : [
            `stop both workloads, and start a pod that mounts ${old.claims[0] ?? ''} and ${heir.claims[0] ?? ''}`,
            `kubectl -n ${namespace} exec <that pod> -- cp -a <old mount>/. <new mount>/`,
            'remove the pod, start the new workload, look at the data, then delete the old claim',
          ],
  };
}

/** The new storage that most likely takes an old one's place: of the same image, or at the same path. */
function heirOf(old: Storage, fresh: readonly Storage[]): Storage | undefined {
  const repository = ({ image }: Mount): string => image.replace(/[:@][^/]*$/, '');
  const isLike = (a: Mount, b: Mount): boolean => a.path === b.path && repository(a) === repository(b);
  return (
    fresh.find((one) => one.mounts.some((m) => old.mounts.some((o) => isLike(o, m)))) ??
    fresh.find((one) => one.mounts.some((m) => old.mounts.some((o) => o.workload === m.workload && o.path === m.path)))
  );
}

/** A claim that stays, but that nobody mounts any more, or that is mounted elsewhere. */
function moved(old: Storage, now: Storage): Finding[] {
  if (old.mounts.length > 0 && now.mounts.length === 0) {
    return [
      {
        code: 'TARS6603',
        severity: 'warning',
        path: storagePath(now),
        message: `nothing mounts ${now.claims.join(', ')} any more`,
        given: `before: ${old.mounts.map(({ workload, path }) => `${workload} at ${path}`).join(', ')}`,
        allowed: 'a workload that mounts it',
        remedy: 'if the data is needed, mount it; if not, take the claim out of the model once there is a backup',
        steps: [],
      },
    ];
  }
  return now.mounts.flatMap((mount) => {
    const same = old.mounts.filter((o) => o.workload === mount.workload && o.container === mount.container);
    const stays = same.some((o) => o.path === mount.path && o.subPath === mount.subPath);
    const [from] = same;
    if (from === undefined || stays) return [];
    return [
      {
        code: 'TARS6603',
        severity: 'warning',
        path: fieldPath(mount.owner.object, mount.keys),
        message: `the data of ${now.claims.join(', ')} appears at another path`,
        given: `${place(from)} → ${place(mount)}`,
        allowed: place(from),
        remedy: 'make sure that the process looks for it there, or it starts empty',
        steps: [],
      },
    ];
  });
}

function place({ path, subPath }: Mount): string {
  return subPath === '' ? path : `${path} (${subPath} of the volume)`;
}

/** A database that is told to keep its files in another directory finds none there. */
function movedDirectories({ before, after }: ReleaseChange): Finding[] {
  const earlier = new Map(podTemplatesOf(before).map((pod) => [objectKey(pod.owner.object), pod]));
  return podTemplatesOf(after).flatMap((pod) => {
    const old = earlier.get(objectKey(pod.owner.object));
    if (old === undefined) return [];
    return containersOf(pod).flatMap(({ container, path }) => {
      const same = containersOf(old).find(({ container: c }) => c['name'] === container['name']);
      return listOf(container['env']).flatMap((entry, index): Finding[] => {
        const name = textOf(valueAt(entry, ['name'])) ?? '';
        const was = listOf(same?.container['env']).find((e) => valueAt(e, ['name']) === name);
        const [from, to] = [textOf(valueAt(was, ['value'])), textOf(valueAt(entry, ['value']))];
        if (!DATA_DIRECTORIES.includes(name) || from === undefined || to === undefined || from === to) return [];
        return [
          {
            code: 'TARS6603',
            severity: 'error',
            path: fieldPath(pod.owner.object, [...path, 'env', index, 'value']),
            message: `the process looks for its data in another directory, and starts empty if nothing is there`,
            given: `${from} → ${to}`,
            allowed: from,
            remedy: 'keep the directory, or move the files while the process is stopped',
            steps: [],
          },
        ];
      });
    });
  });
}
