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
 * Makes the file with which clients check the API server. It writes its own certificate and, behind
 * that, the one of the authority it made to sign it; only the latter is an authority, and the API
 * refuses a bundle with anything else in it.
 *
 * @param {Layout} layout
 * @returns {string} the content
 * @throws until the API server has written it
 */
export function writeCertificateAuthority(layout) {
  const files = filesOf(layout);
  const certificates = readFileSync(files.servingCertificate, 'utf8').match(pemCertificate) ?? [];
  const [, authority] = certificates;
  if (!authority) {
    throw new Error(`${files.servingCertificate} holds no certificate of an authority`);
  }
  writeFileSync(files.certificateAuthority, `${authority}\n`);
  return authority;
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Makes the kubeconfig files. Each holds all that a client needs, so it may be copied elsewhere.
 *
 * @param {Layout} layout
 * @param {Tokens} tokens
 */
export function writeKubeconfigs(layout, tokens) {
  const files = filesOf(layout);
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
  const certificate = readFileSync(filesOf(layout).certificateAuthority).toString('base64');
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
