// @ts-check
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { apiServerUrl, filesOf } from './components.mjs';

/** @typedef {import('./components.mjs').Layout} Layout */
/** @typedef {{ admin: string, controllerManager: string }} Tokens */

/**
 * Makes what the API server must find when it starts: the key that signs service accounts' tokens,
 * and the tokens of the two users there are.
 *
 * @param {Layout} layout
 * @returns {Tokens}
 */
export function writeServerCredentials(layout) {
  const files = filesOf(layout);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writePrivate(files.serviceAccountKey, privateKey.export({ type: 'sec1', format: 'pem' }));
  const tokens = { admin: randomToken(), controllerManager: randomToken() };
  writePrivate(
    files.tokens,
    `${tokens.admin},admin,admin,system:masters\n` +
      `${tokens.controllerManager},system:kube-controller-manager,system:kube-controller-manager\n`,
  );
  return tokens;
}

/**
 * What clients check the API server's certificate with. The API server writes that and, behind it,
 * the certificate of the authority it made to sign it; only the latter is an authority, and the API
 * refuses a bundle with anything else in it.
 *
 * @param {Layout} layout
 * @returns {string}
 * @throws until the API server has written it
 */
export function certificateAuthority(layout) {
  const file = filesOf(layout).servingCertificate;
  const [, authority] = readFileSync(file, 'utf8').match(pemCertificate) ?? [];
  if (!authority) {
    throw new Error(`${file} holds no certificate of an authority`);
  }
  return `${authority}\n`;
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Makes what clients need, once the API server has its certificate. A kubeconfig holds all of it, so
 * it may be copied elsewhere.
 *
 * @param {Layout} layout
 * @param {Tokens} tokens
 */
export function writeClientCredentials(layout, tokens) {
  const files = filesOf(layout);
  writeFileSync(files.certificateAuthority, certificateAuthority(layout));
  writePrivate(files.kubeconfig, kubeconfig(layout, 'admin', tokens.admin));
  writePrivate(
    files.controllerManagerKubeconfig,
    kubeconfig(layout, 'system:kube-controller-manager', tokens.controllerManager),
  );
}

/**
 * @param {Layout} layout
 * @param {string} user
 * @param {string} token
 */
function kubeconfig(layout, user, token) {
  const certificate = Buffer.from(certificateAuthority(layout)).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'testbed', cluster: { server: apiServerUrl(layout), 'certificate-authority-data': certificate } },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user } }],
    'current-context': 'testbed',
  };
  return `${JSON.stringify(config, undefined, 2)}\n`; // JSON is YAML
}

function randomToken() {
  return randomBytes(24).toString('hex');
}

/**
 * @param {string} file
 * @param {string | Buffer} content
 */
function writePrivate(file, content) {
  writeFileSync(file, content, { mode: 0o600 });
}
