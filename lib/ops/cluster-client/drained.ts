import type { Duplex } from 'node:stream';

/** Waits until a connection takes more, or is gone. */
export function drained(connection: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      connection.off('drain', done);
      connection.off('close', done);
      resolve();
    };
    connection.once('drain', done);
    connection.once('close', done);
    if (connection.destroyed) done();
  });
}
