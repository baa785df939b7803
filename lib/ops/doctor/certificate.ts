/** A certificate, without its key. */
export interface Certificate {
  /** `Secret/tars-tls-cert`, or the path of a file. */
  readonly object: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Names that it is for, `*.` included. */
  readonly hosts: readonly string[];
}
