/** What came of a connection that was tried from inside of a client's container. */
export interface Attempt {
  /** Names of components. */
  readonly client: string;
  readonly server: string;
  readonly host: string;
  readonly port: number;
  /**
   * `no-name`: the DNS says that there is no such name; `no-dns`: it gives no answer; `refused` and
   * `timeout` are of the connection itself.
   */
  readonly outcome: 'open' | 'refused' | 'timeout' | 'no-name' | 'no-dns';
  /** In the words of the program that tried. */
  readonly detail: string;
}

/** The end of what a container has printed. */
export interface Log {
  /** Pod, or container of the engine. */
  readonly name: string;
  readonly component: string;
  readonly container: string;
  /** Of the run before this one. */
  readonly previous: boolean;
  readonly text: string;
}

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
