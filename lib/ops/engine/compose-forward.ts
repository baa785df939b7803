import type { Socket } from 'node:net';
import type { ForwardOptions, PortForward } from '../cluster/port-forward';
import { openPort } from '../cluster/port-forward';
import { isClusterError } from '../cluster-client/cluster-error';
import { Deadline } from '../cluster-client/deadline';
import { drained } from '../cluster-client/drained';
import type { Container } from '../engine-client/containers';
import { removeContainer } from '../engine-client/containers';
import { runExec } from '../engine-client/container-exec';
import { engineError } from '../engine-client/engine-error';
import { ensureImage } from '../engine-client/images';
import type { ManagedRef } from '../manager';
import { requireRunning, runTools, TOOLS_TIMEOUT_MS } from './compose-debug';
import { containerNamed, containersOf, nameOf, serviceLabel } from './compose-project';
import type { ProjectPlace } from './compose-project';
import { isReady } from './container-info';

/** Has `nc` and `sleep`, as most images of applications have not. */
export const TOOLS_IMAGE = 'busybox:1.37.0';
const SAID = 1000;

/**
 * Opens a local port that leads to a port of a container. No port of the container needs to be published, and its
 * networks may be internal: each connection is the input and output of `nc` in a helper container that shares the
 * network of the target. So it goes through the engine's API alone, and works as well where containers cannot be
 * reached by address: on Docker Desktop, and on an engine elsewhere. A helper, and not the target itself, since
 * most images have no `nc`.
 *
 * A service is asked for a ready container at each connection, so a restart does not end it.
 *
 * @throws ClusterError NotFound; ContainerNotReady when none is ready, or the image cannot be had; Refused when the
 *   local port is taken
 */
export async function composeForward(
  place: ProjectPlace,
  target: ManagedRef & { readonly port: number },
  options: ForwardOptions & { readonly image?: string | undefined } = {},
): Promise<PortForward> {
  const helpers = new Helpers(place, options.image ?? TOOLS_IMAGE);
  const signal = options.signal ?? new AbortController().signal;
  try {
    // What is wrong now is said now, and not at the first connection.
    await helpers.of(await destination(place, target, signal), signal);
    const forward = await openPort(options, async (local, life) => {
      await carry(place, helpers, await destination(place, target, life), target.port, local, life);
    });
    const closed = forward.closed.then(() => helpers.remove());
    const close = async (): Promise<void> => {
      await forward.close();
      await closed;
    };
    return { ...forward, closed, close };
  } catch (error) {
    await helpers.remove();
    throw error;
  }
}

async function destination(
  place: ProjectPlace,
  { kind = 'Service', name }: ManagedRef,
  signal: AbortSignal,
): Promise<Container> {
  if (kind === 'Pod') {
    const container = await containerNamed(place, name, signal);
    requireRunning(container);
    return container;
  }
  const all = await containersOf(place, [serviceLabel(name)], signal);
  if (all.length === 0) throw engineError('NotFound', `project ${place.project} runs no service ${name}`);
  const ready = all.find(isReady);
  if (ready !== undefined) return ready;
  throw engineError('ContainerNotReady', `service ${name} has no container that is ready`, { retryable: true });
}

/** The helper of each run of a container: with a new run comes a new network. */
class Helpers {
  private readonly byRun = new Map<string, Promise<string>>();

  public constructor(
    private readonly place: ProjectPlace,
    private readonly image: string,
  ) {}

  /** The id of a container in the network of this one. */
  public async of(target: Container, signal: AbortSignal): Promise<string> {
    const key = `${target.Id} ${target.State.StartedAt}`;
    const known = this.byRun.get(key);
    if (known !== undefined) return known;
    const made = this.make(target, signal);
    this.byRun.set(key, made);
    made.catch(() => this.byRun.delete(key));
    return made;
  }

  /** It has ended, since it lives for an hour: the next connection makes another one. */
  public forget(id: string): void {
    for (const [key, known] of this.byRun) {
      void known.then((one) => one === id && this.byRun.delete(key)).catch(() => undefined);
    }
  }

  public async remove(): Promise<void> {
    const all = await Promise.allSettled(this.byRun.values());
    const ids = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    // One that is gone already is what was wanted.
    await Promise.all(ids.map((id) => removeContainer(this.place.client, id).catch(() => undefined)));
  }

  private async make(target: Container, signal: AbortSignal): Promise<string> {
    const { random } = this.place.client.surroundings;
    const name = `${nameOf(target)}-forward-${Math.floor(random() * 2 ** 32).toString(16)}`;
    const deadline = new Deadline(`starting ${name}`, TOOLS_TIMEOUT_MS, signal, 'engine');
    try {
      await ensureImage(this.place.client, this.image, deadline.signal);
      return await runTools(this.place, target, { name, image: this.image }, deadline.signal);
    } catch (error) {
      throw deadline.signal.aborted ? deadline.error(error) : error;
    } finally {
      deadline.end();
    }
  }
}

async function carry(
  { client }: ProjectPlace,
  helpers: Helpers,
  target: Container,
  port: number,
  local: Socket,
  signal: AbortSignal,
): Promise<void> {
  const helper = await helpers.of(target, signal);
  const what = `port ${port} of ${nameOf(target)}`;
  let said = '';
  try {
    const code = await runExec(client, {
      container: helper,
      command: ['nc', '127.0.0.1', String(port)],
      // Who has said all still waits for the answer: the end of what is read must not close the other direction.
      stdin: local.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>,
      onOutput: async (stream, chunk) => {
        if (stream === 'stderr') said = (said + chunk.toString('utf8')).slice(0, SAID);
        else if (!local.write(chunk)) await drained(local);
      },
      signal,
    });
    if (code !== 0 && said !== '') throw engineError('Refused', `${what}: ${said.trim()}`);
  } catch (error) {
    if (isClusterError(error, 'ContainerNotReady', 'NotFound')) helpers.forget(helper);
    // Whoever was connected is gone: nothing was lost.
    if (!isClusterError(error) && local.destroyed) return;
    throw error;
  }
}
