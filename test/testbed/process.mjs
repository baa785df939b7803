// @ts-check
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process that the testbed started. A process id alone may have passed to somebody else's process
 * meanwhile, so the moment at which the process started is kept beside it.
 *
 * @typedef {object} Started
 * @property {string} name
 * @property {number} pid
 * @property {string} identity
 * @property {string} logFile its output
 */

/**
 * Starts a program in a session of its own, so that a Ctrl-C at the terminal reaches it only
 * through us, in the right order. Its output goes to `logFile`.
 *
 * @param {{ name: string, binary: string, args: readonly string[], logFile: string }} program
 * @returns {Started}
 */
export function start({ name, binary, args, logFile }) {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(binary, args, { detached: true, stdio: ['ignore', log, log] });
    child.on('error', () => {}); // told by the missing pid
    child.unref();
    if (child.pid === undefined) {
      throw new Error(`cannot start ${name}: ${binary} is not there, or no program`);
    }
    return { name, pid: child.pid, identity: identityOf(child.pid) ?? 'gone', logFile };
  } finally {
    closeSync(log);
  }
}

/**
 * Whether exactly this process still runs; one that has ended but was not reaped does not.
 *
 * @param {Pick<Started, 'pid' | 'identity'>} started
 */
export function isRunning({ pid, identity }) {
  return identityOf(pid) === identity;
}

/**
 * Ends the processes: asks first, and kills what has not ended within `graceMs`. Returns when all
 * of them are gone, so that their ports and files are free.
 *
 * @param {readonly Started[]} processes
 * @param {number} [graceMs]
 */
export async function end(processes, graceMs = 10_000) {
  signalRunning(processes, 'SIGTERM');
  if (!(await gone(processes, graceMs))) {
    signalRunning(processes, 'SIGKILL');
    if (!(await gone(processes, 60_000))) {
      const left = processes.filter(isRunning).map(({ name, pid }) => `${name} (${pid})`);
      throw new Error(`processes that do not end: ${left.join(', ')}`);
    }
  }
}

/**
 * @param {readonly Started[]} processes
 * @param {NodeJS.Signals} signal
 */
export function signalRunning(processes, signal) {
  for (const started of processes) {
    if (isRunning(started)) {
      try {
        process.kill(started.pid, signal);
      } catch (error) {
        // it ended by itself between the look and the signal
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') {
          throw error;
        }
      }
    }
  }
}

/**
 * @param {readonly Started[]} processes
 * @param {number} withinMs
 */
async function gone(processes, withinMs) {
  const deadline = Date.now() + withinMs;
  while (processes.some(isRunning)) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(20);
  }
  return true;
}

/**
 * Whether some process has this id, whoever's it is.
 *
 * @param {number} pid
 */
export function isAlive(pid) {
  return identityOf(pid) !== undefined;
}

/**
 * What tells this process from any other that has or had the same id: when it started. Undefined if
 * there is none.
 *
 * @param {number} pid
 * @returns {string | undefined}
 */
export function identityOf(pid) {
  return process.platform === 'linux' ? identityFromProc(pid) : identityFromTool(pid);
}

/** @param {number} pid */
function identityFromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the command's name, in parentheses, may hold anything; state and start time follow it
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X') {
      return undefined;
    }
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startTicks}`;
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === 'ENOENT' || code === 'ESRCH') {
      return undefined;
    }
    throw error; // not knowing is not the same as knowing that there is none
  }
}

/** @param {number} pid */
function identityFromTool(pid) {
  const [command, args] =
    process.platform === 'win32'
      ? ['powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`]]
      : ['ps', ['-o', 'lstart=', '-p', String(pid)]];
  try {
    const output = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return output.trim() || undefined;
  } catch {
    return undefined;
  }
}
