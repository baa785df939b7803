// @ts-check
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKey, cacheDirectory } from '../cache.mjs';
import { docker } from '../engine/engine.mjs';
import { imageOf, recipeNamed, recipes } from './recipes.mjs';

/** @typedef {import('../engine/engine.mjs').EngineAccess} EngineAccess */
/** @typedef {import('./recipes.mjs').Recipe} Recipe */

/** The label by which an image in the engine is known to be of today's recipe. */
const keyLabel = 'cdk8s-tars.testbed.key';

/**
 * Puts every stand-in into the engine: from the cache, or made now.
 *
 * @param {EngineAccess} engine
 * @param {(line: string) => void} [report]
 * @returns {Promise<Record<string, string>>} the file of each image, by the image's name
 */
export async function provideStandIns(engine, report = () => {}) {
  /** @type {Record<string, string>} */
  const files = {};
  for (const recipe of recipes.filter(({ standIn }) => standIn)) {
    const startedAt = Date.now();
    const { file, how } = await provide(engine, recipe);
    files[imageOf(recipe)] = file;
    report(`${imageOf(recipe).padEnd(24)} ${how} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  }
  return files;
}

/**
 * @param {EngineAccess} engine
 * @param {Recipe} recipe
 * @returns {Promise<{ file: string, how: 'there' | 'loaded' | 'built' }>}
 */
async function provide(engine, recipe) {
  const file = imageFile(recipe.name, keyOf(recipe));
  if (existsSync(file)) {
    if (await isThere(engine, recipe)) {
      return { file, how: 'there' };
    }
    await succeed(engine, ['load', '--input', file]);
    return { file, how: 'loaded' };
  }
  await build(engine, recipe);
  await save(engine, imageOf(recipe), file);
  return { file, how: 'built' };
}

/**
 * @param {EngineAccess} engine
 * @param {Recipe} recipe
 */
async function build(engine, recipe) {
  for (const name of recipe.parents) {
    const parent = recipeNamed(name);
    if (!(await isThere(engine, parent))) {
      await build(engine, parent);
    }
    if (parent.standIn) {
      await succeed(engine, ['tag', imageOf(parent), `tars-testbed/${name}`]);
    }
  }
  if (recipe.suite) {
    const image = `tars-testbed/${recipe.name}-bootstrap`;
    await succeed(engine, ['import', bootstrap(recipe.suite), image]);
  }
  const context = mkdtempSync(join(tmpdir(), 'tars-image-'));
  try {
    cpSync(recipeDirectory(recipe), context, { recursive: true });
    recipe.complete?.(context);
    const label = `${keyLabel}=${keyOf(recipe)}`;
    await buildImage(engine, context, ['--tag', imageOf(recipe), '--label', label]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/**
 * Builds with BuildKit. The registries of packages can be reached; a registry of images is not asked.
 *
 * @param {EngineAccess} engine
 * @param {string} context
 * @param {readonly string[]} args
 */
export async function buildImage(engine, context, args) {
  await succeed(engine, ['build', '--network=host', '--provenance=false', ...args, context]);
}

/**
 * @param {EngineAccess} engine
 * @param {string} image
 * @returns {Promise<string>} changes with the content
 */
export async function idOf(engine, image) {
  const { stdout } = await docker(engine, ['image', 'inspect', image, '--format', '{{.Id}}']);
  return stdout.trim().replace('sha256:', '').slice(0, 16);
}

/**
 * Writes images to a file, as a whole or not at all.
 *
 * @param {EngineAccess} engine
 * @param {string} image
 * @param {string} file
 */
export async function save(engine, image, file) {
  const partial = `${file}.${process.pid}.partial`;
  await succeed(engine, ['save', '--output', partial, image]);
  renameSync(partial, file);
}

/**
 * The root file system of a minimal Debian.
 *
 * @param {string} suite
 * @returns {string} a tar
 */
function bootstrap(suite) {
  const file = imageFile(suite, 'bootstrap');
  if (!existsSync(file)) {
    const partial = `${file}.${process.pid}.partial.tar`;
    // a mirror may be older than its own promise to be renewed
    const options = ['--variant=minbase', '--include=ca-certificates', '--aptopt=Acquire::Check-Valid-Until "false"'];
    execFileSync('mmdebstrap', [...options, suite, partial], { stdio: ['ignore', 'ignore', 'pipe'] });
    renameSync(partial, file);
  }
  return file;
}

/**
 * @param {EngineAccess} engine
 * @param {Recipe} recipe
 */
async function isThere(engine, recipe) {
  const format = `{{index .Config.Labels "${keyLabel}"}}`;
  const { code, stdout } = await docker(engine, ['image', 'inspect', imageOf(recipe), '--format', format]);
  return code === 0 && stdout.trim() === keyOf(recipe);
}

/**
 * @param {Recipe} recipe
 * @returns {string}
 */
function keyOf(recipe) {
  const parents = recipe.parents.map((name) => keyOf(recipeNamed(name)));
  return buildKey(recipeDirectory(recipe), [imageOf(recipe), ...parents, ...(recipe.facts?.() ?? [])]);
}

/** @param {Recipe} recipe */
function recipeDirectory({ name }) {
  return fileURLToPath(new URL(name, import.meta.url));
}

/**
 * @param {string} name
 * @param {string} key
 * @returns {string}
 */
export function imageFile(name, key) {
  const directory = join(cacheDirectory(), 'images');
  mkdirSync(directory, { recursive: true });
  return join(directory, `${name}-${key}.tar`);
}

/**
 * @param {EngineAccess} engine
 * @param {readonly string[]} args
 */
async function succeed(engine, args) {
  const { code, stdout, stderr } = await docker(engine, args);
  if (code !== 0) {
    const end = `${stdout}\n${stderr}`.trimEnd().split('\n').slice(-30).join('\n');
    throw new Error(`docker ${args.join(' ')} failed:\n${end}`);
  }
}
