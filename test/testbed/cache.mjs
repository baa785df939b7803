// @ts-check
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './process.mjs';

/**
 * The folder in which the testbed keeps what it built, and the state of what it has running: never
 * inside the checkout, so that a fresh clone finds it again.
 *
 * @returns {string}
 */
export function cacheDirectory() {
  return process.env.TARS_TESTBED_CACHE || join(userCacheDirectory(), 'cdk8s-tars', 'testbed');
}

function userCacheDirectory() {
  if (process.platform === 'darwin') {
    return join(homedir(), 'Library', 'Caches');
  }
  if (process.platform === 'win32') {
    return process.env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  }
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

/**
 * A key that changes whenever the result of a build may: sixteen hexadecimal digits of a hash of
 * the files of `directory` (names and bytes) and of `facts`.
 *
 * @param {string} directory
 * @param {readonly string[]} facts
 * @returns {string}
 */
export function buildKey(directory, facts) {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const file of readdirSync(directory).sort()) {
    const content = readFileSync(join(directory, file));
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Lets `fill` write into a temporary folder, which takes its final name only when `fill` is done: a
 * run that is killed, or two runs at once, never leave half a result under that name.
 *
 * @param {string} destination
 * @param {(directory: string) => void} fill
 */
export function writeWhole(destination, fill) {
  const temporary = `${destination}.${process.pid}.partial`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    fill(temporary);
    renameSync(temporary, destination);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    // another run was first, with the same result
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') {
      throw error;
    }
  }
}

/**
 * Removes the temporary folders of runs that were killed.
 *
 * @param {string} directory
 */
export function removePartial(directory) {
  for (const name of readdirSync(directory)) {
    const owner = /\.(\d+)\.partial$/.exec(name);
    if (owner && !isAlive(Number(owner[1]))) {
      rmSync(join(directory, name), { recursive: true, force: true });
    }
  }
}
