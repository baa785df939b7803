import type { Socket } from 'node:net';
import type { ClusterClient } from './cluster-client';
import { ClusterError } from './cluster-error';
import { drained } from './drained';
import { lostConnection } from './exchange';
import { pathOf, RESOURCES } from './resources';
import type { ClusterSocket } from './socket';

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

const DATA = Buffer.from([0]);

/**
 * Carries one local connection to a port of a pod, until the pod's side is over; to end the local one is left to
 * the caller. The protocol cannot say that one side
 * has finished and the other goes on: the pod's side decides when it is over.
 * @throws ClusterError what the server answers, ConnectionLost, Refused when nothing listens there
 */
export async function carry(client: ClusterClient, to: PodPort, local: Socket, signal: AbortSignal): Promise<void> {
  const what = `port ${to.port} of ${to.pod}`;
  let socket: ClusterSocket | undefined;
  const end = (): void => {
    socket?.terminate();
    local.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    socket = await client.socket({
      path: pathOf(RESOURCES.Pod, to.namespace, to.pod, 'portforward'),
      query: { ports: to.port },
      protocols: ['v4.channel.k8s.io'],
      signal,
    });
    local.once('close', end);
    await Promise.race([fromPod(socket, local, what), toPod(socket, local)]);
  } catch (error) {
    throw lostConnection(error, what);
  } finally {
    signal.removeEventListener('abort', end);
    local.off('close', end);
    socket?.terminate();
  }
}

async function fromPod(socket: ClusterSocket, local: Socket, what: string): Promise<void> {
  // The first message of each channel is the number of the port.
  const begun = new Set<number>();
  for await (const message of socket.messages()) {
    const channel = message[0] ?? 0;
    if (!begun.has(channel)) {
      begun.add(channel);
      if (message.length === 3) continue;
    }
    const data = message.subarray(1);
    if (channel === 1) throw new ClusterError('Refused', `${what}: ${data.toString('utf8').trim()}`);
    if (!local.write(data)) await drained(local);
  }
}

/** Never returns while the pod may still answer: only a lost connection ends it. */
async function toPod(socket: ClusterSocket, local: Socket): Promise<never> {
  // Who has said all still waits for the answer: the end of what is read must not close the other direction.
  for await (const chunk of local.iterator({ destroyOnReturn: false })) {
    await socket.send(Buffer.concat([DATA, chunk as Buffer]));
  }
  return new Promise<never>(() => undefined);
}
