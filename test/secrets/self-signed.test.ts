import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyPairPem } from '../../lib/secrets/self-signed';
import { createAuthority, issueCertificate } from '../../lib/secrets/self-signed';
import { seededRandom } from './sources';

const NOW = new Date('2025-11-25T12:00:00Z');
const HOSTS = ['api.tars.local', 'tars.local'];
const sources = (seed = 1): Parameters<typeof createAuthority>[0] => ({
  crypto: globalThis.crypto,
  random: seededRandom(seed),
  now: NOW,
});

describe('self-signed certificates', () => {
  let authority: KeyPairPem;
  let server: KeyPairPem;

  beforeAll(async () => {
    authority = await createAuthority(sources());
    server = await issueCertificate(authority, HOSTS, sources(2));
  });

  test('the authority is one', () => {
    const certificate = new X509Certificate(authority.certificate);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toMatch(/^CN=cdk8s-tars development CA [0-9a-f]{8}$/);
  });

  test('the certificate is signed by it, for the hosts, and is no authority', () => {
    const certificate = new X509Certificate(server.certificate);
    const issuer = new X509Certificate(authority.certificate);
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toBe('DNS:api.tars.local, DNS:tars.local');
    expect(certificate.checkHost('evil.local')).toBeUndefined();
  });

  test('keys are P-256, and fit their certificates', () => {
    for (const { certificate, key } of [authority, server]) {
      const privateKey = createPrivateKey(key);
      expect(privateKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
      expect(new X509Certificate(certificate).checkPrivateKey(privateKey)).toBe(true);
    }
  });

  test('the time comes from the caller, and is no longer than systems accept', () => {
    const { validFrom, validTo } = new X509Certificate(server.certificate);
    expect(new Date(validFrom)).toEqual(new Date('2025-11-25T11:00:00Z'));
    expect((Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000).toBe(825);
    expect(new Date(new X509Certificate(authority.certificate).validTo).getUTCFullYear()).toBe(2035);
  });

  test('a client that trusts the authority talks to a server with the certificate', async () => {
    // Valid from now on: the clock of TLS cannot be handed in.
    const now = { ...sources(3), now: new Date() };
    const own = await createAuthority(now);
    const pair = await issueCertificate(own, HOSTS, now);
    const https = createServer({ cert: pair.certificate, key: pair.key }, (_, response) => response.end('hello'));
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    const { port } = https.address() as AddressInfo;
    const ask = (servername: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, servername, ca: own.certificate }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    try {
      await expect(ask('tars.local')).resolves.toBe(200);
      await expect(ask('evil.local')).rejects.toThrow(/altnames/);
    } finally {
      https.close();
    }
  });
});
