// @ts-check
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeeds } from './api.mjs';
import { binaryPath } from './binaries.mjs';
import { apiServerUrl, etcd, filesOf, kubeApiServer, kubeControllerManager, kubeScheduler } from './components.mjs';
import { certificateAuthority, writeClientCredentials, writeServerCredentials } from './credentials.mjs';
import { threeFreePorts } from './ports.mjs';
import { end, isRunning, start } from './process.mjs';
import { writeRecord } from './records.mjs';
import { TerminalError, until } from './wait.mjs';

/** @typedef {import('./components.mjs').Component} Component */
/** @typedef {import('./components.mjs').Layout} Layout */
/** @typedef {import('./records.mjs').RunRecord} RunRecord */
/** @typedef {import('./process.mjs').Started} Started */

/**
 * @typedef {object} LaunchOptions
 * @property {boolean} [controllerManager] whether controllers run; by default they do
 * @property {readonly string[]} [apiServerArgs] more arguments, such as feature gates
 * @property {readonly string[]} [controllerManagerArgs] more arguments, such as the sync period of the HPA
 * @property {boolean} [scheduler] whether the scheduler runs; by default it does not, since there are no nodes
 * @property {number} [timeoutMs] how long each component may take; by default 180_000
 * @property {AbortSignal} [signal] ends the start
 */

/**
 * How to reach what was launched.
 *
 * @typedef {object} Access
 * @property {string} kubeconfig a file
 * @property {string} url
 * @property {string} token
 */

/** A port that was free may have been taken before we listened on it. */
const portAttempts = 3;

/**
 * Starts the processes of a control plane, and returns when they serve. Each is in the record
 * before the next one starts.
 *
 * @param {RunRecord} record
 * @param {LaunchOptions} options
 * @returns {Promise<Access>}
 * @throws with the end of its log when a process does not come up
 */
export async function launch(record, options) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launchOnce(record, join(record.directory, `attempt-${attempt}`), options);
    } catch (error) {
      if (attempt === portAttempts || !/address already in use/.test(String(error))) {
        throw error;
      }
      await end(record.processes);
      record.processes = [];
    }
  }
}

/**
 * @param {RunRecord} record
 * @param {string} directory
 * @param {LaunchOptions} options
 * @returns {Promise<Access>}
 */
async function launchOnce(record, directory, options) {
  const { controllerManager = true, scheduler = false, apiServerArgs = [], controllerManagerArgs = [] } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const [etcdPort, etcdPeerPort, apiServerPort] = await threeFreePorts();
  /** @type {Layout} */
  const layout = { directory, etcdPort, etcdPeerPort, apiServerPort };
  const files = filesOf(layout);
  const url = apiServerUrl(layout);
  const tokens = writeServerCredentials(layout);

  startComponent(record, directory, etcd(layout));
  startComponent(record, directory, kubeApiServer(layout, apiServerArgs));
  /** @param {string} path */
  const answers = (path) => succeeds(`${url}${path}`, certificateAuthority(layout), tokens.admin);
  await ready(record, options, () => answers('/readyz'));

  writeClientCredentials(layout, tokens);
  if (controllerManager) {
    startComponent(record, directory, kubeControllerManager(layout, controllerManagerArgs));
    // its first visible work; without it no pod could be made in that namespace
    await ready(record, options, () => answers('/api/v1/namespaces/default/serviceaccounts/default'));
  }
  if (scheduler) {
    startComponent(record, directory, kubeScheduler(layout, []));
  }
  return { kubeconfig: files.kubeconfig, url, token: tokens.admin };
}

/**
 * @param {RunRecord} record
 * @param {string} directory
 * @param {Component} component
 */
function startComponent(record, directory, { name, args }) {
  const logFile = join(directory, `${name}.log`);
  record.processes.push(start({ name, binary: binaryPath(name), args, logFile }));
  writeRecord(record);
}

/**
 * Waits for the component started last, as long as everything started so far still runs.
 *
 * @param {RunRecord} record
 * @param {LaunchOptions} options
 * @param {() => Promise<boolean>} attempt
 */
async function ready(record, { timeoutMs = 180_000, signal }, attempt) {
  const latest = /** @type {Started} */ (record.processes.at(-1));
  try {
    await until(
      `${latest.name} is ready`,
      () => {
        const ended = record.processes.find((started) => !isRunning(started));
        if (ended) {
          throw new TerminalError(`${ended.name} has ended by itself${endOfLog(ended)}`);
        }
        return attempt();
      },
      { timeoutMs, signal },
    );
  } catch (error) {
    if (error instanceof TerminalError || signal?.aborted) {
      throw error;
    }
    throw new Error(`${error instanceof Error ? error.message : error}${endOfLog(latest)}`, { cause: error });
  }
}

/** @param {Started} started */
function endOfLog({ logFile }) {
  if (!existsSync(logFile)) {
    return `; somebody has removed its log, ${logFile}`;
  }
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15);
  return `; the end of its log:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
