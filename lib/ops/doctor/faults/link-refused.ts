import type { Fault } from '../finding';
import { componentOf, isReady, kubectl, livePods, lower, ofKind, reapply } from '../live';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { compose, engineContainers, isServing } from '../services';
import { oneLine } from '../text';
import { failedLinks, workload } from './link-closed';
import { policyDifferences } from './policies';

/** A connection of the model that nobody takes, or whose name nobody knows. */
export const linkRefused: Fault = {
  code: 'TARS7313',
  title: 'a connection that nobody takes',
  why: 'The client finds the name and nobody at its port, or not even the name.',
  kubernetes: (snapshot) => [
    ...failedLinks(snapshot)
      .filter(({ outcome }) => outcome === 'refused')
      .filter(({ client, server }) => policyDifferences([client, server], snapshot).length === 0)
      .map(({ client, server, host, port, detail }) => ({
        object: `${workload(client, snapshot)} -> ${host}:${port}`,
        rank: 'symptom' as const,
        components: [client, server],
        message: `${server} refuses the connection from ${client}`,
        evidence: [`from ${client}: ${host}:${port}: ${oneLine(detail)}`],
        cause: 'nobody listens at this port of the Service, or of the pods behind it',
        remedies: [
          kubectl(snapshot, `describe service ${host}`),
          kubectl(snapshot, `logs ${lower(workload(server, snapshot))} --tail=50`),
          reapply(snapshot),
        ],
      })),
    ...snapshot.attempts
      .filter(({ server, host, outcome }) => outcome === 'no-name' && isToBeFound(server, host, snapshot))
      .map(({ client, server, host, port, detail }) => ({
        object: `${workload(client, snapshot)} -> ${host}:${port}`,
        rank: 'symptom' as const,
        components: [client, server],
        message: `${client} asks for a name that the DNS does not know`,
        evidence: [`from ${client}: ${host}: ${oneLine(detail)}`],
        cause: `there is no Service ${host} in this namespace, or the pod asks another DNS`,
        remedies: [kubectl(snapshot, 'get services'), reapply(snapshot)],
      })),
  ],
  compose: (snapshot) =>
    snapshot.attempts
      .filter(({ outcome }) => outcome === 'refused' || outcome === 'timeout' || outcome === 'no-name')
      .filter(({ server }) =>
        engineContainers(snapshot).some(
          ({ expected, container }) => expected.component === server && isServing(container),
        ),
      )
      .map(({ client, server, host, port, outcome, detail }) => ({
        object: `service/${client} -> ${host}:${port}`,
        rank: 'symptom',
        components: [client, server],
        message: `${client} does not reach ${server}`,
        evidence: [`from ${client}: ${host}:${port}: ${outcome}: ${oneLine(detail)}`],
        cause:
          outcome === 'no-name' ? 'they have no network in common' : 'nobody listens there, though its check passes',
        remedies: [compose(snapshot, `up -d --force-recreate ${host}`)],
      })),
};

/** A headless Service has no name while none of its pods is ready. */
function isToBeFound(server: string, host: string, snapshot: KubernetesSnapshot): boolean {
  const isThere = ofKind(snapshot.objects, 'Service').some(({ metadata }) => metadata.name === host);
  return !isThere || livePods(snapshot).some((pod) => componentOf(pod) === server && isReady(pod));
}
