import type { Fault } from '../finding';
import { componentOf, isOurs, kubectl, livePods, ofKind, reapply, selects, titleOf } from '../live';
import type { Pod, Service } from '../objects';
import { distinct } from '../text';

/** A Service that leads to no pod, while the pods that it is for are there. */
export const serviceFindsNothing: Fault = {
  code: 'TARS7310',
  title: 'a Service that finds no pod, or no port of it',
  why: 'Connections to its name are refused at once, though every pod is ready.',
  kubernetes: (snapshot) => {
    const pods = livePods(snapshot);
    return ofKind(snapshot.objects, 'Service')
      .filter((service) => isOurs(service) && Object.keys(service.spec.selector ?? {}).length > 0)
      .flatMap((service) => {
        const component = componentOf(service);
        const { selector = {} } = service.spec;
        const found = pods.filter(({ metadata }) => selects({ matchLabels: selector }, metadata.labels));
        const meant = pods.filter((pod) => componentOf(pod) === component);
        const lost = found.length > 0 ? portsWithoutPod(service, found) : [];
        if (meant.length === 0 || (found.length > 0 && lost.length === 0)) return [];
        const words = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
        return [
          {
            object: titleOf(service),
            rank: 'cause' as const,
            components: [component],
            message: found.length === 0 ? 'its selector finds no pod' : 'it leads to a port that its pods do not have',
            evidence: distinct([
              `selector ${words.join(',')}: ${found.length} pods; of component ${component} there are ${meant.length}`,
              ...lost.map((port) => `targetPort ${port}: no container has it`),
            ]),
            cause: 'it is not as the manifests say: somebody has edited it, or the labels of the pods',
            remedies: [
              kubectl(snapshot, `get pods -l ${words.join(',')}`),
              'tars diff --against cluster',
              reapply(snapshot),
            ],
          },
        ];
      });
  },
};

/** Names of ports that no container of the pods has. A number may be open without being declared. */
function portsWithoutPod({ spec }: Service, pods: readonly Pod[]): readonly string[] {
  const names = new Set(
    pods.flatMap((pod) => pod.spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name))),
  );
  return (spec.ports ?? []).flatMap(({ targetPort }) =>
    typeof targetPort === 'string' && !/^\d+$/.test(targetPort) && !names.has(targetPort) ? [targetPort] : [],
  );
}
