// @ts-check
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, createConnection } from 'node:net';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { binaryPath } from '../../testbed/binaries.mjs';
import { TerminalError, until } from '../../testbed/wait.mjs';
import { root } from '../project.mjs';
import { settings } from '../settings.mjs';

/**
 * A run of `tars … --target compose` in the project's folder, as a person types it.
 *
 * @typedef {object} Run
 * @property {number} pid
 * @property {() => string} out what it has printed so far
 * @property {() => string} err
 * @property {(text: string) => Promise<void>} says waits until it has printed this
 * @property {() => void} interrupt presses Ctrl-C: whatever was started in the same process group gets it as well
 * @property {Promise<{ code: number | null, stdout: string, stderr: string, peakKiB: number, bytes: number }>} done
 */

/** Where Docker's command line is, for what needs Compose. */
const path = settings.own ? `${dirname(binaryPath('docker'))}:${process.env.PATH}` : process.env.PATH;

/**
 * @param {readonly string[]} args
 * @param {{ host?: string, input?: string | Buffer, keep?: boolean }} [options] `host`: another way to the engine;
 *   `keep`: whether to keep the output, or to count its bytes only
 * @returns {Run}
 */
export function startTars(args, { host, input = '', keep = true } = {}) {
  const at = args.indexOf('--');
  const words = at === -1 ? [...args, '--target', 'compose'] : [...args.slice(0, at), '--target', 'compose', ...args.slice(at)];
  const child = spawn(process.execPath, [join(root, 'build', 'lib', 'cli', 'main.js'), ...words], {
    cwd: settings.project,
    env: { ...process.env, PATH: path, ...(host && { DOCKER_HOST: host }) },
    stdio: ['pipe', 'pipe', 'pipe'],
    // As a shell starts it in a terminal.
    detached: true,
  });
  const printed = { stdout: '', stderr: '' };
  let bytes = 0;
  let peakKiB = 0;
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
    bytes += chunk.length;
    if (keep) printed.stdout += chunk.toString('latin1');
  });
  child.stderr.on('data', (chunk) => (printed.stderr += chunk));
  child.stdin.on('error', () => undefined).end(input);
  const watch = setInterval(() => {
    peakKiB = Math.max(peakKiB, peakOf(child.pid));
  }, 20);
  const done = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearInterval(watch);
      const text = Buffer.from(printed.stdout, 'latin1').toString('utf8');
      resolve({ code: code ?? (signal ? 128 + constants.signals[signal] : null), stdout: text, stderr: printed.stderr, peakKiB, bytes });
    });
  });
  return {
    pid: child.pid ?? 0,
    out: () => printed.stdout,
    err: () => printed.stderr,
    says: (text) =>
      until(`tars ${args[0]} says "${text}"`, async () => {
        if (printed.stdout.includes(text) || printed.stderr.includes(text)) {
          return true;
        }
        if (child.exitCode !== null) {
          throw new TerminalError(`tars has ended with ${child.exitCode}: ${printed.stdout}${printed.stderr}`);
        }
        return false;
      }).then(() => undefined),
    interrupt: () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGINT');
    },
    done,
  };
}

/**
 * @param {readonly string[]} args
 * @param {Parameters<typeof startTars>[1]} [options]
 */
export function tars(args, options) {
  return startTars(args, options).done;
}

/** Most memory that a process has had. @param {number | undefined} pid */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it has ended
  }
}

/**
 * A way to the engine that can be cut.
 *
 * @param {string} directory where its socket is made
 * @returns {Promise<{ host: string, cut: () => number, close: () => void }>} `cut` ends every connection, and says how many
 */
export async function openProxy(directory) {
  const engine = (process.env.DOCKER_HOST ?? '').replace(/^unix:\/\//, '');
  const socket = join(directory, 'proxy.sock');
  /** @type {Set<import('node:net').Socket>} */
  const open = new Set();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const there = createConnection({ path: engine, allowHalfOpen: true });
    pipe(client, there);
    pipe(there, client);
  });
  /**
   * @param {import('node:net').Socket} one
   * @param {import('node:net').Socket} other
   */
  const pipe = (one, other) => {
    open.add(one);
    one.on('error', () => other.destroy());
    one.once('close', () => {
      open.delete(one);
      other.destroy();
    });
    one.pipe(other);
  };
  await new Promise((resolve) => server.listen(socket, () => resolve(undefined)));
  const cut = () => {
    const count = open.size / 2;
    for (const one of open) one.destroy();
    return count;
  };
  return {
    host: `unix://${socket}`,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
