/** Where the secrets of one environment are kept, relative to the directory of its secrets. */
export const SECRET_PATHS = {
  /** Values of the cluster's Secret. */
  cluster: 'cluster.env',
  /** The development CA and its server certificate, of exposures with `selfSigned` (decision D16). */
  caCertificate: 'tls/ca.crt',
  caKey: 'tls/ca.key',
  certificate: 'tls/tls.crt',
  key: 'tls/tls.key',
} as const;
