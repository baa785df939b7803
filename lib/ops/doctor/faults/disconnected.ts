import type { ComposeSnapshot, EngineContainer, ExpectedService } from '../compose-snapshot';
import type { Fault, Found } from '../finding';
import { compose, engineContainers, serviceTitle } from '../services';

/** A container that is not in a network in which it should be. */
export const disconnected: Fault = {
  code: 'TARS7322',
  title: 'a container that is cut off from a network',
  why: 'Those in that network do not find it, nor does it find them; nothing connects it again by itself.',
  compose: (snapshot) =>
    engineContainers(snapshot)
      .filter(({ container }) => container.status === 'running')
      .flatMap(({ expected, container }) => {
        const missing = expected.networks.filter((network) => !container.networks.includes(network));
        if (missing.length === 0) return nameless(expected, container, snapshot);
        return [
          {
            object: serviceTitle(expected.name),
            rank: 'cause' as const,
            components: [expected.component, ...membersOf(missing, snapshot)],
            message: `it is not in the network ${missing.join(', ')}`,
            evidence: [`${container.name}: in ${container.networks.join(', ') || 'no network'}`],
            cause: 'somebody has disconnected it, or it was made from another compose file',
            remedies: [
              ...missing.map(
                (network) =>
                  `docker network connect --alias ${expected.name} ${snapshot.project}_${network} ${container.name}`,
              ),
              `# or: ${compose(snapshot, `up -d --force-recreate ${expected.name}`)}`,
            ],
          },
        ];
      }),
};

/** It was connected by hand, and nobody said by which name it is to be found there. */
function nameless(
  expected: ExpectedService,
  { name, nameless: all }: EngineContainer,
  snapshot: ComposeSnapshot,
): Found[] {
  const networks = all.filter((network) => expected.networks.includes(network));
  if (networks.length === 0) return [];
  return [
    {
      object: serviceTitle(expected.name),
      rank: 'cause',
      components: [expected.component, ...membersOf(networks, snapshot)],
      message: `in the network ${networks.join(', ')} nobody finds it by its name`,
      evidence: [`${name}: it has no alias ${expected.name} there`],
      cause: 'somebody has connected it by hand, without an alias',
      remedies: [compose(snapshot, `up -d --force-recreate ${expected.name}`)],
    },
  ];
}

/** Whoever shares a network with it suffers as well. */
function membersOf(networks: readonly string[], { expected }: ComposeSnapshot): string[] {
  return expected
    .filter((one) => one.networks.some((network) => networks.includes(network)))
    .map(({ component }) => component);
}
