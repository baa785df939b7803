import type { Fault } from '../finding';
import { compose, engineContainers, serviceTitle } from '../services';
import { oneLine } from '../text';

const TAKEN = /port is already allocated|address already in use/;

/** A port of this machine that somebody else has. */
export const portTaken: Fault = {
  code: 'TARS7319',
  title: 'a port of the machine that somebody else has',
  why: 'The container is made and not started, and those that wait for it are not started either.',
  compose: (snapshot) =>
    engineContainers(snapshot)
      .filter(({ container }) => container.status !== 'running' && TAKEN.test(container.error))
      .map(({ expected, container }) => {
        const port = /(?:\d+\.){3}\d+:(\d+)/.exec(container.error)?.[1] ?? /:(\d+)\b/.exec(container.error)?.[1];
        return {
          object: serviceTitle(expected.name),
          rank: 'cause',
          components: [expected.component],
          message: `port ${port ?? ''} of this machine, which it publishes, is taken`,
          evidence: [`${container.name}: ${oneLine(container.error)}`],
          cause: 'another program or another container listens there',
          remedies: [
            `docker ps --filter publish=${port ?? 'PORT'}`,
            `ss -ltnp 'sport = :${port ?? 'PORT'}'`,
            '# end it, or choose another port in main.ts; then',
            // Started as it is, it lacks the network of the port that failed.
            compose(snapshot, `up -d --force-recreate ${expected.name}`),
          ],
        };
      }),
};
