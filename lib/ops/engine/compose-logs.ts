import type { Channel } from '../cluster/channel';
import { readingFrom } from '../cluster/channel';
import type { LogLine, LogsQuery } from '../cluster/pod-logs';
import { isClusterError } from '../cluster-client/cluster-error';
import { LogPosition } from '../cluster-client/log-position';
import type { Container } from '../engine-client/containers';
import { inspectContainer } from '../engine-client/containers';
import { engineLog } from '../engine-client/container-log';
import { observeContainers } from '../engine-client/engine-events';
import { engineError } from '../engine-client/engine-error';
import { containerNamed, containersOf, labelsOf, nameOf, projectLabels, serviceOf } from './compose-project';
import type { ProjectPlace } from './compose-project';

/** Lines that wait for a slow reader. */
const AHEAD = 256;
const NEVER = '0002';

/**
 * Lines of the logs of containers, each line once, also when a connection breaks or a container is started again.
 * Lines of one container are in their order. Reads no faster than it is read. Followed logs end with the signal, or
 * when the reader stops; of one container, when it has ended and nobody starts it again.
 *
 * @throws ClusterError NotFound, ContainerNotReady when there was no run before, Aborted
 */
export function composeLogs(place: ProjectPlace, query: LogsQuery): AsyncGenerator<LogLine, void, undefined> {
  return readingFrom<LogLine>(AHEAD, query.signal, (channel, abort) =>
    (query.follow ?? true) ? follow(place, query, channel, abort) : read(place, query, channel, abort.signal),
  );
}

async function read(
  place: ProjectPlace,
  query: LogsQuery,
  channel: Channel<LogLine>,
  signal: AbortSignal,
): Promise<void> {
  const containers =
    query.pod === undefined
      ? await containersOf(place, labelsOf(query.labelSelector), signal)
      : [await containerNamed(place, query.pod, signal)];
  for (const container of containers.filter((one) => isMeant(one, query))) {
    const hasRunBefore = container.State.FinishedAt > NEVER && container.State.Running;
    if (query.previous === true && !hasRunBefore) {
      if (query.pod === undefined) continue;
      throw engineError('ContainerNotReady', `container ${nameOf(container)} has no run before this one`);
    }
    await copy(place, query, container, channel, { signal, isOld: true, follow: false });
  }
}

/** Reads each container for as long as it is there, whatever becomes of its runs. */
async function follow(
  place: ProjectPlace,
  query: LogsQuery,
  channel: Channel<LogLine>,
  abort: AbortController,
): Promise<void> {
  const { client, project } = place;
  const { signal } = abort;
  const readers = new Map<string, Promise<void>>();
  const changes = new Changes();
  const named = query.pod === undefined ? undefined : await containerNamed(place, query.pod, signal);
  const labels = [...projectLabels(project), ...labelsOf(query.labelSelector)];
  const reader = async (id: string, isOld: boolean): Promise<void> => {
    const position = new LogPosition();
    let started: string | undefined;
    for (;;) {
      const { version } = changes;
      const container = await inspectContainer(client, id, signal);
      if (!isMeant(container, query)) return;
      // What it has said up to its end was read, unless it was started again.
      const isNew = container.State.Running || container.State.StartedAt !== started;
      started = container.State.StartedAt;
      if (isNew) await copy(place, query, container, channel, { signal, isOld, follow: true, position });
      if (named !== undefined && (await isOver(place, id, signal))) return;
      if (!(await changes.after(version))) return;
    }
  };
  try {
    let isFirst = true;
    for await (const found of observeContainers(client, { labels, signal })) {
      const ids = found.map(({ Id: id }) => id).filter((id) => named === undefined || id === named.Id);
      for (const id of ids.filter((one) => !readers.has(one))) {
        const running = reader(id, isFirst).catch((error: unknown) => {
          // It was removed: what it had said was read as far as it could be.
          if (isClusterError(error, 'NotFound', 'Aborted')) return;
          channel.close({ error });
          abort.abort();
        });
        readers.set(id, running);
        if (named !== undefined) {
          void running.then(() => {
            channel.close();
            abort.abort();
          });
        }
      }
      isFirst = false;
      changes.happened();
      if (named !== undefined && ids.length === 0) break;
    }
  } finally {
    changes.end();
    await Promise.all(readers.values());
  }
}

/** Whether one container that was named has said all that it will. */
async function isOver({ client }: ProjectPlace, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { State: state, HostConfig: host } = await inspectContainer(client, id, signal);
    return !state.Running && !state.Restarting && ['no', ''].includes(host.RestartPolicy.Name);
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return true;
    throw error;
  }
}

async function copy(
  { client }: ProjectPlace,
  { previous, tailLines, sinceSeconds }: LogsQuery,
  container: Container,
  channel: Channel<LogLine>,
  how: {
    readonly signal: AbortSignal;
    readonly isOld: boolean;
    readonly follow: boolean;
    readonly position?: LogPosition | undefined;
  },
): Promise<void> {
  const [pod, name] = [nameOf(container), serviceOf(container)];
  const from = new Date(client.surroundings.now() - (sinceSeconds ?? 0) * 1000).toISOString();
  const log = engineLog(client, {
    container: container.Id,
    isTty: container.Config.Tty,
    follow: how.follow,
    // A container that comes later is read from its beginning.
    tailLines: how.isOld ? tailLines : undefined,
    since: how.isOld && sinceSeconds !== undefined ? from : undefined,
    until: previous === true ? container.State.StartedAt : undefined,
    position: how.position,
    signal: how.signal,
  });
  for await (const { timestamp, text } of log) {
    if (!(await channel.put({ pod, container: name, timestamp, text }))) return;
  }
}

function isMeant(container: Container, { container: wanted }: LogsQuery): boolean {
  return wanted === undefined || wanted === serviceOf(container) || wanted === nameOf(container);
}

/** Wakes who waits for the next change. */
class Changes {
  public version = 0;
  private isOver = false;
  private readonly waiting: (() => void)[] = [];

  public happened(): void {
    this.version++;
    for (const go of this.waiting.splice(0)) go();
  }

  public end(): void {
    this.isOver = true;
    this.happened();
  }

  /** Waits for a change after that one. False: there will be none. */
  public async after(version: number): Promise<boolean> {
    while (this.version <= version && !this.isOver) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    return !this.isOver;
  }
}
