// @ts-check
// A control plane that stays, for work by hand.
//   node test/testbed/main.mjs up | down | status | logs [component]
import { createReadStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { standingDown, standingProcesses, standingStatus, standingUp } from './standing.mjs';

const usage = 'usage: node test/testbed/main.mjs up | down | status | logs [component]';

/** @type {Record<string, () => Promise<void>>} */
const commands = {
  async up() {
    console.log(`KUBECONFIG=${(await standingUp()).kubeconfig}`);
  },

  async down() {
    console.log((await standingDown()) ? 'stopped' : 'was not running');
  },

  async status() {
    const status = await standingStatus();
    console.log(status.text);
    process.exitCode = status.isUp ? 0 : 1;
  },

  async logs() {
    const wanted = process.argv[3];
    const logs = standingProcesses().filter(({ name }) => !wanted || name === wanted);
    if (logs.length === 0) {
      throw new Error(wanted ? `no log of "${wanted}"` : 'not running, so there are no logs');
    }
    for (const { name, logFile } of logs.filter((log) => existsSync(log.logFile))) {
      console.log(`==> ${name}: ${logFile}`);
      await pipeline(createReadStream(logFile), process.stdout, { end: false });
    }
  },
};

const command = commands[process.argv[2] ?? ''];
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
