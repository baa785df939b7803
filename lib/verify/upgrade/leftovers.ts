import type { JsonObject } from '../emitted';
import { objectName } from '../object-path';
import { nameOf, objectOf, textOf, valueAt } from '../read';
import { kubectl } from './object-key';
import type { Finding, ReleaseChange } from './release-change';

/** What an object that is no longer made goes on doing while it is there. */
const EFFECTS: Readonly<Record<string, string>> = {
  Deployment: 'its pods go on running',
  StatefulSet: 'its pods go on running',
  DaemonSet: 'its pods go on running',
  CronJob: 'it goes on starting Jobs',
  HorizontalPodAutoscaler: 'it goes on steering replicas',
  NetworkPolicy: 'what it allows stays allowed',
  Service: 'its name and its ports stay',
  Ingress: 'its hosts stay reachable from outside',
  Gateway: 'its listeners stay open',
  HTTPRoute: 'its hosts stay reachable from outside',
  PodDisruptionBudget: 'it goes on holding up drains',
  ResourceQuota: 'it goes on refusing pods',
  LimitRange: 'it goes on changing and refusing pods',
  RoleBinding: 'the rights that it gives stay',
  ClusterRoleBinding: 'the rights that it gives stay',
  ValidatingAdmissionPolicyBinding: 'it goes on refusing changes',
};

/** Kinds that do nothing by themselves. */
const QUIET = new Set([
  'ConfigMap',
  'ServiceAccount',
  'Job',
  'Secret',
  'ValidatingAdmissionPolicy',
  'Role',
  'ClusterRole',
]);

/** Objects that are no longer made: `kubectl apply` deletes none of them. */
export function leftovers({ objects }: ReleaseChange): readonly Finding[] {
  return objects.flatMap(({ change, before }) => {
    if (change !== 'removed' || before === undefined) return [];
    const { object } = before;
    const kind = textOf(object['kind']) ?? '';
    // Claims hold data: what becomes of them is said where data is left behind.
    if (kind === 'PersistentVolumeClaim') return [];
    return [kind === 'Namespace' ? leftNamespace(object) : leftObject(kind, object)];
  });
}

function leftObject(kind: string, object: JsonObject): Finding {
  const effect = EFFECTS[kind];
  const isSuperseded = kind === 'Job';
  return {
    code: 'TARS6609',
    severity: QUIET.has(kind) ? 'notice' : 'warning',
    path: objectName(object),
    message: `no longer made, and \`kubectl apply\` does not delete it${effect === undefined ? '' : `: ${effect}`}`,
    given: object['metadata'] === undefined ? undefined : `${nameOf(object)}, of the release before`,
    allowed: 'nothing of this name in the cluster',
    remedy: isSuperseded ? 'delete it when it has ended' : 'delete it after the apply',
    steps: [deletion(kind, object)],
  };
}

/** Claims of a StatefulSet stay when it is deleted, unless it says otherwise. */
function deletion(kind: string, object: JsonObject): string {
  const command = kubectl('delete', object);
  const policy = objectOf(valueAt(object, ['spec', 'persistentVolumeClaimRetentionPolicy']));
  if (kind !== 'StatefulSet') return command;
  return policy['whenDeleted'] === 'Delete' ? `${command}   # deletes its claims and their data, too` : command;
}

function leftNamespace(object: JsonObject): Finding {
  return {
    code: 'TARS6609',
    severity: 'notice',
    path: objectName(object),
    message: 'no longer made: the namespace stays, with everything in it',
    given: `${nameOf(object)}, of the release before`,
    allowed: 'a namespace that is made elsewhere',
    remedy: 'leave it: deleting it deletes every claim in it and the data',
    steps: [],
  };
}
