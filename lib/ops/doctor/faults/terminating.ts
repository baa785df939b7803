import type { Fault } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { componentOf, condition, isEndingForLong, isOurs, kubectl, ofKind, ownerOf, titleOf } from '../live';
import type { Pod } from '../objects';
import { distinct } from '../text';

/** A pod that was deleted, and is still there long after the time that it had to end. */
export const terminating: Fault = {
  code: 'TARS7328',
  title: 'a pod that does not go away',
  why: 'It keeps its claims and its place in the quota; a StatefulSet makes no other in its place before it is gone.',
  kubernetes: (snapshot) =>
    ofKind(snapshot.objects, 'Pod')
      .filter((pod) => isOurs(pod) && isEndingForLong(pod, snapshot.now) && !isOfBadNode(pod, snapshot))
      .map((pod) => {
        const { name, deletionTimestamp = '', finalizers = [] } = pod.metadata;
        const owner = ownerOf(pod, snapshot.objects);
        return {
          object: owner,
          // Others are replaced before they are gone.
          rank: owner.startsWith('StatefulSet/') ? ('cause' as const) : ('apart' as const),
          components: distinct([componentOf(pod)]),
          message: 'a pod of it was deleted, and does not go away',
          evidence: [
            `${titleOf(pod)}: should have ended by ${deletionTimestamp}`,
            ...finalizers.map((finalizer) => `${titleOf(pod)}: finalizer ${finalizer}`),
          ],
          ...(finalizers.length > 0 ? keptBy(finalizers, name, snapshot) : notEnded(pod, snapshot)),
        };
      }),
};

interface Why {
  readonly cause: string;
  readonly remedies: readonly string[];
}

function keptBy(finalizers: readonly string[], name: string, snapshot: KubernetesSnapshot): Why {
  return {
    cause: `whoever has put ${finalizers.join(' and ')} there has not taken it away`,
    remedies: [
      kubectl(snapshot, `describe pod ${name}`),
      '# let whoever put it there finish; where nobody is left who would,',
      kubectl(snapshot, `patch pod ${name} --type=merge -p '{"metadata":{"finalizers":null}}'`),
    ],
  };
}

function notEnded({ metadata: { name }, spec: { nodeName } }: Pod, snapshot: KubernetesSnapshot): Why {
  const where = nodeName ?? 'its node';
  return {
    cause: `the kubelet of ${where} has not said that it has ended: the machine is off, or the container cannot be ended`,
    remedies: [
      kubectl(snapshot, `describe pod ${name}`),
      ...(nodeName === undefined ? [] : [`kubectl describe node ${nodeName}`]),
      '# only when it certainly runs no more: two of them would write to one volume',
      kubectl(snapshot, `delete pod ${name} --force --grace-period=0`),
    ],
  };
}

/** Then the node is the fault. */
function isOfBadNode({ spec: { nodeName } }: Pod, { objects }: KubernetesSnapshot): boolean {
  const node = ofKind(objects, 'Node').find(({ metadata }) => metadata.name === nodeName);
  return node !== undefined && condition(node.status?.conditions, 'Ready', 'True') === undefined;
}
