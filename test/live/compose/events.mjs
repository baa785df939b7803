// @ts-check
import { projectName } from './containers.mjs';
import { docker, follow } from './docker.mjs';

/**
 * When something happened to a container of the stack, in ns.
 *
 * @typedef {object} Moment
 * @property {string} service
 * @property {'start' | 'die' | 'healthy'} what
 * @property {bigint} at
 * @property {string | undefined} exitCode of one that has died
 */

/**
 * Listens to the engine, whose own memory of events is short: health checks alone fill it.
 *
 * @returns {Promise<{ moments: Moment[], stop: () => void }>} `moments` grows; nothing from now on is missed
 */
export async function listen() {
  const now = (await docker(['info', '--format', '{{.SystemTime}}'])).trim();
  /** @type {Moment[]} */
  const moments = [];
  const filters = ['type=container', 'event=start', 'event=die', 'event=health_status'];
  const args = ['events', '--since', now, '--format', '{{json .}}', ...filters.flatMap((filter) => ['--filter', filter])];
  const { stop } = follow(args, (line) => {
    const { Action: action, Actor: actor } = JSON.parse(line);
    const { 'com.docker.compose.service': service, 'com.docker.compose.project': project, exitCode } = actor.Attributes;
    const what = action === 'health_status: healthy' ? 'healthy' : action;
    if (project === projectName && ['start', 'die', 'healthy'].includes(what)) {
      // the number is too long for JSON.parse
      moments.push({ service, what, at: BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0), exitCode });
    }
  });
  return { moments, stop };
}
