// @ts-check
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { perform, succeeds } from '../../testbed/machine/command.mjs';
import { readMachine } from '../../testbed/machine/state.mjs';
import { until } from '../../testbed/wait.mjs';

/**
 * Somebody else's computer: a network of its own at the end of a cable to the node, from which pods can be
 * addressed, and whose addresses pods can reach through the node. Connections from and to it pass the
 * policies, unlike those of the node itself.
 *
 * @typedef {object} Outside
 * @property {number} pid of a process in it
 * @property {string} internet one of its addresses, in a range that counts as the internet (TEST-NET-3, RFC 5737)
 * @property {string} intranet another, in a private range
 * @property {(ports: readonly number[]) => Promise<void>} listen answers on them, on both addresses
 * @property {() => Promise<void>} remove
 */

const network = '203.0.113';
const intranet = '10.99.0.1';
const cable = 'outside0';

/** @returns {Promise<Outside>} */
export async function makeOutside() {
  const machine = readMachine('node');
  if (!machine) {
    throw new Error('the node is not running');
  }
  // It ends with this process, whose end closes its input; and the cable with it.
  const holder = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const pid = holder.pid ?? 0;
  const here = ['nsenter', '-t', String(pid), '-n'];
  const there = ['nsenter', '-t', String(machine.init), '-n'];
  await until('there is a network outside', () => isApart(pid));
  for (const command of [
    [...there, 'ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)],
    [...there, 'ip', 'addr', 'add', `${network}.1/24`, 'dev', cable],
    [...there, 'ip', 'link', 'set', cable, 'up'],
    [...there, 'ip', 'route', 'add', `${intranet}/32`, 'via', `${network}.2`, 'dev', cable, 'onlink'],
    [...here, 'ip', 'link', 'set', 'lo', 'up'],
    [...here, 'ip', 'addr', 'add', `${network}.2/24`, 'dev', 'eth0'],
    [...here, 'ip', 'addr', 'add', `${intranet}/32`, 'dev', 'lo'],
    [...here, 'ip', 'link', 'set', 'eth0', 'up'],
    [...here, 'ip', 'route', 'add', 'default', 'via', `${network}.1`],
  ]) {
    perform(command);
  }
  /** @type {import('node:child_process').ChildProcess[]} */
  const servers = [];
  return {
    pid,
    internet: `${network}.2`,
    intranet,
    async listen(ports) {
      const [program = '', ...args] = [...here, process.execPath, '--eval', serverScript(ports)];
      const server = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      servers.push(server);
      await once(/** @type {import('node:stream').Readable} */ (server.stdout), 'data');
    },
    async remove() {
      const processes = [...servers, holder];
      const ends = processes.map((one) => once(one, 'exit'));
      processes.forEach((one) => one.stdin?.end());
      await Promise.all(ends);
      await until('the cable is gone', () => !succeeds([...there, 'ip', 'link', 'show', cable]));
    },
  };
}

/** @param {number} pid */
function isApart(pid) {
  const [mine, its] = ['self', String(pid)].map((one) =>
    execFileSync('readlink', [`/proc/${one}/ns/net`], { encoding: 'utf8' }),
  );
  return mine !== its;
}

/**
 * @param {readonly number[]} ports
 * @returns {string} a program that takes connections until its input ends
 */
function serverScript(ports) {
  return `
    const { createServer } = require('node:net');
    const { once } = require('node:events');
    const servers = ${JSON.stringify(ports)}.map((port) => createServer((socket) => socket.end()).listen(port));
    Promise.all(servers.map((server) => once(server, 'listening'))).then(() => process.stdout.write('listening'));
    process.stdin.resume().on('end', () => process.exit());
  `;
}
