// @ts-check
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kubectlFor } from './control-plane.mjs';
import { launch } from './launch.mjs';
import { isRunning } from './process.mjs';
import {
  claimRecord,
  endAbandoned,
  endRecorded,
  newRecord,
  readRecord,
  recordsDirectory,
  writeRecord,
} from './records.mjs';
import { until } from './wait.mjs';

/** @typedef {import('./launch.mjs').Access} Access */
/** @typedef {import('./process.mjs').Started} Started */
/** @typedef {import('./records.mjs').RunRecord} RunRecord */

/** The one control plane that outlives the process which started it. */
const id = 'standing';

/**
 * Starts it unless it runs. One of which a process has died is started anew, empty.
 *
 * @returns {Promise<Access>}
 */
export async function standingUp() {
  await endAbandoned();
  const record = newRecord(id, join(recordsDirectory(), id));
  const standing = await until('no other run is starting it', () => claimOrFind(record), { timeoutMs: 600_000 });
  if (standing.access) {
    return standing.access;
  }
  try {
    rmSync(record.directory, { recursive: true, force: true });
    mkdirSync(record.directory, { recursive: true });
    const access = await launch(record, {});
    writeRecord({ ...record, owner: null, access });
    return access;
  } catch (error) {
    await endRecorded(record);
    throw error;
  }
}

/**
 * @param {RunRecord} record
 * @returns {Promise<RunRecord | undefined>} the record itself if the start is ours, the record of the
 *   one that runs, or undefined while another process starts it
 */
async function claimOrFind(record) {
  const standing = readRecord(id);
  if (standing?.owner) {
    return undefined;
  }
  if (standing && standing.processes.every((started) => isRunning(started))) {
    return standing;
  }
  if (standing) {
    await endRecorded(standing);
  }
  return claimRecord(record) ? record : undefined;
}

/** @returns {Promise<boolean>} whether there was anything to stop */
export async function standingDown() {
  const standing = readRecord(id);
  if (standing) {
    await endRecorded(standing);
  }
  return standing !== undefined;
}

/** @returns {Promise<{ isUp: boolean, text: string }>} up means that the API server says it is ready */
export async function standingStatus() {
  const standing = readRecord(id);
  if (!standing) {
    return { isUp: false, text: 'not running' };
  }
  const { access } = standing;
  if (!access) {
    return { isUp: false, text: 'starting' };
  }
  const lines = standing.processes.map(
    (started) => `${started.name} (${started.pid}): ${isRunning(started) ? 'running' : 'has ended'}`,
  );
  const { code, stderr } = await kubectlFor(access.kubeconfig)(['get', '--raw', '/readyz']);
  lines.push(code === 0 ? `ready: ${access.url}` : `not ready: ${stderr.trim()}`);
  lines.push(`KUBECONFIG=${access.kubeconfig}`);
  return { isUp: code === 0 && standing.processes.every(isRunning), text: lines.join('\n') };
}

/** @returns {readonly Started[]} each with its log, in the order of their start */
export function standingProcesses() {
  const standing = readRecord(id);
  if (!standing) {
    return [];
  }
  return standing.processes;
}
