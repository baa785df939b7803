// @ts-check
import { get } from 'node:https';

/**
 * Whether the API server answers with 200.
 *
 * @param {string} url
 * @param {string} certificateAuthority
 * @param {string} token
 * @returns {Promise<boolean>}
 * @throws if there is no answer
 */
export function succeeds(url, certificateAuthority, token) {
  const options = {
    ca: certificateAuthority,
    headers: { authorization: `Bearer ${token}` },
    agent: false, // no connection is kept open
    timeout: 5_000,
  };
  return new Promise((resolve, reject) => {
    const request = get(url, options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200));
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${url}`)));
    request.on('error', reject);
  });
}
