import type { Fault, Found } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { componentOf, isOurs, isReady, isRecent, kubectl, livePods, lower, ofKind, ownerOf, titleOf } from '../live';
import { compose, serviceTitle } from '../services';
import { oneLine } from '../text';
import { tellingContainers, tellingPods } from './telling-lines';

const FULL = /no space left on device|ENOSPC|disk quota exceeded|EDQUOT|database or disk is full/i;

/** A container that has filled its volume, or the disk below it. */
export const noSpace: Fault = {
  code: 'TARS7323',
  title: 'a volume or a disk that is full',
  why: 'What writes to it ends, and does not start again before there is room. On Kubernetes the pod may be evicted.',
  kubernetes: (snapshot) => [
    ...tellingPods(FULL, snapshot).map(({ name, owner, component, line }): Found => ({
      object: owner,
      rank: 'cause',
      components: [component],
      message: 'it has no room to write',
      evidence: [`${name}: ${line}`],
      cause: 'its volume, or the disk of the node, is full',
      remedies: [
        kubectl(snapshot, `exec ${lower(owner)} -- df -h`),
        '# free some room, or enlarge the volume in main.ts: tars synth, then',
        `kubectl apply -f ${snapshot.manifests}`,
      ],
    })),
    ...evicted(snapshot),
  ],
  compose: (snapshot) =>
    tellingContainers(FULL, snapshot).map(({ name, owner, component, line }) => ({
      object: serviceTitle(owner),
      rank: 'cause',
      components: [component],
      message: 'it has no room to write',
      evidence: [`${name}: ${line}`],
      cause: 'its volume, or the disk of the engine, is full',
      remedies: [
        'docker system df',
        '# of what is used by no container: images, layers of builds',
        'docker system prune',
        compose(snapshot, `up -d --force-recreate ${owner}`),
      ],
    })),
};

/** Pods that the kubelet has ended since they, or others, took too much of the node. It comes back. */
function evicted(snapshot: KubernetesSnapshot): Found[] {
  const live = livePods(snapshot);
  return ofKind(snapshot.objects, 'Pod')
    .filter((pod) => isOurs(pod) && pod.status?.phase === 'Failed' && pod.status.reason === 'Evicted')
    .filter(({ status }) =>
      status?.conditions?.some(
        ({ type, lastTransitionTime }) => type === 'DisruptionTarget' && isRecent(lastTransitionTime, snapshot.now),
      ),
    )
    .map((pod) => {
      const component = componentOf(pod);
      const isBack = live.some((one) => componentOf(one) === component && isReady(one));
      return {
        object: ownerOf(pod, snapshot.objects),
        rank: 'cause',
        components: isBack ? [] : [component],
        message: 'a pod of it was evicted',
        evidence: [`${titleOf(pod)}: Evicted: ${oneLine(pod.status?.message)}`],
        cause: 'it wrote more than its limit, or the disk or the memory of the node was short',
        remedies: [
          kubectl(snapshot, `describe pod ${pod.metadata.name}`),
          '# raise what the message names in main.ts, or give the node more; then',
          kubectl(snapshot, `delete pod ${pod.metadata.name}`),
        ],
      };
    });
}
