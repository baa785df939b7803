// @ts-check
import { binaryPath } from './binaries.mjs';
import { run } from './run.mjs';

/** @typedef {import('./run.mjs').Outcome} Outcome */

/**
 * What Docker Compose makes of a file: checked, interpolated, merged, with its defaults filled in.
 * No engine is needed. What it prints is a Compose file again: a `$` in a value is printed as `$$`. The environment is `env` and nothing of our own, so that the result does not
 * depend on where this runs.
 *
 * @param {string | readonly string[]} file one file, or several to be merged in this order
 * @param {object} [options]
 * @param {readonly string[]} [options.profiles] to activate; by default none
 * @param {Readonly<Record<string, string>>} [options.env] variables for `${…}`; by default none
 * @param {string} [options.envFile] instead of the `.env` beside the first file
 * @param {'json' | 'yaml'} [options.format] of stdout; by default `json`
 * @returns {Promise<Outcome>}
 */
export function composeConfig(file, { profiles = [], env = {}, envFile, format = 'json' } = {}) {
  const files = typeof file === 'string' ? [file] : file;
  return run(
    binaryPath('docker-compose'),
    [
      ...files.flatMap((name) => ['-f', name]),
      ...profiles.flatMap((profile) => ['--profile', profile]),
      ...(envFile === undefined ? [] : ['--env-file', envFile]),
      'config',
      '--format',
      format,
    ],
    { env },
  );
}
