import { setMaxListeners } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { ClusterError } from '../cluster-client/cluster-error';
import { readObject } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import { carry } from '../cluster-client/port-tunnel';
import { isReady } from './pod-info';
import type { Place } from './workload';
import { podsOf, readWorkload } from './workload';

/** Where a local port leads. */
export interface ForwardTarget {
  readonly kind?: 'Pod' | 'Deployment' | 'StatefulSet' | 'Service' | undefined;
  readonly name: string;
  /** Of the pod; of a Service, the Service's. */
  readonly port: number;
}

export interface ForwardOptions {
  /** @default any that is free */
  readonly localPort?: number | undefined;
  /** @default "127.0.0.1" */
  readonly host?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called for each connection that could not be carried. */
  readonly onError?: ((error: ClusterError) => void) | undefined;
}

/** How long a client may keep a connection whose other side is gone, in milliseconds. */
const LINGER_MS = 10_000;

/** A local port that leads into the cluster. */
export interface PortForward {
  readonly host: string;
  readonly port: number;
  /** Resolves once it is closed. */
  readonly closed: Promise<void>;
  /** Ends it, with all its connections. */
  close(): Promise<void>;
}

/**
 * Opens a local port that leads to a port of a pod. A workload or a Service is asked for a ready pod at each
 * connection, so a restart of pods does not end it.
 * @throws ClusterError NotFound, ContainerNotReady when no pod is ready, Refused when the local port is taken
 */
export async function portForward(
  place: Place,
  target: ForwardTarget,
  options: ForwardOptions = {},
): Promise<PortForward> {
  // What is wrong now is said now, and not at the first connection.
  await destination(place, target, options.signal);
  return openPort(options, (local, signal) => forward(place, target, local, signal));
}

/**
 * Listens on a local port until it is closed, and hands on each connection.
 * @throws ClusterError Refused when the local port is taken
 */
export async function openPort(
  options: ForwardOptions,
  carryOne: (local: Socket, signal: AbortSignal) => Promise<void>,
): Promise<PortForward> {
  const host = options.host ?? '127.0.0.1';
  const abort = new AbortController();
  // Every connection listens to it, and there may be many.
  setMaxListeners(0, abort.signal);
  const open = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  const onConnection = (local: Socket): void => {
    sockets.add(local);
    local.once('close', () => sockets.delete(local));
    local.on('error', () => undefined);
    const carried = carryOne(local, abort.signal)
      .then(() => {
        finish(local);
      })
      .catch((error: unknown) => {
        local.destroy();
        if (error instanceof ClusterError && !abort.signal.aborted) options.onError?.(error);
      });
    open.add(carried);
    void carried.finally(() => open.delete(carried));
  };
  const server = createServer({ pauseOnConnect: false, allowHalfOpen: true }, onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `the local port ${options.localPort ?? 0} cannot be opened: ${cause.message}`;
      reject(new ClusterError('Refused', message, { cause, remedy: 'choose another local port' }));
    });
    server.listen(options.localPort ?? 0, host, resolve);
  });
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const close = async (): Promise<void> => {
    options.signal?.removeEventListener('abort', onAbort);
    abort.abort();
    server.close();
    await Promise.all(open);
    for (const local of sockets) local.destroy();
    await closed;
  };
  const onAbort = (): void => void close();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  return { host, port: (server.address() as AddressInfo | null)?.port ?? 0, closed, close };
}

/** The other side has said all; a client that does not look at its connection may keep its half of it for ever. */
function finish(local: Socket): void {
  local.end();
  // What it still says has nobody to go to. Closed at once, it would lose what it has not yet read.
  local.resume();
  local.setTimeout(LINGER_MS, () => local.destroy());
}

async function forward(place: Place, target: ForwardTarget, local: Socket, signal: AbortSignal): Promise<void> {
  const { pod, port } = await destination(place, target, signal);
  await carry(place.client, { namespace: place.namespace, pod, port }, local, signal);
}

async function destination(
  place: Place,
  { kind = 'Pod', name, port }: ForwardTarget,
  signal?: AbortSignal,
): Promise<{ readonly pod: string; readonly port: number }> {
  const { client, namespace } = place;
  if (kind === 'Pod') {
    const pod = await readObject(client, RESOURCES.Pod, namespace, name, signal);
    if (pod.status?.phase !== 'Running') throw noneReady(`pod ${name}`);
    return { pod: name, port };
  }
  const { selector, targetPort } =
    kind === 'Service'
      ? await ofService(place, name, port, signal)
      : { selector: (await readWorkload(place, { kind, name }, signal)).spec.selector, targetPort: port };
  const pod = (await podsOf(place, selector, signal)).find(isReady);
  if (pod === undefined) throw noneReady(`${kind.toLowerCase()}/${name}`);
  const byName = pod.spec.containers.flatMap(({ ports = [] }) => ports).find((one) => one.name === targetPort);
  const found = typeof targetPort === 'number' ? targetPort : byName?.containerPort;
  if (found === undefined) throw new ClusterError('NotFound', `pod ${pod.metadata.name} has no port "${targetPort}"`);
  return { pod: pod.metadata.name, port: found };
}

async function ofService(
  { client, namespace }: Place,
  name: string,
  port: number,
  signal?: AbortSignal,
): Promise<{
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly targetPort: number | string;
}> {
  const { spec } = await readObject(client, RESOURCES.Service, namespace, name, signal);
  const found = spec.ports?.find((one) => one.port === port);
  if (found === undefined) {
    const has = (spec.ports ?? []).map((one) => one.port).join(', ');
    throw new ClusterError('NotFound', `service/${name} has no port ${port}`, { remedy: `choose one of ${has}` });
  }
  return { selector: { matchLabels: spec.selector ?? {} }, targetPort: found.targetPort ?? port };
}

function noneReady(what: string): ClusterError {
  return new ClusterError('ContainerNotReady', `${what} has no pod that is ready`, { retryable: true });
}
