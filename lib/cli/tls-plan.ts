import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import { SECRET_PATHS } from '../model/secret-paths';
import type { KeyPairPem } from '../secrets/self-signed';
import type { Layout } from '../synth/layout';
import { readText } from './files';
import type { Io } from './io';

/** The development certificate of one environment. */
export interface TlsPlan {
  /** Files to write, by path from the project's root; none: all are there. */
  readonly files: readonly { readonly path: string; readonly text: string; readonly mode: number }[];
  readonly values: { readonly cert: string; readonly key: string };
  readonly issues: readonly Issue[];
}

/** Days before its end from which on a certificate is worth a warning. */
const SOON_DAYS = 30;
const DAY = 86_400_000;
/**
 * The gateway's container runs as another user and has to read its certificate and key: what keeps
 * everybody else away from them is the directory, which only its owner may enter.
 */
const GATEWAY_MODE = 0o644;
const OWNER_MODE = 0o600;

/**
 * Finds the certificate of the self-signed exposures, or makes it, and its authority, in memory.
 * @throws TarsError when half of a pair is missing
 */
export async function planTls(hosts: readonly string[], layout: Layout, io: Io): Promise<TlsPlan> {
  const path = (name: string): string => `${layout.secrets}/${name}`;
  const read = (certificate: string, key: string): KeyPairPem | undefined =>
    readPair(path(certificate), path(key), layout.root, io);
  const server = read(SECRET_PATHS.certificate, SECRET_PATHS.key);
  if (server !== undefined) {
    return {
      files: [],
      values: valuesOf(server),
      issues: certificateIssues(server, hosts, path(SECRET_PATHS.certificate), io),
    };
  }
  const { createAuthority, issueCertificate } = await import('../secrets/self-signed.js');
  const sources = { crypto: io.crypto, random: io.random, now: io.now() };
  const known = read(SECRET_PATHS.caCertificate, SECRET_PATHS.caKey);
  const authority = known ?? (await createAuthority(sources));
  const made = await issueCertificate(authority, hosts, sources);
  return {
    files: [
      ...(known === undefined
        ? [
            { path: path(SECRET_PATHS.caKey), text: authority.key, mode: OWNER_MODE },
            { path: path(SECRET_PATHS.caCertificate), text: authority.certificate, mode: GATEWAY_MODE },
          ]
        : []),
      { path: path(SECRET_PATHS.key), text: made.key, mode: GATEWAY_MODE },
      { path: path(SECRET_PATHS.certificate), text: made.certificate, mode: GATEWAY_MODE },
    ],
    values: valuesOf(made),
    issues: [],
  };
}

function valuesOf({ certificate, key }: KeyPairPem): TlsPlan['values'] {
  return { cert: certificate, key };
}

function readPair(certificatePath: string, keyPath: string, root: string, io: Io): KeyPairPem | undefined {
  const certificate = readText(io.fs, join(root, certificatePath));
  const key = readText(io.fs, join(root, keyPath));
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  // A certificate of a run that was killed between the two files is of no use without its key.
  if (certificate === undefined) return undefined;
  throw new TarsError([
    {
      code: 'TARS4003',
      severity: 'error',
      path: keyPath,
      message: `the private key of ${certificatePath} is not there`,
      given: 'nothing',
      allowed: 'a certificate and its key, or neither',
      remedy: `bring the key back, or remove ${certificatePath}: the next run makes both`,
    },
  ]);
}

/** What a browser would say, before it says so. */
function certificateIssues(pair: KeyPairPem, hosts: readonly string[], path: string, io: Io): Issue[] {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pair.certificate);
  } catch {
    return [
      warning(path, 'not a certificate in PEM form', 'text', 'a file that starts with -----BEGIN CERTIFICATE-----'),
    ];
  }
  const missing = hosts.filter((host) => certificate.checkHost(host.replace(/^\*\./, 'any.')) === undefined);
  const days = Math.floor((Date.parse(certificate.validTo) - io.now().getTime()) / DAY);
  const ends = days < 0 ? `it ended ${-days} days ago` : `it ends in ${days} days`;
  return [
    ...(missing.length === 0
      ? []
      : [
          warning(
            path,
            `the certificate does not name ${missing.join(', ')}`,
            `a certificate for ${names(certificate)}`,
            hosts.join(', '),
          ),
        ]),
    ...(days >= SOON_DAYS
      ? []
      : [warning(path, 'the certificate has to be made anew', ends, `at least ${SOON_DAYS} days to go`)]),
  ];
}

function names(certificate: X509Certificate): string {
  return (certificate.subjectAltName ?? 'no host').replaceAll('DNS:', '');
}

function warning(path: string, message: string, given: string, allowed: string): Issue {
  const remedy = 'run `tars secrets init --renew-certificate`, then `tars synth`';
  return { code: 'TARS4007', severity: 'warning', path, message, given, allowed, remedy };
}
