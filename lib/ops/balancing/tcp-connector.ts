import { connect } from 'node:net';
import type { Connector } from './active-health';

/** A TCP connection that is closed as soon as it is there. */
export const tcpConnector: Connector = (host, port, signal) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
