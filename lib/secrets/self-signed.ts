import type { RandomBytes } from './generate';

/** The Web Crypto API, which Node has and nothing in this room calls for by itself. */
export type WebCrypto = typeof globalThis.crypto;

/** A certificate and its private key, both PEM. */
export interface KeyPairPem {
  readonly certificate: string;
  readonly key: string;
}

/** What certificates are made with: nothing of it is in this room. */
export interface CertificateSources {
  readonly crypto: WebCrypto;
  readonly random: RandomBytes;
  readonly now: Date;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AUTHORITY_DAYS = 3650;
/** Apple's systems refuse longer ones, also from a CA that the user added. @see https://support.apple.com/103769 */
const SERVER_DAYS = 825;

/** A certificate authority for development: whoever trusts it trusts the certificates of one project. */
export async function createAuthority(sources: CertificateSources): Promise<KeyPairPem> {
  const x509 = await loadX509();
  const keys = await generateKeys(sources.crypto);
  const serialNumber = serial(sources.random);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber,
      // Trust stores list authorities by name: two of them should be told apart.
      name: `CN=cdk8s-tars development CA ${serialNumber.slice(0, 8)}`,
      ...validity(sources.now, AUTHORITY_DAYS),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, sources.crypto),
      ],
    },
    sources.crypto,
  );
  return pem(certificate.toString('pem'), keys.privateKey, sources.crypto);
}

/** A server certificate for the hosts, signed by an authority made with {@link createAuthority}. */
export async function issueCertificate(
  authority: KeyPairPem,
  hosts: readonly string[],
  sources: CertificateSources,
): Promise<KeyPairPem> {
  const x509 = await loadX509();
  const { crypto } = sources;
  const issuer = new x509.X509Certificate(authority.certificate);
  const der = x509.PemConverter.decodeFirst(authority.key);
  const signingKey = await crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  const keys = await generateKeys(crypto);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial(sources.random),
      subject: `CN=${commonName(hosts)}`,
      issuer: issuer.subject,
      ...validity(sources.now, SERVER_DAYS),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns', value }))),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, crypto),
      ],
    },
    crypto,
  );
  return pem(certificate.toString('pem'), keys.privateKey, crypto);
}

/** A common name holds 64 characters; clients look at the alternative names anyway. */
function commonName(hosts: readonly string[]): string {
  return hosts.find((host) => host.length <= 64) ?? 'development';
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  // Clocks differ, of a machine and of a container's host for instance.
  const notBefore = new Date(now.getTime() - HOUR);
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * DAY) };
}

/** 16 random bytes, positive and not zero. @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2 */
function serial(random: RandomBytes): string {
  const bytes = Array.from(random(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

type CryptoKeyOf = Parameters<WebCrypto['subtle']['exportKey']>[1];

async function generateKeys(crypto: WebCrypto) {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function pem(certificate: string, key: CryptoKeyOf, crypto: WebCrypto): Promise<KeyPairPem> {
  const x509 = await loadX509();
  const der = await crypto.subtle.exportKey('pkcs8', key);
  return { certificate: `${certificate.trim()}\n`, key: `${x509.PemConverter.encode(der, 'PRIVATE KEY').trim()}\n` };
}

/** Large, and needed once in the life of a project. */
async function loadX509() {
  return import('@peculiar/x509');
}
