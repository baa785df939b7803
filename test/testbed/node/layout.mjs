// @ts-check
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateAuthority } from '../credentials.mjs';
import { filesOf } from '../components.mjs';
import { machineAddress } from '../machine/network.mjs';

/** @typedef {import('../components.mjs').Layout} Layout */
/** @typedef {import('../machine/state.mjs').Machine} Machine */

/** The only node's name. */
export const nodeName = 'testbed';

export const serviceRange = '10.96.0.0/16';
export const podRange = '10.244.0.0/24';
export const dnsAddress = '10.96.0.10';

const apiServerPort = 6443;

/** Who calls the API server, and as which group. */
const users = {
  admin: 'system:masters',
  'system:kube-controller-manager': '',
  'system:kube-scheduler': '',
  'system:kube-proxy': '',
  [`system:node:${nodeName}`]: 'system:nodes',
  // has no role of its own before it runs: the testbed's own programs beside the cluster
  'testbed:kube-router': 'system:masters',
  'testbed:metrics-server': 'system:masters',
};

/** @typedef {keyof typeof users} User */

/**
 * The machine is alone in its network, so that its ports can be the usual ones.
 *
 * @param {Machine} machine
 * @returns {Layout}
 */
export function layoutOf({ directory }) {
  return { directory: join(directory, 'control-plane'), etcdPort: 2379, etcdPeerPort: 2380, apiServerPort };
}

/**
 * @param {Machine} machine
 * @returns {string} where pods and whoever is outside find the API server
 */
export function apiServerUrl(machine) {
  return `https://${machineAddress(machine)}:${apiServerPort}`;
}

/**
 * What the API server must find when it starts.
 *
 * @param {Machine} machine
 * @returns {Record<string, string>} a token of each user
 */
export function writeServerFiles(machine) {
  const files = filesOf(layoutOf(machine));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writeFileSync(files.serviceAccountKey, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  const tokens = Object.fromEntries(Object.keys(users).map((user) => [user, randomBytes(24).toString('hex')]));
  const lines = Object.entries(users).map(([user, group]) => [tokens[user], user, user, ...(group ? [group] : [])]);
  writeFileSync(files.tokens, lines.map((line) => `${line.join(',')}\n`).join(''), { mode: 0o600 });
  return tokens;
}

/**
 * A kubeconfig of each user, once the API server has its certificate.
 *
 * @param {Machine} machine
 * @param {Readonly<Record<string, string>>} tokens
 */
export function writeClientFiles(machine, tokens) {
  const authority = certificateAuthority(layoutOf(machine));
  writeFileSync(filesOf(layoutOf(machine)).certificateAuthority, authority);
  for (const user of /** @type {User[]} */ (Object.keys(users))) {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'testbed',
          cluster: {
            server: apiServerUrl(machine),
            'certificate-authority-data': Buffer.from(authority).toString('base64'),
          },
        },
      ],
      users: [{ name: user, user: { token: tokens[user] } }],
      contexts: [{ name: 'testbed', context: { cluster: 'testbed', user } }],
      'current-context': 'testbed',
    };
    writeFileSync(kubeconfigOf(machine, user), `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  }
}

/**
 * @param {Machine} machine
 * @param {User} user
 * @returns {string}
 */
export function kubeconfigOf({ directory }, user) {
  return join(directory, `${String(user).replace(/.*:/, '')}.kubeconfig`);
}
