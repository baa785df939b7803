// @ts-check
// A control plane, a node with its cluster, or an engine, each of which stays, for work by hand.
//   node test/testbed/main.mjs [node | engine] up | down | status | logs [component]
import { createReadStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { engineDown, engineStatus, engineUp } from './engine/engine.mjs';
import { readMachine } from './machine/state.mjs';
import { nodeDown, nodeStatus, nodeUp } from './node/node.mjs';
import { standingDown, standingProcesses, standingStatus, standingUp } from './standing.mjs';

const usage = 'usage: node test/testbed/main.mjs [node | engine] up | down | status | logs [component]';

/**
 * What the words after main.mjs are about. The last two need Linux and root.
 *
 * @typedef {object} Target
 * @property {() => Promise<Readonly<Record<string, string>>>} up gives the variables that clients need
 * @property {() => Promise<boolean>} down whether there was anything to stop
 * @property {() => Promise<{ isUp: boolean, text: string }>} status
 * @property {() => readonly { name: string, logFile: string }[]} processes
 */

/** @type {Target} */
const controlPlane = {
  up: async () => ({ KUBECONFIG: (await standingUp()).kubeconfig }),
  down: standingDown,
  status: standingStatus,
  processes: standingProcesses,
};

/** @type {Record<string, Target>} */
const machines = {
  node: { up: nodeUp, down: nodeDown, status: nodeStatus, processes: () => machineProcesses('node') },
  engine: { up: engineUp, down: engineDown, status: engineStatus, processes: () => machineProcesses('engine') },
};

const words = process.argv.slice(2);
const machine = machines[words[0] ?? ''];
const target = machine ?? controlPlane;
const [verb = '', component] = machine ? words.slice(1) : words;

/** @type {Record<string, () => Promise<void>>} */
const commands = {
  async up() {
    const variables = Object.entries(await target.up());
    console.log(variables.map(([name, value]) => `${name}=${value}`).join('\n'));
  },

  async down() {
    console.log((await target.down()) ? 'stopped' : 'was not running');
  },

  async status() {
    const status = await target.status();
    console.log(status.text);
    process.exitCode = status.isUp ? 0 : 1;
  },

  async logs() {
    const logs = target.processes().filter(({ name }) => !component || name === component);
    if (logs.length === 0) {
      throw new Error(component ? `no log of "${component}"` : 'not running, so there are no logs');
    }
    for (const { name, logFile } of logs.filter((log) => existsSync(log.logFile))) {
      console.log(`==> ${name}: ${logFile}`);
      await pipeline(createReadStream(logFile), process.stdout, { end: false });
    }
  },
};

const command = commands[verb];
if (command) {
  try {
    await command();
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
} else {
  console.error(usage);
  process.exitCode = 2;
}

/** @param {string} name */
function machineProcesses(name) {
  const machine = readMachine(name);
  return machine ? [...(machine.holder ? [machine.holder] : []), ...machine.processes] : [];
}
