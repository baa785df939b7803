import type { Fault } from '../finding';
import { componentOf, condition, livePods, ofKind, ownerOf, reapply, titleOf } from '../live';
import { oneLine } from '../text';

/** A pod for which no node is good enough. */
export const unschedulable: Fault = {
  code: 'TARS7306',
  title: 'a pod that no node can take',
  why: 'It waits until a node has room, or is as the pod wants it.',
  kubernetes: (snapshot) =>
    livePods(snapshot).flatMap((pod) => {
      const said = condition(pod.status?.conditions, 'PodScheduled', 'False');
      if (said?.reason !== 'Unschedulable') return [];
      const message = oneLine(said.message);
      const cordoned = ofKind(snapshot.objects, 'Node').filter(({ spec }) => spec?.unschedulable === true);
      const cause = causeOf(message);
      return [
        {
          object: ownerOf(pod, snapshot.objects),
          // What the claim has to do with it, the claim says itself.
          rank: /unbound|persistentvolumeclaim/.test(message) ? ('symptom' as const) : ('cause' as const),
          components: [componentOf(pod)],
          message: 'no node can take its pod',
          evidence: [`${titleOf(pod)}: ${message}`],
          cause,
          remedies: [
            ...(message.includes('unschedulable')
              ? cordoned.map((node) => `kubectl uncordon ${node.metadata.name}`)
              : []),
            ...(message.includes('Insufficient')
              ? [
                  'kubectl describe nodes',
                  'tars fit --nodes 3x4cpu16Gi',
                  '# then add a node, or lower requests in main.ts',
                ]
              : ['kubectl get nodes --show-labels']),
            reapply(snapshot),
          ],
        },
      ];
    }),
};

function causeOf(message: string): string {
  const resources = [...message.matchAll(/Insufficient ([\w./-]+)/g)].map(([, name]) => name);
  if (resources.length > 0) return `it asks for more ${[...new Set(resources)].join(' and ')} than any node has left`;
  if (/node affinity\/selector|node selector/.test(message)) return 'no node has the labels that it asks for';
  if (message.includes('untolerated taint')) return 'the nodes have a taint that it does not tolerate';
  if (message.includes('unschedulable')) return 'the nodes are cordoned';
  if (/unbound|persistentvolumeclaim/.test(message)) return 'a claim of it has no volume';
  if (/affinity|topology spread/.test(message)) return 'where its other pods run leaves no node to it';
  return 'see what the scheduler says';
}
