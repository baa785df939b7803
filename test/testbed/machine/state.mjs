// @ts-check
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../cache.mjs';
import { recordsDirectory } from '../records.mjs';

/** @typedef {import('../process.mjs').Started} Started */

/**
 * A machine inside this one: a process tree, a network and mounts of its own, which end with its
 * first process. What is outside of these is written down here before it is made.
 *
 * @typedef {object} Machine
 * @property {string} name `node` or `engine`
 * @property {string} directory goes away with the machine
 * @property {string} data stays
 * @property {Started | null} holder keeps the machine up
 * @property {number} init the machine's first process, as seen from outside
 * @property {string} initIdentity tells that process from a later one with the same number
 * @property {string} network the first three numbers of its addresses
 * @property {readonly string[][]} rules of iptables that were added outside
 * @property {Readonly<Record<string, string>>} settings of the kernel outside, as they were before
 * @property {Started[]} processes
 * @property {Readonly<Record<string, string>> | null} access once it serves
 */

/**
 * @param {string} name
 * @returns {string} the folder of all that a machine of this name has
 */
export function machineDirectory(name) {
  return join(recordsDirectory(), name);
}

/**
 * @param {string} name
 * @param {string} network
 * @returns {Machine}
 */
export function newMachine(name, network) {
  const directory = machineDirectory(name);
  const data = join(cacheDirectory(), 'data', name);
  return {
    name,
    directory,
    data,
    holder: null,
    init: 0,
    initIdentity: '',
    network,
    rules: [],
    settings: {},
    processes: [],
    access: null,
  };
}

/**
 * @param {string} name
 * @returns {Machine | undefined}
 */
export function readMachine(name) {
  try {
    return JSON.parse(readFileSync(stateFile(name), 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** @param {Machine} machine */
export function writeMachine(machine) {
  mkdirSync(machine.directory, { recursive: true, mode: 0o700 });
  const partial = `${stateFile(machine.name)}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify(machine, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(partial, stateFile(machine.name));
}

/** @param {Machine} machine */
export function forgetMachine(machine) {
  rmSync(machine.directory, { recursive: true, force: true });
}

/** @param {string} name */
function stateFile(name) {
  return join(machineDirectory(name), 'machine.json');
}
