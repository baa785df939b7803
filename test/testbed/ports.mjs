// @ts-check
import { once } from 'node:events';
import { createServer } from 'node:net';

/** @typedef {import('node:net').AddressInfo} AddressInfo */

/** Where every server of the testbed listens, and nowhere else. */
export const loopback = '127.0.0.1';

/**
 * Three ports of the loopback address that nobody listens on now. Somebody may before we do: whoever
 * asks has to try again then.
 *
 * @returns {Promise<[number, number, number]>}
 */
export async function threeFreePorts() {
  const servers = [0, 0, 0].map((any) => createServer().listen(any, loopback));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => /** @type {AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return /** @type {[number, number, number]} */ (ports);
}
