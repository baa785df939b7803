// @ts-check
import https from 'node:https';
import { ask } from '../../smoke/client.mjs';
import { ingress } from './ingress.mjs';

/** As many at once as keep every worker of the backend busy. */
const atOnce = 24;

/** More requests than the backend can take: those that cost it most and us least. */
export function startLoad() {
  const agent = new https.Agent({ keepAlive: true });
  let isStopping = false;
  let count = 0;
  let failures = 0;
  const url = `${ingress.api}/metrics`;
  const running = Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (!isStopping) {
        count += 1;
        const status = await ask({ ...ingress, agent }, url).then(
          (answer) => answer.status,
          () => 0,
        );
        failures += status === 200 ? 0 : 1;
      }
    }),
  );
  return {
    count: () => count,
    failures: () => failures,
    async stop() {
      isStopping = true;
      await running;
      agent.destroy();
    },
  };
}
