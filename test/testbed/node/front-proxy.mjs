// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('../machine/state.mjs').Machine} Machine */

/** As whom the API server speaks for others to the metrics server. */
const clientName = 'front-proxy-client';

/**
 * Makes what the API server shows when it passes a request on, and what that is checked with.
 *
 * @param {Machine} machine
 * @returns {readonly string[]} arguments of the API server
 */
export function writeFrontProxy({ directory }) {
  const folder = join(directory, 'front-proxy');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = {
    authority: join(folder, 'ca.crt'),
    authorityKey: join(folder, 'ca.key'),
    certificate: join(folder, 'client.crt'),
    key: join(folder, 'client.key'),
  };
  certificate('front-proxy-ca', file.authorityKey, file.authority, ['-addext', 'basicConstraints=critical,CA:TRUE']);
  certificate(clientName, file.key, file.certificate, [
    ...['-CA', file.authority, '-CAkey', file.authorityKey],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=clientAuth'],
  ]);
  return [
    `--requestheader-client-ca-file=${file.authority}`,
    `--requestheader-allowed-names=${clientName}`,
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${file.certificate}`,
    `--proxy-client-key-file=${file.key}`,
  ];
}

/**
 * @param {string} name
 * @param {string} key
 * @param {string} output
 * @param {readonly string[]} args
 */
function certificate(name, key, output, args) {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'],
      ...['-subj', `/CN=${name}`, '-days', '30', '-keyout', key, '-out', output, ...args],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
}
