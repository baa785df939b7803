// @ts-check
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { binaryPath } from '../binaries.mjs';
import { versionOf } from '../go.mjs';
import { partNamed } from '../parts.mjs';

/**
 * How an image is made, besides the Dockerfile in the folder of the recipe's name.
 *
 * @typedef {object} Recipe
 * @property {string} name
 * @property {readonly string[]} parents names of the recipes that its Dockerfile builds upon
 * @property {string} [suite] of Debian, for what builds upon nothing
 * @property {(context: string) => void} [complete] adds files to the context
 * @property {() => readonly string[]} [facts] what decides the result besides the folder
 * @property {boolean} [standIn] whether the project's generated files ask for an image of that name
 */

/** Where Debian keeps what the machine trusts. */
const trusted = '/etc/ssl/certs/ca-certificates.crt';

/** @param {string} context */
const addTrusted = (context) => copyFileSync(trusted, join(context, 'ca-certificates.crt'));
const trustedFacts = () => [createHash('sha256').update(readFileSync(trusted)).digest('hex')];

/** @type {readonly Recipe[]} */
export const recipes = [
  { name: 'debian', parents: [], suite: 'bookworm', complete: addTrusted, facts: trustedFacts },
  { name: 'debian-testing', parents: [], suite: 'testing', complete: addTrusted, facts: trustedFacts },
  { name: 'postgres', parents: ['debian'], standIn: true },
  { name: 'redis', parents: ['debian'], standIn: true },
  { name: 'nginx', parents: ['debian-testing'], standIn: true },
  { name: 'adminer', parents: ['debian'], standIn: true },
  { name: 'prometheus', parents: ['debian'], standIn: true },
  { name: 'python', parents: ['debian'], standIn: true },
  { name: 'node', parents: ['debian'], standIn: true, complete: addNode, facts: () => [process.version] },
  {
    name: 'ollama',
    parents: ['debian', 'python'],
    standIn: true,
    complete: (context) => copyFileSync(binaryPath('ollama'), join(context, 'ollama')),
    facts: () => [versionOf(partNamed('ollama'))],
  },
  { name: 'grafana', parents: ['python'], standIn: true },
];

/**
 * @param {string} name
 * @returns {Recipe}
 */
export function recipeNamed(name) {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (!recipe) {
    throw new Error(`no such image: "${name}"; there are ${recipes.map((candidate) => candidate.name).join(', ')}`);
  }
  return recipe;
}

/**
 * The name that an image gets: the very one that the generated files ask for.
 *
 * @param {Recipe} recipe
 * @returns {string}
 */
export function imageOf({ name, standIn }) {
  const official = standIn ? namesOfLibrary()[name] : undefined;
  return official ?? `tars-testbed/${name}`;
}

/** @returns {Record<string, string>} */
function namesOfLibrary() {
  return createRequire(import.meta.url)('../../../build/lib/index.js').IMAGES;
}

/**
 * The Node that runs this, with its npm.
 *
 * @param {string} context
 */
function addNode(context) {
  copyFileSync(process.execPath, join(context, 'node'));
  const modules = join(dirname(dirname(process.execPath)), 'lib', 'node_modules');
  cpSync(join(modules, 'npm'), join(context, 'npm'), { recursive: true });
}
