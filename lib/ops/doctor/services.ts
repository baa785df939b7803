import type { ComposeSnapshot, EngineContainer, ExpectedService } from './compose-snapshot';

/** A service of the compose file, with its containers. */
export interface LiveService {
  readonly expected: ExpectedService;
  readonly containers: readonly EngineContainer[];
}

/** Services that are switched on; their containers may be missing. */
export function liveServices({ expected, containers }: ComposeSnapshot): readonly LiveService[] {
  return expected.map((one) => ({
    expected: one,
    containers: containers.filter(({ service }) => service === one.name),
  }));
}

/** Each container of each service that is switched on. */
export function engineContainers(
  snapshot: ComposeSnapshot,
): readonly { readonly expected: ExpectedService; readonly container: EngineContainer }[] {
  return liveServices(snapshot).flatMap(({ expected, containers }) =>
    containers.map((container) => ({ expected, container })),
  );
}

/** `service/cache`. */
export function serviceTitle(name: string): string {
  return `service/${name}`;
}

/** `docker compose -f compose/docker-compose.yml …`. */
export function compose({ file }: ComposeSnapshot, words: string): string {
  return `docker compose -f ${file} ${words}`;
}

/** Runs, and its check passes or is not there. */
export function isServing({ status, health }: EngineContainer): boolean {
  return status === 'running' && (health === undefined || health.status === 'healthy');
}

/** Runs, and its check has failed as often as it may. */
export function isUnhealthy({ status, health }: EngineContainer): boolean {
  return status === 'running' && health?.status === 'unhealthy';
}

/** A container that ends by itself and is started again, or has ended with a failure. */
export function isFailing(container: EngineContainer): boolean {
  if (container.status === 'restarting') return true;
  if (container.status === 'exited') return container.exitCode !== 0 && !isKilled(container);
  return container.status === 'running' && container.restartCount > 0 && !isServing(container);
}

/** Ended from outside: by SIGKILL or SIGTERM, and not for want of memory. Nobody starts it again. */
export function isKilled({ status, exitCode, oomKilled }: EngineContainer): boolean {
  return status === 'exited' && [0, 130, 137, 143].includes(exitCode) && !oomKilled;
}

/** Compose makes all containers and starts them one after the other: so many milliseconds are no fault. */
const BETWEEN_MS = 15_000;

/** Whether the stack is on its way up: something of it has just been made, or is starting for the first time. */
export function isComingUp({ containers, now }: ComposeSnapshot): boolean {
  return containers
    .filter(({ restartCount }) => restartCount === 0)
    .some(({ status, exitCode, health, restartPolicy, createdAt, startedAt, finishedAt }) => {
      const isTask = restartPolicy === 'no';
      const last = Math.max(createdAt, startedAt, isTask && exitCode === 0 ? finishedAt : 0);
      const isStarting = status === 'running' && (health?.status === 'starting' || isTask);
      return isStarting || now - last < BETWEEN_MS;
    });
}

/** The end of what a container said. */
export function logOf({ logs }: ComposeSnapshot, name: string): string {
  return logs.find((log) => log.name === name)?.text ?? '';
}
