// @ts-check
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identityOf, isRunning } from '../process.mjs';
import { until } from '../wait.mjs';
import { machineDirectory } from './state.mjs';

/**
 * Does one thing at a time to the machine of that name, whoever asks.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withLock(name, action) {
  const file = `${machineDirectory(name)}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  await until(`nobody else starts or stops the ${name}`, () => take(file), { timeoutMs: 600_000, intervalMs: 200 });
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * The file is there with its content at once, or not at all: whoever is killed meanwhile leaves no empty one,
 * which would be nobody's for ever.
 *
 * @param {string} file
 */
function take(file) {
  const owner = { pid: process.pid, identity: identityOf(process.pid) ?? '' };
  const partial = `${file}.${process.pid}.partial`;
  try {
    writeFileSync(partial, JSON.stringify(owner));
    linkSync(partial, file); // unlike a rename, never replaces a file
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') {
      throw error;
    }
    if (!isRunning(JSON.parse(readFileSync(file, 'utf8')))) {
      rmSync(file, { force: true });
    }
    return false;
  } finally {
    rmSync(partial, { force: true });
  }
}
