import { X509Certificate } from 'node:crypto';
import type { Certificate } from '../../ops/doctor/certificate';

/** What a certificate says of itself; undefined: it is none. Its key is not asked for. */
export function readCertificate(object: string, pem: string): Certificate | undefined {
  try {
    const { validFrom, validTo, subjectAltName = '' } = new X509Certificate(pem);
    const hosts = [...subjectAltName.matchAll(/DNS:([^,\s]+)/g)].map(([, host]) => host ?? '');
    return { object, notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo), hosts };
  } catch {
    return undefined;
  }
}
