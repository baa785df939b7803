// @ts-check
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { binaryPath } from './binaries.mjs';
import { launch } from './launch.mjs';
import { signalRunning } from './process.mjs';
import { endAbandoned, endRecorded, forget, newRecord, writeRecord } from './records.mjs';
import { run } from './run.mjs';

/** @typedef {import('./launch.mjs').LaunchOptions} LaunchOptions */
/** @typedef {import('./process.mjs').Started} Started */
/** @typedef {import('./records.mjs').RunRecord} RunRecord */
/** @typedef {import('./run.mjs').Outcome} Outcome */

/**
 * A Kubernetes API with its controllers, and no node: what is accepted, defaulted, refused and made
 * of it by controllers is real; pods stay Pending.
 *
 * @typedef {object} ControlPlane
 * @property {string} kubeconfig a file, for any client; its user may do everything
 * @property {string} url
 * @property {string} token of the same user
 * @property {string} directory holds the logs
 * @property {readonly Started[]} processes
 * @property {(args: readonly string[], options?: { input?: string | undefined }) => Promise<Outcome>} kubectl
 *   `input` is its standard input, for `-f -`
 * @property {() => Promise<void>} stop ends exactly the processes started here and removes the
 *   directory; may be called again
 */

/**
 * Starts a control plane of its own, with an empty etcd. It is stopped when this process exits, if
 * `stop` was not called before; what a process that was killed has left is cleaned up first.
 *
 * @param {LaunchOptions} [options]
 * @returns {Promise<ControlPlane>}
 * @throws when a program is not built, or does not come up in time
 */
export async function startControlPlane(options = {}) {
  await endAbandoned();
  const directory = mkdtempSync(join(tmpdir(), 'tars-testbed-'));
  const record = newRecord(randomBytes(6).toString('hex'), directory);
  writeRecord(record);
  const abort = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal;
  const launching = launch(record, { ...options, signal });
  const stop = stopper(record, async () => {
    abort.abort(new Error('stopped while it started'));
    await launching.catch(() => {}); // told to whoever waits for the start
  });
  try {
    const access = await launching;
    return { ...access, directory, processes: [...record.processes], kubectl: kubectlFor(access.kubeconfig), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * kubectl, with the user's own settings kept out.
 *
 * @param {string} kubeconfig
 * @returns {ControlPlane['kubectl']}
 */
export function kubectlFor(kubeconfig) {
  const home = dirname(kubeconfig);
  return (args, { input } = {}) =>
    run(binaryPath('kubectl'), args, { input, env: { KUBECONFIG: kubeconfig, HOME: home, USERPROFILE: home } });
}

/**
 * @param {RunRecord} record
 * @param {() => Promise<void>} endLaunch no process is started once it has returned
 * @returns {() => Promise<void>} stops it once; the end of this process does so, too
 */
function stopper(record, endLaunch) {
  /** @type {Promise<void> | undefined} */
  let stopped;
  const stop = () => {
    stopped ??= endLaunch()
      .then(() => endRecorded(record))
      .finally(() => {
        process.off('exit', killAll);
        interruptions.forEach((signal) => process.off(signal, onInterruption));
      });
    return stopped;
  };
  const killAll = () => {
    signalRunning(record.processes, 'SIGKILL'); // an exit waits for nothing
    forget(record);
  };
  /** @param {NodeJS.Signals} signal */
  const onInterruption = (signal) => {
    void stop().finally(() => {
      if (process.listenerCount(signal) === 0) {
        process.kill(process.pid, signal); // nobody else handles it: end as if we had not either
      }
    });
  };
  process.once('exit', killAll);
  interruptions.forEach((signal) => process.on(signal, onInterruption));
  return stop;
}

/** @type {NodeJS.Signals[]} */
const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'];
