// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../project.mjs';

/** The command line, as it is built. */
const main = join(root, 'build', 'lib', 'cli', 'main.js');

/**
 * `tars …`, running.
 *
 * @typedef {object} Running
 * @property {() => string} said both streams, so far
 * @property {() => void} interrupt as Ctrl-C does
 * @property {Promise<{ code: number | null, signal: string | null, text: string }>} ended
 */

/**
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, onText?: (text: string, running: Running) => void }} options
 *   `env` is added to this process's; `onText` is called with all that was said so far, whenever there is more
 * @returns {Running}
 */
export function startTars(args, { cwd, env = {}, onText = () => {} }) {
  const child = spawn(process.execPath, [main, ...args], {
    ...{ cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let text = '';
  /** @type {Running} */
  const running = {
    said: () => text,
    interrupt: () => void child.kill('SIGINT'),
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal, text })),
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      onText(text, running);
    });
  }
  return running;
}

/**
 * Runs `tars …` to its end.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export function tars(args, cwd) {
  return startTars(args, { cwd }).ended;
}
