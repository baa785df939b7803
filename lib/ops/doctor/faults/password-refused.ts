import type { LogExcerpt } from '../log-excerpt';
import type { Fault, Found } from '../finding';
import { kubectl, lower } from '../live';
import { compose } from '../services';
import type { Topology } from '../topology';
import { distinct, oneLine } from '../text';

const REFUSED =
  /password authentication failed for user|WRONGPASS|NOAUTH Authentication|invalid username-password pair|Access denied for user|InvalidPasswordError|AuthenticationError/;

/** A server that does not take the password that its client has. */
export const passwordRefused: Fault = {
  code: 'TARS7314',
  title: 'a password that a server does not take',
  why:
    'A database keeps the password that it was first started with, on its volume. Another one in the Secret or in .env ' +
    'locks everybody out; it does not change the database.',
  kubernetes: (snapshot) =>
    refused(snapshot.logs, snapshot.topology).map(({ server, workload, evidence, others }) => ({
      ...found(workload, server, evidence, others),
      remedies: [
        'tars secrets list',
        '# either give back the password that it was made with (secrets/cluster.env), or set the new one in the database:',
        kubectl(snapshot, `exec -it ${lower(workload)} -- psql -U postgres -c '\\password'`),
        ...others.map((name) => kubectl(snapshot, `rollout restart ${lower(name)}`)),
      ],
    })),
  compose: (snapshot) =>
    refused(snapshot.logs, snapshot.topology).map(({ server, composeName, evidence, composeOthers }) => ({
      ...found(
        `service/${composeName}`,
        server,
        evidence,
        composeOthers.map((name) => `service/${name}`),
      ),
      remedies: [
        '# either give back the password that it was made with (compose/.env), or set the new one in the database:',
        compose(snapshot, `exec ${composeName} psql -U postgres -c '\\password'`),
        compose(snapshot, 'up -d --force-recreate'),
      ],
    })),
};

function found(
  object: string,
  server: string,
  evidence: readonly string[],
  others: readonly string[],
): Omit<Found, 'remedies'> {
  return {
    object,
    rank: 'cause',
    components: [server],
    affected: others,
    message: 'it refuses the password of its clients',
    evidence,
    cause: 'clients have another password than the one that it was made with',
  };
}

interface Refusing {
  readonly server: string;
  readonly workload: string;
  readonly composeName: string;
  readonly evidence: readonly string[];
  /** Its clients, where it was a client who said so or of whom it was said. */
  readonly others: readonly string[];
  readonly composeOthers: readonly string[];
}

/** Either side's words will do: some servers say nothing, some clients wrap it up. */
function refused(logs: readonly LogExcerpt[], { components, links }: Topology): readonly Refusing[] {
  const lines = (name: string): string[] =>
    logs
      .filter(({ component }) => component === name)
      .flatMap(({ name: pod, text }) =>
        text
          .split('\n')
          .filter((line) => REFUSED.test(line))
          .slice(-1)
          .map((line) => `${pod}: ${oneLine(line)}`),
      );
  return components.flatMap(({ name, workload, composeName }): Refusing[] => {
    const clients = distinct(links.filter(({ server }) => server === name).map(({ client }) => client));
    if (clients.length === 0) return [];
    // Who needs others speaks of their refusals, and refuses nobody by these words itself.
    const own = links.some(({ client }) => client === name) ? [] : lines(name);
    const told = clients.flatMap((client) => {
      const said = lines(client);
      const kind = /redis|WRONGPASS|NOAUTH|username-password/i.test(said.join(' ')) ? 'redis' : 'postgres';
      return said.filter(() => name.includes(kind));
    });
    const evidence = distinct([...own, ...told]).slice(0, 4);
    if (evidence.length === 0) return [];
    const asked = components.filter(
      (one) => clients.includes(one.name) && logs.some((log) => log.component === one.name),
    );
    return [
      {
        server: name,
        workload,
        composeName,
        evidence,
        others: asked.map((one) => one.workload),
        composeOthers: asked.map((one) => one.composeName),
      },
    ];
  });
}
