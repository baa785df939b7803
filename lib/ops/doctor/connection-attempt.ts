/** What came of a connection that was tried from inside of a client's container. */
export interface ConnectionAttempt {
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
