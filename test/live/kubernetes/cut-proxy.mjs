// @ts-check
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A way to a server that breaks on demand.
 *
 * @typedef {object} CutProxy
 * @property {number} port on 127.0.0.1
 * @property {() => number} cut breaks all connections, midway, as a router does that has lost its table;
 *   says how many there were
 * @property {(signal: AbortSignal, everyMs: number) => Promise<number>} cutEvery breaks them again and again,
 *   until the signal; says how many in all
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
    async cutEvery(signal, everyMs) {
      let count = 0;
      while (!signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, everyMs));
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
