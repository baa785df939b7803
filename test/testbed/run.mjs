// @ts-check
import { spawn } from 'node:child_process';

/**
 * How a program ended.
 *
 * @typedef {object} Outcome
 * @property {number} code 0 is success; 128 and more: it was ended by a signal
 * @property {string} stdout
 * @property {string} stderr
 */

/** What any program needs of our own environment; the rest of it is kept from the testbed's. */
const inheritedVariables = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/**
 * Runs a program to its end. An exit code other than 0 is an outcome, not an error.
 *
 * @param {string} binary
 * @param {readonly string[]} args
 * @param {{ env?: Readonly<Record<string, string>>, input?: string | undefined, cwd?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function run(binary, args, { env = {}, input = '', cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { cwd, env: { ...inheritedEnvironment(), ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal) {
        stderr += `ended by ${signal}\n`;
      }
      resolve({ code: code ?? 128, stdout, stderr });
    });
    child.stdin.on('error', () => {}); // it may end without having read its input
    child.stdin.end(input);
  });
}

/** @returns {Record<string, string>} */
function inheritedEnvironment() {
  return Object.fromEntries(
    inheritedVariables.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
