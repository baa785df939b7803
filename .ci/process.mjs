import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** How much of the end of an output is kept for counting. */
const KEPT = 1_000_000;

/**
 * Runs commands one after the other until one fails, passing their output on.
 * @param {string[][]} commands
 * @param {number} minutes for all of them
 * @param {(text: string) => void} out
 * @param {Record<string, string>} [env] besides that of this process
 * @returns {Promise<{ output: string, problem?: string }>} the output without colours
 */
export async function runStep(commands, minutes, out, env) {
  const deadline = performance.now() + minutes * 60_000;
  let output = '';
  for (const words of commands) {
    out(`$ ${words.join(' ')}\n`);
    const outcome = await runOne(words, deadline - performance.now(), out, env);
    output += outcome.output;
    if (outcome.problem !== undefined) return { output, problem: outcome.problem };
  }
  return { output };
}

/**
 * @param {string[]} words
 * @param {number} milliseconds
 * @param {(text: string) => void} out
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ output: string, problem?: string }>}
 */
function runOne([command = '', ...args], milliseconds, out, env) {
  return new Promise((resolve) => {
    // A process group of its own, so that a deadline ends all of it.
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...env },
    });
    let output = '';
    let late = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-KEPT);
        out(text);
      });
    }
    const end = (/** @type {NodeJS.Signals} */ signal) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    };
    const timer = setTimeout(() => {
      late = true;
      end('SIGTERM');
      setTimeout(() => end('SIGKILL'), 10_000).unref();
    }, milliseconds);
    child.on('error', (error) => settle(`cannot start ${command}: ${error.message}`));
    child.on('close', (code, signal) => {
      if (late) settle(`ended at its time limit: ${[command, ...args].join(' ')}`);
      else if (code === 0) settle(undefined);
      else settle(`${[command, ...args].join(' ')}: ${signal === null ? `exit code ${code}` : `ended by ${signal}`}`);
    });

    /** @param {string | undefined} problem */
    function settle(problem) {
      clearTimeout(timer);
      const text = stripVTControlCharacters(output);
      resolve(problem === undefined ? { output: text } : { output: text, problem });
    }
  });
}
