// @ts-check
import { execute } from './containers.mjs';

const capabilitySets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];

/**
 * A process as the kernel sees it.
 *
 * @typedef {object} Process
 * @property {number} pid in its container
 * @property {string} name
 * @property {{ uids: number[], gids: number[], capabilities: Record<string, bigint>, noNewPrivileges: boolean }} facts
 *   ids: real, effective, saved, and that of the file system
 */

/**
 * @param {import('./containers.mjs').Container} container
 * @returns {Promise<Process[]>} all of them, and those that look
 */
export async function processesOf(container) {
  const { stdout } = await execute(container, ['sh', '-c', 'cat /proc/[0-9]*/status 2>/dev/null; true']);
  return stdout
    .split(/^(?=Name:\t)/m)
    .filter(Boolean)
    .map((text) => {
      const field = (/** @type {string} */ name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(text)?.[1] ?? '';
      const numbers = (/** @type {string} */ name) => field(name).split(/\s+/).map(Number);
      return {
        pid: numbers('NSpid').at(-1) ?? 0,
        name: field('Name'),
        facts: {
          uids: numbers('Uid'),
          gids: numbers('Gid'),
          capabilities: Object.fromEntries(capabilitySets.map((name) => [name, BigInt(`0x${field(name)}`)])),
          noNewPrivileges: field('NoNewPrivs') === '1',
        },
      };
    });
}
