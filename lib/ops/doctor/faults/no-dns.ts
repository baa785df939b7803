import type { ConnectionAttempt } from '../connection-attempt';
import type { Fault } from '../finding';
import { compose } from '../services';
import { distinct, oneLine } from '../text';
import { policyDifferences, policyRemedies } from './policies';

/** A component that gets no answer from the DNS, tried from inside of it. */
export const noDns: Fault = {
  code: 'TARS7311',
  title: 'a component that gets no answer from the DNS',
  why: 'It finds none of those that it needs, though they are all there.',
  kubernetes: (snapshot) => {
    const failed = clients(snapshot.attempts);
    const all = distinct(snapshot.attempts.map(({ client }) => client));
    if (failed.length > 1 && failed.length === all.length) {
      const differences = policyDifferences(failed, snapshot);
      return [
        {
          object: differences.map(({ object }) => object).join(', ') || 'the DNS of the cluster',
          rank: 'cause' as const,
          components: failed,
          message: 'no component gets an answer from the DNS',
          evidence: evidence(failed, snapshot.attempts),
          cause:
            differences.length > 0 ? 'a NetworkPolicy closes the way to it' : 'it does not run, or cannot be reached',
          remedies: [
            'kubectl -n kube-system get pods -l k8s-app=kube-dns',
            'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50',
            ...policyRemedies(differences, snapshot),
          ],
        },
      ];
    }
    return failed.map((client) => {
      const differences = policyDifferences([client], snapshot);
      const own = snapshot.topology.components.find(({ name }) => name === client)?.workload ?? client;
      return {
        object: differences.length > 0 ? differences.map(({ object }) => object).join(', ') : own,
        rank: 'cause' as const,
        components: [client],
        affected: [own],
        message: differences.length > 0 ? `it closes the DNS to ${client}` : 'it gets no answer from the DNS',
        evidence: [
          ...evidence([client], snapshot.attempts),
          ...differences.map(({ object, what }) => `${object}: ${what}`),
        ],
        cause:
          differences.length > 0
            ? `not as the manifests say: ${differences.map(({ object, what }) => `${object} is ${what}`).join(', ')}`
            : 'others do, so the way from this component is closed',
        remedies: differences.length > 0 ? policyRemedies(differences, snapshot) : ['tars graph --reachability'],
      };
    });
  },
  compose: (snapshot) =>
    clients(snapshot.attempts).map((client) => ({
      object: `service/${snapshot.topology.components.find(({ name }) => name === client)?.composeName ?? client}`,
      rank: 'symptom',
      components: [client],
      message: 'it gets no answer from the DNS of the engine',
      evidence: evidence([client], snapshot.attempts),
      cause: 'it is in no network of this project, or the engine cannot answer',
      remedies: [compose(snapshot, 'up -d --force-recreate')],
    })),
};

function clients(attempts: readonly ConnectionAttempt[]): readonly string[] {
  const all = distinct(attempts.map(({ client }) => client));
  return all.filter((client) => {
    const own = attempts.filter((one) => one.client === client);
    return own.every(({ outcome }) => outcome === 'no-dns');
  });
}

function evidence(names: readonly string[], attempts: readonly ConnectionAttempt[]): string[] {
  return attempts
    .filter(({ client, outcome }) => names.includes(client) && outcome === 'no-dns')
    .slice(0, 3)
    .map(({ client, host, detail }) => `from ${client}: ${host}: ${oneLine(detail)}`);
}
