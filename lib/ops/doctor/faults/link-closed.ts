import type { ConnectionAttempt } from '../connection-attempt';
import type { Fault } from '../finding';
import { componentOf, isReady, livePods } from '../live';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { oneLine } from '../text';
import { policyDifferences, policyRemedies } from './policies';

/** A connection of the model that something in between does not let through. */
export const linkClosed: Fault = {
  code: 'TARS7312',
  title: 'a connection that is closed on its way',
  why: 'Both ends are well, and the client waits for an answer that does not come, or is turned away.',
  kubernetes: (snapshot) =>
    failedLinks(snapshot).flatMap((attempt) => {
      const { client, server, host, port, outcome, detail } = attempt;
      const differences = policyDifferences([client, server], snapshot);
      // An enforcer may refuse as the server itself would; then the policies have to give a reason.
      if (outcome !== 'timeout' && differences.length === 0) return [];
      const link = `${workload(client, snapshot)} -> ${host}:${port}`;
      const names = differences.map(({ object }) => object);
      return [
        {
          object: names.length === 0 ? link : names.join(', '),
          rank: 'cause' as const,
          components: [client],
          affected: [link],
          message: names.length === 0 ? 'the connection is closed' : 'it closes a connection that the model needs',
          evidence: [
            `from ${client}: ${host}:${port}: ${outcome}: ${oneLine(detail)}`,
            ...differences.map(({ object, what }) => `${object}: ${what}`),
          ],
          cause:
            names.length === 0
              ? 'no answer, though the server is ready: the network between them, or a policy of the cluster'
              : `not as the manifests say: ${differences.map(({ object, what }) => `${object} is ${what}`).join(', ')}`,
          remedies: names.length === 0 ? ['tars graph --reachability'] : policyRemedies(differences, snapshot),
        },
      ];
    }),
};

/** Connections that fail though their server is ready; a client that gets no name at all is the DNS' matter. */
export function failedLinks(snapshot: KubernetesSnapshot): readonly ConnectionAttempt[] {
  const pods = livePods(snapshot);
  return snapshot.attempts.filter(
    ({ server, outcome }) =>
      (outcome === 'refused' || outcome === 'timeout') &&
      pods.some((pod) => componentOf(pod) === server && isReady(pod)),
  );
}

/** `Deployment/tars-backend`, of a component. */
export function workload(name: string, { topology }: KubernetesSnapshot): string {
  return topology.components.find((one) => one.name === name)?.workload ?? name;
}
