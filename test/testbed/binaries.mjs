// @ts-check
import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildKey, cacheDirectory, removePartial, writeWhole } from './cache.mjs';
import { build, buildArguments, goVersion, sourceDirectory } from './go.mjs';
import { partOfBinary } from './parts.mjs';

/** @typedef {import('./parts.mjs').Part} Part */

/** What a directory of binaries for Kubernetes' own test environment (envtest) always holds. */
const assetBinaries = ['etcd', 'kube-apiserver', 'kubectl'];

/**
 * What it may hold besides; where it does not, ours serves.
 */
const optionalAssetBinaries = ['kube-controller-manager'];

/**
 * Where a program is.
 *
 * @param {string} name such as `kubectl`
 * @returns {string}
 * @throws if it is not there, with the command that gets it
 */
export function binaryPath(name) {
  const given = givenBinary(name);
  if (given) {
    return given;
  }
  const part = partOfBinary(name);
  const path = join(partDirectory(part), executable(name));
  if (!existsSync(path)) {
    throw new Error(`${name} is not built: run "node test/testbed/get.mjs ${part.name}"`);
  }
  return path;
}

/**
 * Builds the part unless that is done already.
 *
 * @param {Part} part
 * @returns {'built' | 'cached' | 'given'} `given` when KUBEBUILDER_ASSETS has all of it
 */
export function getPart(part) {
  if (part.binaries.every((name) => givenBinary(name))) {
    return 'given';
  }
  const directory = partDirectory(part);
  if (existsSync(directory)) {
    return 'cached';
  }
  mkdirSync(partsDirectory(), { recursive: true });
  removePartial(partsDirectory());
  writeWhole(directory, (temporary) => {
    if (typeof part.package !== 'string') {
      build(part, temporary);
      return;
    }
    const program = join(temporary, 'program');
    build(part, program);
    part.binaries.forEach((name) => linkOrCopy(program, join(temporary, executable(name))));
    rmSync(program);
  });
  return 'built';
}

/**
 * The folder of the part's programs, whether or not it is there yet.
 *
 * @param {Part} part
 */
function partDirectory(part) {
  const variables = Object.entries(part.env ?? {}).flat();
  const key = buildKey(sourceDirectory(part), [goVersion(), ...buildArguments(part), ...part.binaries, ...variables]);
  return join(partsDirectory(), `${part.name}-${key}`);
}

function partsDirectory() {
  return join(cacheDirectory(), 'parts');
}

/**
 * The program in the folder that KUBEBUILDER_ASSETS names, if that is set and the program is one of
 * those that such a folder holds.
 *
 * @param {string} name
 * @returns {string | undefined}
 * @see https://book.kubebuilder.io/reference/envtest
 */
function givenBinary(name) {
  const assets = process.env.KUBEBUILDER_ASSETS;
  const isRequired = assetBinaries.includes(name);
  if (!assets || !(isRequired || optionalAssetBinaries.includes(name))) {
    return undefined;
  }
  const path = join(assets, executable(name));
  if (existsSync(path)) {
    return path;
  }
  if (isRequired) {
    throw new Error(
      `KUBEBUILDER_ASSETS is ${assets}, which holds no ${name}: it must hold ${assetBinaries.join(', ')}, or be unset`,
    );
  }
  return undefined;
}

/** @param {string} name */
function executable(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/**
 * @param {string} from
 * @param {string} to
 */
function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // not every file system has hard links
  }
}
