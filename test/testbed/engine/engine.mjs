// @ts-check
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { binaryPath } from '../binaries.mjs';
import { withLock } from '../machine/lock.mjs';
import { cgroupOf, isUp, runInside, startInside, startMachine, stopMachine } from '../machine/machine.mjs';
import { readMachine, writeMachine } from '../machine/state.mjs';
import { isRunning } from '../process.mjs';
import { run } from '../run.mjs';
import { endOfLog } from '../machine/log.mjs';
import { TerminalError, until } from '../wait.mjs';

/** @typedef {import('../machine/state.mjs').Machine} Machine */
/** @typedef {import('../run.mjs').Outcome} Outcome */

const name = 'engine';
const network = '192.168.251';

/**
 * What Docker's command line needs to reach the engine.
 *
 * @typedef {object} EngineAccess
 * @property {string} DOCKER_HOST
 * @property {string} DOCKER_CONFIG with buildx and Compose as its plugins
 */

/**
 * Starts the engine unless it runs. It has no container, network or volume then, but every image
 * that it had.
 *
 * @returns {Promise<EngineAccess>}
 */
export async function engineUp() {
  return withLock(name, async () => {
    const running = readMachine(name);
    if (running?.access && isUp(running)) {
      return /** @type {any} */ (running.access);
    }
    const machine = await startMachine(name, { network, internet: true });
    try {
      const access = await startEngine(machine);
      machine.access = { ...access };
      writeMachine(machine);
      return access;
    } catch (error) {
      await stopMachine(name);
      throw error;
    }
  });
}

/**
 * @param {Machine} machine
 * @returns {Promise<EngineAccess>}
 */
async function startEngine(machine) {
  const socket = join(machine.directory, 'docker.sock');
  const data = join(machine.data, 'docker');
  for (const leftover of ['containers', 'network', 'volumes']) {
    rmSync(join(data, leftover), { recursive: true, force: true });
  }
  startInside(machine, {
    name: 'dockerd',
    binary: binaryPath('dockerd'),
    args: [
      `--data-root=${data}`,
      '--exec-root=/run/docker',
      '--pidfile=/run/docker.pid',
      `--host=unix://${socket}`,
      `--userland-proxy-path=${binaryPath('docker-proxy')}`,
      '--init-path=/usr/bin/tini-static',
      '--exec-opt=native.cgroupdriver=cgroupfs',
      `--cgroup-parent=/${cgroupOf(machine)}`,
      '--default-ulimit=nofile=1024:4096', // the default one is more than some machines grant
    ],
    env: { PATH: [...['containerd', 'runc'].map((tool) => dirname(binaryPath(tool))), process.env.PATH].join(':') },
  });
  const access = { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: writeClientConfiguration(machine) };
  await until('the engine answers', async () => {
    if (machine.processes.some((started) => !isRunning(started))) {
      throw new TerminalError(`dockerd has ended by itself${endOfLog(machine, 'dockerd')}`);
    }
    return (await docker(access, ['version'])).code === 0;
  });
  return access;
}

/** @param {Machine} machine */
function writeClientConfiguration(machine) {
  const directory = join(machine.directory, 'docker-config');
  const plugins = join(directory, 'cli-plugins');
  mkdirSync(plugins, { recursive: true });
  for (const plugin of ['docker-buildx', 'docker-compose']) {
    symlinkSync(binaryPath(plugin), join(plugins, plugin));
  }
  return directory;
}

/**
 * Runs Docker's command line with the engine.
 *
 * @param {EngineAccess} access
 * @param {readonly string[]} args
 * @param {{ env?: Readonly<Record<string, string>>, cwd?: string, input?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function docker(access, args, { env = {}, ...options } = {}) {
  return run(binaryPath('docker'), args, { ...options, env: { HOME: access.DOCKER_CONFIG, ...env, ...access } });
}

/**
 * The engine's network is its own: what it publishes on 127.0.0.1 is there alone.
 *
 * @param {readonly string[]} command
 * @returns {string[]} the command that runs `command` there
 */
export function engineInside(command) {
  const machine = readMachine(name);
  if (!machine) {
    throw new Error('the engine is not running');
  }
  return ['nsenter', '-t', String(machine.init), '-n', '--', ...command];
}

/** @returns {Promise<boolean>} whether there was anything to stop */
export async function engineDown() {
  return withLock(name, async () => {
    const machine = readMachine(name);
    if (machine?.access && isUp(machine)) {
      const access = /** @type {any} */ (machine.access);
      const { stdout } = await docker(access, ['ps', '--all', '--quiet']);
      const containers = stdout.split('\n').filter(Boolean);
      if (containers.length > 0) {
        await docker(access, ['rm', '--force', '--volumes', ...containers]);
      }
      await runInside(machine, ['sh', '-c', 'kill "$(cat /run/docker.pid)"']);
      await until('dockerd has ended', () => !machine.processes.some(isRunning), { timeoutMs: 60_000 }).catch(() => {});
    }
    return stopMachine(name);
  });
}

/** @returns {Promise<{ isUp: boolean, text: string }>} */
export async function engineStatus() {
  const machine = readMachine(name);
  if (!machine) {
    return { isUp: false, text: 'not running' };
  }
  if (!machine.access) {
    return { isUp: false, text: 'starting' };
  }
  const access = /** @type {any} */ (machine.access);
  const { code, stdout, stderr } = await docker(access, ['version', '--format', 'engine {{.Server.Version}}']);
  const variables = Object.entries(access).map(([variable, value]) => `${variable}=${value}`);
  return { isUp: code === 0, text: [code === 0 ? stdout.trim() : stderr.trim(), ...variables].join('\n') };
}
