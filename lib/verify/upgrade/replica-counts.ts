import type { EmittedSet, JsonObject } from '../emitted';
import { fieldPath, objectName } from '../object-path';
import type { Keys } from '../read';
import { groupOf, nameOf, namespaceOf, numberOf, textOf, valueAt } from '../read';
import { kubectl, namespaceFlag } from './object-key';
import type { Finding, ReleaseChange, Updated } from './release-change';
import { updatedObjects } from './release-change';

const SCALED = new Set(['Deployment', 'StatefulSet']);
const REPLICAS: Keys = ['spec', 'replicas'];

/** Replicas that fall with the apply: dropped, lowered, or set back at each apply under an autoscaler. */
export function replicaCounts(change: ReleaseChange): readonly Finding[] {
  const [before, after] = [autoscalers(change.before), autoscalers(change.after)];
  return updatedObjects(change).flatMap((updated) => {
    const { object } = updated.after;
    if (SCALED.has(textOf(object['kind']) ?? '')) {
      const id = targetId(object);
      return ofWorkload(updated, before.get(id), after.get(id));
    }
    return object['kind'] === 'HorizontalPodAutoscaler' ? ofAutoscaler(updated) : [];
  });
}

function ofWorkload(
  { before, after }: Updated,
  steered: JsonObject | undefined,
  steers: JsonObject | undefined,
): Finding[] {
  const { object } = after;
  const [from, to] = [numberOf(valueAt(before.object, REPLICAS)), numberOf(valueAt(object, REPLICAS))];
  const path = fieldPath(object, REPLICAS);
  if (from !== undefined && to === undefined && from !== 1) {
    return [dropped(path, object, from, steers)];
  }
  if (steers !== undefined && to !== undefined) {
    return [
      finding(path, 'warning', 'each apply sets the replicas back to this number, whatever the autoscaler chose', {
        given: `${to} beside ${objectName(steers)}`,
        allowed: 'no `replicas`',
        remedy: 'leave `replicas` out of what an autoscaler steers',
      }),
    ];
  }
  if (from !== undefined && to !== undefined && to < from) {
    return [
      finding(path, to === 0 ? 'warning' : 'notice', to === 0 ? 'nothing of it runs any more' : 'fewer replicas', {
        given: `${from} → ${to}`,
        allowed: `${from} or more, for as much capacity as before`,
        remedy: 'nothing, if that is what you expect',
      }),
    ];
  }
  // Without an autoscaler of its own, and the old one is not pruned: it goes on steering.
  if (steered !== undefined && steers === undefined) {
    return [
      finding(path, 'warning', `${objectName(steered)} stays, and goes on steering what now has a fixed number`, {
        given: to === undefined ? 'no `replicas`' : `${to} replicas`,
        allowed: 'no autoscaler beside it',
        remedy: 'delete the autoscaler first, then apply',
        steps: [kubectl('delete', steered), 'kubectl apply -f dist'],
      }),
    ];
  }
  return [];
}

/** What apply owned and no longer states goes back to the server's default, which is one replica. */
function dropped(path: string, object: JsonObject, from: number, steers: JsonObject | undefined): Finding {
  const lowest = steers === undefined ? undefined : numberOf(valueAt(steers, ['spec', 'minReplicas']));
  const what = steers === undefined ? 'the replicas fall to 1' : 'the replicas fall to 1 until the autoscaler acts';
  const kind = (textOf(object['kind']) ?? '').toLowerCase();
  const flag = namespaceFlag(object);
  return finding(path, from === 0 ? 'notice' : 'warning', `${what}: \`kubectl apply\` takes the field away`, {
    given: `${from} → (not stated)${lowest === undefined ? '' : `, autoscaler from ${lowest}`}`,
    allowed: 'a field that the last apply did not own',
    remedy:
      steers === undefined
        ? 'state `replicas`'
        : 'hand the field over first: take it out of what apply remembers, then apply',
    steps:
      steers === undefined
        ? []
        : [
            `kubectl ${flag}apply view-last-applied ${kind}/${nameOf(object)} -o yaml | kubectl patch --local -f - --type=json -p '[{"op":"remove","path":"/spec/replicas"}]' -o yaml | kubectl ${flag}apply set-last-applied -f -`,
            'kubectl apply -f dist',
          ],
  });
}

function ofAutoscaler({ before, after }: Updated): Finding[] {
  return (['minReplicas', 'maxReplicas'] as const).flatMap((key) => {
    const [from, to] = [before, after].map(({ object }) => numberOf(valueAt(object, ['spec', key])));
    if (from === undefined || to === undefined || to >= from) return [];
    return [
      finding(fieldPath(after.object, ['spec', key]), 'notice', 'the autoscaler may go lower than before', {
        given: `${from} → ${to}`,
        allowed: `${from} or more, for as much capacity as before`,
        remedy: 'nothing, if that is what you expect',
      }),
    ];
  });
}

function finding(
  path: string,
  severity: 'warning' | 'notice',
  message: string,
  more: Pick<Finding, 'given' | 'allowed' | 'remedy'> & { readonly steps?: readonly string[] },
): Finding {
  return { code: 'TARS6606', severity, path, message, steps: [], ...more };
}

/** Autoscalers by what they steer. */
function autoscalers({ manifests }: EmittedSet): ReadonlyMap<string, JsonObject> {
  return new Map(
    manifests
      .filter(({ object }) => object['kind'] === 'HorizontalPodAutoscaler' && groupOf(object) === 'autoscaling')
      .map(({ object }): [string, JsonObject] => {
        const target = ['spec', 'scaleTargetRef'];
        const kind = textOf(valueAt(object, [...target, 'kind'])) ?? '';
        return [`${namespaceOf(object)}/${kind}/${textOf(valueAt(object, [...target, 'name'])) ?? ''}`, object];
      }),
  );
}

function targetId(object: JsonObject): string {
  return `${namespaceOf(object)}/${objectName(object)}`;
}
