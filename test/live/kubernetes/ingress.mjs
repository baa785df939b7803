// @ts-check
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
