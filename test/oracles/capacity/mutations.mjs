// The rows of the mutation test, for tests that ask real programs.
import { buildSync } from 'esbuild';
import { Module } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../verify/mutations/', import.meta.url));

/**
 * @param {string} proof whose rows are wanted; its file has its name
 * @returns {readonly import('../../verify/mutations/mutation').Mutation[]}
 */
export function mutationsOf(proof) {
  const file = join(FOLDER, `${proof}.ts`);
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    write: false,
  });
  const module = new Module(file);
  module._compile(outputFiles[0].text, `${file}.cjs`);
  return module.exports.MUTATIONS;
}
