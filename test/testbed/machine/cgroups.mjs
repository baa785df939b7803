// @ts-check
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../wait.mjs';

const root = '/sys/fs/cgroup';

/** Of the processors, if others want them, too: as much as eight processes. */
const cpuShares = 8 * 1024;

/** @returns {string[]} where cgroups are mounted: once, or once for each kind of resource */
function hierarchies() {
  if (existsSync(join(root, 'cgroup.controllers'))) {
    return [root];
  }
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory()) // the others are links to them
    .map(({ name }) => join(root, name));
}

/**
 * The parent of all cgroups of a machine.
 *
 * @param {string} name
 */
export function makeCgroup(name) {
  for (const hierarchy of hierarchies()) {
    const directory = join(hierarchy, name);
    mkdirSync(directory, { recursive: true });
    // a single share, the default, is what one process outside has
    const shares = join(directory, 'cpu.shares');
    if (existsSync(shares)) {
      writeFileSync(shares, String(cpuShares));
    }
  }
}

/**
 * Removes it with all below; the processes in it have been killed.
 *
 * @param {string} name
 */
export async function removeCgroup(name) {
  const isGone = () => {
    for (const hierarchy of hierarchies()) {
      removeTree(join(hierarchy, name));
    }
    return true;
  };
  await until(`the cgroup ${name} is gone`, isGone);
}

/**
 * A cgroup's files go with it: only its folders are removed.
 *
 * @param {string} directory
 */
function removeTree(directory) {
  if (!existsSync(directory)) {
    return;
  }
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      removeTree(join(directory, entry.name));
    }
  }
  rmdirSync(directory);
}
