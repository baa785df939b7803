import type { Fault } from '../finding';
import { componentOf, isEndingForLong, isOurs, livePods, ofKind, ownerOf, titleOf } from '../live';
import { distinct, oneLine } from '../text';

const PRESSURE = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

/** A node with pods of ours that is not well. */
export const badNode: Fault = {
  code: 'TARS7317',
  title: 'a node that is not well',
  why: 'Its pods are taken for dead after five minutes and made elsewhere, if they fit; volumes may keep them from it.',
  kubernetes: (snapshot) =>
    ofKind(snapshot.objects, 'Node').flatMap((node) => {
      const ending = ofKind(snapshot.objects, 'Pod').filter((pod) => isOurs(pod) && isEndingForLong(pod, snapshot.now));
      const pods = [...livePods(snapshot), ...ending].filter(({ spec }) => spec.nodeName === node.metadata.name);
      const wrong = (node.status?.conditions ?? []).filter(
        ({ type, status }) => (type === 'Ready' && status !== 'True') || (PRESSURE.includes(type) && status === 'True'),
      );
      if (wrong.length === 0 || pods.length === 0) return [];
      return [
        {
          object: titleOf(node),
          rank: 'cause' as const,
          components: distinct(pods.map(componentOf)),
          affected: distinct(pods.map((pod) => ownerOf(pod, snapshot.objects))),
          message: `the node is not well: ${wrong.map(({ type, status }) => `${type}=${status}`).join(', ')}`,
          evidence: wrong.map(({ reason, message }) => `${reason ?? ''}: ${oneLine(message)}`),
          cause: 'the machine or its kubelet has stopped, or is out of what the condition names',
          remedies: [
            `kubectl describe node ${node.metadata.name}`,
            `kubectl drain ${node.metadata.name} --ignore-daemonsets --delete-emptydir-data`,
          ],
        },
      ];
    }),
};
