// @ts-check
import { until } from '../../testbed/wait.mjs';
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
 * The processes of a container, and those that look. In a moment in which the engine starts another one, a
 * health check for instance, there is runc itself, which has not become that process yet: then it is looked
 * again.
 *
 * @param {import('./containers.mjs').Container} container
 * @returns {Promise<Process[]>}
 */
export async function processesOf(container) {
  return until(`${container.name} starts no process`, async () => {
    const { stdout } = await execute(container, ['sh', '-c', 'cat /proc/[0-9]*/status 2>/dev/null; true']);
    const processes = readStatus(stdout);
    return !processes.some(({ name }) => /^runc:\[\d:/.test(name)) && processes;
  });
}

/**
 * @param {string} text of /proc/<pid>/status, one after the other
 * @returns {Process[]}
 */
function readStatus(text) {
  return text
    .split(/^(?=Name:\t)/m)
    .filter(Boolean)
    .map((status) => {
      const field = (/** @type {string} */ name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
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
