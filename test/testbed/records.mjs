// @ts-check
import { createHash } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from './cache.mjs';
import { end, identityOf, isRunning } from './process.mjs';

/** @typedef {import('./launch.mjs').Access} Access */
/** @typedef {import('./process.mjs').Started} Started */
/** @typedef {Pick<Started, 'pid' | 'identity'>} Owner */

/**
 * What a control plane has started, written down as it goes, so that whoever comes after a crash
 * can end exactly that.
 *
 * @typedef {object} RunRecord
 * @property {string} id
 * @property {string} directory
 * @property {Started[]} processes in the order of their start
 * @property {Owner | null} owner the Node process that will stop it, or null if it is to stay
 * @property {Access | null} access once it serves
 */

/**
 * @param {string} id
 * @param {string} directory
 * @returns {RunRecord} owned by this process
 */
export function newRecord(id, directory) {
  const owner = { pid: process.pid, identity: identityOf(process.pid) ?? 'unknown' };
  return { id, directory, processes: [], owner, access: null };
}

/** @param {RunRecord} record */
export function writeRecord(record) {
  renameSync(writePartial(record), recordFile(record.id));
}

/**
 * Writes the record unless there is one of that name.
 *
 * @param {RunRecord} record
 * @returns {boolean} whether it was written
 */
export function claimRecord(record) {
  const partial = writePartial(record);
  try {
    linkSync(partial, recordFile(record.id)); // unlike a rename, never replaces a file
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    rmSync(partial);
  }
}

/**
 * @param {RunRecord} record
 * @returns {string} the file, complete, under a name that nobody reads
 */
function writePartial(record) {
  mkdirSync(recordsDirectory(), { recursive: true });
  const partial = `${recordFile(record.id)}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  return partial;
}

/**
 * @param {string} id
 * @returns {RunRecord | undefined}
 */
export function readRecord(id) {
  try {
    return JSON.parse(readFileSync(recordFile(id), 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/**
 * Ends the processes of a record, the last started first, and removes their directory and the
 * record itself.
 *
 * @param {RunRecord} record
 */
export async function endRecorded(record) {
  for (const started of [...record.processes].reverse()) {
    await end([started]);
  }
  forget(record);
}

/**
 * Removes the directory and the record of processes that have ended.
 *
 * @param {RunRecord} record
 */
export function forget(record) {
  // What was killed may be in the middle of making a file.
  rmSync(record.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  rmSync(recordFile(record.id), { force: true });
}

/** Ends whatever the runs that crashed have left behind. */
export async function endAbandoned() {
  for (const record of readRecords()) {
    if (record.owner && !isRunning(record.owner)) {
      await endRecorded(record);
    }
  }
}

/** @returns {RunRecord[]} of everything that runs, or has crashed */
export function readRecords() {
  mkdirSync(recordsDirectory(), { recursive: true });
  return readdirSync(recordsDirectory())
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readRecord(name.slice(0, -'.json'.length)) ?? []);
}

/**
 * Where the records are. The cache may be shared by machines and by containers, which do not see
 * each other's processes and would take them for dead: each has a folder of its own.
 *
 * @returns {string}
 */
export function recordsDirectory() {
  return join(cacheDirectory(), 'running', processSpace());
}

/** @returns {string} the same for those processes that see each other */
function processSpace() {
  if (process.platform !== 'linux') {
    return 'local';
  }
  const name = `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  return createHash('sha256').update(name).digest('hex').slice(0, 8);
}

/** @param {string} id */
function recordFile(id) {
  return join(recordsDirectory(), `${id}.json`);
}
