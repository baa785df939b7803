// @ts-check
import { ask } from '../../smoke/client.mjs';
import { until } from '../../testbed/wait.mjs';
import { settings } from '../settings.mjs';

/**
 * The system as the shipped Ingress offers it. The certificate is the controller's own: nobody has made
 * the Secret that main.ts names.
 *
 * @type {import('../../smoke/client.mjs').Target}
 */
export const ingress = {
  page: 'https://tars.local',
  api: 'https://api.tars.local',
  address: settings.address,
  insecure: true,
};

/**
 * A controller takes a moment to see what was applied.
 *
 * @param {import('../../smoke/client.mjs').Target} target
 */
export async function serves(target) {
  await until(`${target.page} and ${target.api} answer`, async () => {
    const answers = await Promise.all([ask(target, `${target.page}/api/info`), ask(target, `${target.api}/ready`)]);
    return answers.every(({ status }) => status === 200);
  });
}
