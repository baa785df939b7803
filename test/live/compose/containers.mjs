// @ts-check
import { docker, tryDocker } from './docker.mjs';

/** Name of the Compose project that main.ts makes. */
export const projectName = 'tars';

/**
 * A container of the stack, as the engine sees it.
 *
 * @typedef {object} Container
 * @property {string} id
 * @property {string} name
 * @property {string} service
 * @property {any} facts everything that `docker inspect` says
 */

/**
 * @param {string} [service] of this service alone
 * @returns {Promise<Container[]>} by name, those that have ended included
 */
export async function containers(service) {
  const labels = [`project=${projectName}`, ...(service ? [`service=${service}`] : [])];
  const filters = labels.flatMap((label) => ['--filter', `label=com.docker.compose.${label}`]);
  const ids = lines(await docker(['ps', '--all', '--quiet', '--no-trunc', ...filters]));
  if (ids.length === 0) {
    return [];
  }
  const all = JSON.parse(await docker(['inspect', '--type', 'container', ...ids]));
  return all
    .map((/** @type {any} */ facts) => ({
      id: facts.Id,
      name: facts.Name.slice(1),
      service: facts.Config.Labels['com.docker.compose.service'],
      facts,
    }))
    .sort((/** @type {Container} */ a, /** @type {Container} */ b) => (a.name < b.name ? -1 : 1));
}

/**
 * @param {string} service that has one replica
 * @returns {Promise<Container>}
 */
export async function containerOf(service) {
  const [container] = await containers(service);
  if (!container) {
    throw new Error(`there is no container of ${service}`);
  }
  return container;
}

/** @param {Container} container */
export function isHealthy({ facts }) {
  return facts.State.Running && facts.State.Health?.Status === 'healthy';
}

/**
 * Which start of which container it is: another text after a restart, and after a replacement.
 *
 * @param {Container} container
 */
export function startOf({ id, facts }) {
  return `${id} ${facts.State.StartedAt}`;
}

/**
 * Ends the first process of a container by SIGKILL, as the kernel does when memory is short. Not by
 * `docker kill`: the engine takes that for a wish, and does not restart what it ended itself.
 *
 * @param {Container} container
 */
export async function killFirstProcess({ facts }) {
  const kill = ['--entrypoint', 'sh', facts.Config.Image, '-c', `kill -9 ${facts.State.Pid}`];
  await docker(['run', '--rm', '--pid', 'host', '--network', 'none', '--user', '0:0', ...kill]);
}

/**
 * Runs a command in a container.
 *
 * @param {Container} container
 * @param {readonly string[]} command
 * @param {{ user?: string }} [options]
 */
export function execute({ id }, command, { user } = {}) {
  return tryDocker(['exec', ...(user ? ['--user', user] : []), id, ...command]);
}

/**
 * Everything in the engine that a stack leaves behind if it is not removed.
 *
 * @param {string} [filter] as `docker ps`, `network ls` and `volume ls` have it
 * @returns {Promise<string[]>} containers, networks and volumes, sorted
 */
export async function leftovers(filter) {
  const filters = filter ? ['--filter', filter] : [];
  const lists = await Promise.all([
    docker(['ps', '--all', '--no-trunc', '--format', 'container {{.ID}}', ...filters]),
    docker(['network', 'ls', '--no-trunc', '--format', 'network {{.ID}}', ...filters]),
    docker(['volume', 'ls', '--format', 'volume {{.Name}}', ...filters]),
  ]);
  return lists.flatMap(lines).sort();
}

/** @returns {Promise<string[]>} those of the stack, volumes without a name of their own included */
export async function madeByStack() {
  const mounts = (await containers()).flatMap(({ facts }) => facts.Mounts);
  const volumes = mounts.filter(({ Type }) => Type === 'volume').map(({ Name }) => `volume ${Name}`);
  return [...new Set([...(await leftovers(`label=com.docker.compose.project=${projectName}`)), ...volumes])].sort();
}

/** @param {string} text */
export function lines(text) {
  return text.split('\n').filter(Boolean);
}
