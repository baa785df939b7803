import type { Fault } from '../finding';
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
        if (missing.length === 0) return [];
        return [
          {
            object: serviceTitle(expected.name),
            rank: 'cause' as const,
            components: [
              expected.component,
              // Whoever shares the network with it suffers as well.
              ...snapshot.expected
                .filter(({ networks }) => networks.some((network) => missing.includes(network)))
                .map(({ component }) => component),
            ],
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
