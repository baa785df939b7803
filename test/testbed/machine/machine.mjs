// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, isRunning, signalRunning, start } from '../process.mjs';
import { run } from '../run.mjs';
import { until } from '../wait.mjs';
import { makeCgroup, removeCgroup } from './cgroups.mjs';
import { connect, disconnect, interfaceName, internetPlan, openInternet } from './network.mjs';
import { pauseProgram } from './pause.mjs';
import { forgetMachine, newMachine, readMachine, writeMachine } from './state.mjs';

/** @typedef {import('./state.mjs').Machine} Machine */
/** @typedef {import('../run.mjs').Outcome} Outcome */

/**
 * Folders that programs write to whatever they are told: the machine has its own, in memory.
 */
const ownDirectories = ['/run', '/var/lib', '/var/log'];

/** Settings of the kernel that all machines share: they stay as they are. */
const sharedSettings = ['/proc/sys/kernel', '/proc/sys/vm', '/proc/sys/fs'];

/** Those of them without which a kubelet or an engine does not start: it may write to a copy. */
const copiedSettings = [
  '/proc/sys/kernel/panic',
  '/proc/sys/kernel/panic_on_oops',
  '/proc/sys/kernel/keys/root_maxkeys',
  '/proc/sys/kernel/keys/root_maxbytes',
  '/proc/sys/vm/overcommit_memory',
  '/proc/sys/vm/panic_on_oom',
];

/**
 * Starts an empty machine; one of that name that is there, or has left anything, is ended first.
 *
 * @param {string} name
 * @param {{ network: string, internet: boolean }} options
 * @returns {Promise<Machine>}
 */
export async function startMachine(name, { network, internet }) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(`a ${name} needs Linux and root`);
  }
  await stopMachine(name);
  const machine = newMachine(name, network);
  Object.assign(machine, internet ? internetPlan(machine) : {});
  mkdirSync(machine.data, { recursive: true });
  writeMachine(machine);
  makeCgroup(cgroupOf(machine));
  const pause = pauseProgram();
  machine.holder = start({
    name: 'machine',
    binary: 'unshare',
    args: ['--mount', '--net', '--pid', '--fork', '--kill-child', '--propagation', 'private', pause],
    logFile: join(machine.directory, 'machine.log'),
  });
  writeMachine(machine);
  machine.init = await until('the machine is there', () => childOf(machine.holder?.pid ?? 0));
  machine.initIdentity = identityOf(machine.init) ?? 'gone';
  writeMachine(machine);
  prepareMounts(machine);
  connect(machine);
  if (internet) {
    openInternet(machine);
  }
  return machine;
}

/**
 * Ends it with everything in it, and takes back what was done outside.
 *
 * @param {string} name
 * @returns {Promise<boolean>} whether there was anything to end
 */
export async function stopMachine(name) {
  const machine = readMachine(name);
  if (!machine) {
    return false;
  }
  const holder = machine.holder;
  if (holder) {
    signalRunning([holder], 'SIGKILL'); // the kernel ends all others with the first
    const first = { pid: machine.init, identity: machine.initIdentity }; // ends as the last
    const everyone = [holder, ...machine.processes, ...(machine.init ? [first] : [])];
    await until(`all of the ${name} has ended`, () => !everyone.some((one) => isRunning(one)));
  }
  disconnect(machine);
  await removeCgroup(cgroupOf(machine));
  forgetMachine(machine);
  return true;
}

/** @param {Machine} machine */
export function isUp({ holder, processes }) {
  return holder !== null && [holder, ...processes].every(isRunning);
}

/** @param {Pick<Machine, 'name'>} machine */
export function cgroupOf(machine) {
  return interfaceName(machine);
}

/**
 * Starts a program that stays in the machine.
 *
 * @param {Machine} machine
 * @param {{ name: string, binary: string, args: readonly string[], env?: Readonly<Record<string, string>> }} program
 */
export function startInside(machine, { name, binary, args, env = {} }) {
  const logFile = join(machine.directory, `${name}.log`);
  const [enter = '', ...rest] = inside(machine, [binary, ...args], env);
  machine.processes.push(start({ name, binary: enter, args: rest, logFile }));
  writeMachine(machine);
}

/**
 * Runs a program in the machine to its end.
 *
 * @param {Machine} machine
 * @param {readonly string[]} command
 * @param {{ env?: Readonly<Record<string, string>>, input?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function runInside(machine, command, { env = {}, input } = {}) {
  const [enter = '', ...rest] = inside(machine, command, env);
  return run(enter, rest, { input });
}

/**
 * @param {Machine} machine
 * @param {readonly string[]} command
 * @param {Readonly<Record<string, string>>} env
 * @returns {string[]} the command that runs `command` in the machine
 */
export function inside({ init }, command, env = {}) {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return ['nsenter', '-t', String(init), '-m', '-n', '-p', '--', 'env', ...variables, ...command];
}

/** @param {Machine} machine */
function prepareMounts(machine) {
  /** @type {string[][]} */
  const mounts = [
    ['-t', 'proc', 'proc', '/proc'],
    ...ownDirectories.map((path) => ['-t', 'tmpfs', 'tmpfs', path]),
    ...sharedSettings.flatMap((path) => [
      ['--bind', path, path],
      ['-o', 'remount,bind,ro', path],
    ]),
    ...copiedSettings.filter((path) => existsSync(path)).map((path) => ['--bind', copyOf(path, machine), path]),
    ['--make-rshared', '/'],
  ];
  for (const args of mounts) {
    const [enter = '', ...rest] = inside(machine, ['mount', ...args]);
    execFileSync(enter, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

/**
 * @param {string} setting
 * @param {Machine} machine
 * @returns {string} a file with the same value
 */
function copyOf(setting, { directory }) {
  const copy = join(directory, setting.slice(1).replaceAll('/', '-'));
  writeFileSync(copy, readFileSync(setting));
  return copy;
}

/**
 * @param {number} pid
 * @returns {number | undefined}
 */
function childOf(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()) || undefined;
}
