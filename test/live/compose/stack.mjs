// @ts-check
import { settings } from '../settings.mjs';
import { containers, isHealthy } from './containers.mjs';
import { compose } from './docker.mjs';

/** Longest time, in seconds, that the stack may take to become healthy on a busy machine. */
const startSeconds = 600;

/** Where the stack is: the page by the gateway and by its own port, and the backend's port. */
export const places = {
  page: 'http://tars.local:8088',
  api: 'http://api.tars.local:8088',
  devServer: 'http://127.0.0.1:3000',
  backend: 'http://127.0.0.1:8000',
};

/** What the smoke test's client needs to get there, whatever the host name. */
export const target = { page: places.page, api: places.api, address: settings.address ?? '127.0.0.1', insecure: false };

/**
 * @param {readonly string[]} [args] of `docker compose up`
 * @param {{ project?: string, env?: Readonly<Record<string, string>> }} [options]
 */
export async function up(args = [], options = {}) {
  await compose(['up', '--detach', '--wait', '--wait-timeout', `${startSeconds}`, ...args], options);
}

/** Removes the stack with its data. */
export async function removeAll() {
  await compose(['--profile', '*', 'down', '--volumes', '--remove-orphans']);
}

/** @returns {Promise<boolean>} whether every container that stays is healthy */
export async function allHealthy() {
  const all = await containers();
  return all.every((container) => isHealthy(container) || container.facts.HostConfig.RestartPolicy.Name === 'no');
}
