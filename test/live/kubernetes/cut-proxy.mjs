// @ts-check
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A way to a server that breaks on demand.
 *
 * @typedef {object} CutProxy
 * @property {number} port on 127.0.0.1
 * @property {() => number} cut breaks all connections, midway, as a router does that has lost its table;
 *   says how many there were
 * @property {(signal: AbortSignal, everyMs: number, progress?: () => number) => Promise<number>} cutEvery breaks
 *   them again and again, until the signal; says how many in all. Without progress, a number that grows, each time
 *   later than before: on a slow machine nothing would ever come through
 * @property {() => number} open how many connections there are
 * @property {() => Promise<void>} close
 */

/**
 * Carries bytes to a server, and knows nothing of what they mean.
 *
 * @param {URL} server
 * @returns {Promise<CutProxy>}
 */
export async function startCutProxy({ hostname, port }) {
  /** @type {Set<import('node:net').Socket>} */
  const near = new Set();
  const proxy = createServer((client) => {
    const far = connect(Number(port || 443), hostname);
    near.add(client);
    client.on('error', () => {}).on('close', () => (near.delete(client), far.destroy()));
    far.on('error', () => {}).on('close', () => client.destroy());
    client.pipe(far).pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cut = () => {
    const count = near.size;
    for (const client of near) {
      client.resetAndDestroy();
    }
    return count;
  };
  return {
    port: /** @type {import('node:net').AddressInfo} */ (proxy.address()).port,
    cut,
    async cutEvery(signal, everyMs, progress = () => 0) {
      let count = 0;
      let ms = everyMs;
      let before = progress();
      while (!signal.aborted) {
        await sleep(ms, undefined, { signal }).catch(() => {});
        const now = progress();
        ms = now > before ? everyMs : ms * 1.5;
        before = now;
        count += cut();
      }
      return count;
    },
    open: () => near.size,
    async close() {
      cut();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
