// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { binaryPath } from '../../testbed/binaries.mjs';
import { run } from '../../testbed/run.mjs';
import { until } from '../../testbed/wait.mjs';
import { settings } from '../settings.mjs';

/** @typedef {import('../../testbed/run.mjs').Outcome} Outcome */

const folders = (process.env.PATH ?? '').split(delimiter);

/** Docker's command line: the testbed's, or the user's own. */
const program = settings.own
  ? binaryPath('docker')
  : (folders.map((folder) => join(folder, 'docker')).find((path) => existsSync(path)) ?? 'docker');

/**
 * What Docker's command line finds in its environment: the way to the engine, and no Node. What the
 * suites bring up is what somebody gets who has Docker and the committed files alone.
 */
const environment = Object.fromEntries(
  Object.entries({
    PATH: folders.filter((folder) => !existsSync(join(folder, 'node'))).join(delimiter),
    HOME: process.env.DOCKER_CONFIG ?? process.env.HOME,
    DOCKER_HOST: process.env.DOCKER_HOST,
    DOCKER_CONFIG: process.env.DOCKER_CONFIG,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

/**
 * @typedef {object} CallOptions
 * @property {Readonly<Record<string, string>>} [env] variables beside those that lead to the engine
 * @property {string} [cwd]
 * @property {string | undefined} [input]
 */

/**
 * Runs Docker's command line to its end, whatever that is.
 *
 * @param {readonly string[]} args
 * @param {CallOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function tryDocker(args, { env = {}, ...options } = {}) {
  return run(program, args, { ...options, env: { ...environment, ...env } });
}

/**
 * @param {readonly string[]} args
 * @param {CallOptions} [options]
 * @returns {Promise<string>} what it printed
 * @throws if it fails, with what it said
 */
export async function docker(args, options) {
  const outcome = await tryDocker(args, options);
  if (outcome.code !== 0) {
    const end = `${outcome.stdout}\n${outcome.stderr}`.trim().split('\n').slice(-30).join('\n');
    throw new Error(`docker ${args.join(' ')} has failed with ${outcome.code}:\n${end}`);
  }
  return outcome.stdout;
}

/**
 * The words before a command of Compose.
 *
 * @param {string} [project] folder of the project
 * @returns {string[]}
 */
function composeWords(project = settings.project) {
  return ['compose', '--file', join(project, 'compose', 'docker-compose.yml')];
}

/**
 * @param {readonly string[]} args
 * @param {CallOptions & { project?: string }} [options] `project`: another one than the suites share
 * @returns {Promise<Outcome>}
 */
export function tryCompose(args, { project, ...options } = {}) {
  return tryDocker([...composeWords(project), ...args], options);
}

/**
 * @param {readonly string[]} args
 * @param {CallOptions & { project?: string }} [options]
 * @returns {Promise<string>} what it printed
 */
export function compose(args, { project, ...options } = {}) {
  return docker([...composeWords(project), ...args], options);
}

/**
 * Runs Compose, and presses Ctrl-C when the engine has made the first container for it.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number | null>} its exit code
 */
export async function interruptedCompose(args) {
  /** @type {(type: string) => void} */
  let onMade = () => {};
  const made = ['events', '--filter', 'event=create', '--format', '{{.Type}}'];
  const { stop } = follow(made, (type) => onMade(type));
  try {
    await untilHeard((heard) => (onMade = heard));
    const child = spawn(program, [...composeWords(), ...args], { env: environment, stdio: 'ignore', detached: true });
    const closed = once(child, 'close');
    onMade = (type) => {
      if (type !== 'container' || child.exitCode !== null) return;
      onMade = () => {};
      process.kill(-(child.pid ?? 0), 'SIGINT');
    };
    const [code] = await closed;
    return code;
  } finally {
    stop();
  }
}

/**
 * Makes networks until one is heard of: a listener says nothing when it begins to listen.
 *
 * @param {(heard: (type: string) => void) => void} listen
 */
async function untilHeard(listen) {
  let isHeard = false;
  listen((type) => (isHeard ||= type === 'network'));
  const name = 'tars-live-heard';
  await until('the engine is heard', async () => {
    await docker(['network', 'create', name]);
    await docker(['network', 'rm', name]);
    return isHeard;
  });
}

/**
 * Follows what Docker's command line prints, line by line.
 *
 * @param {readonly string[]} args
 * @param {(line: string) => void} take
 * @returns {{ stop: () => void }}
 */
export function follow(args, take) {
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    lines.filter(Boolean).forEach(take);
  });
  return { stop: () => child.kill() };
}
