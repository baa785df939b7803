import type { EngineClient } from './engine-client';

/** Labels by which Compose knows what is its own. */
export const COMPOSE = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  configHash: 'com.docker.compose.config-hash',
  dependsOn: 'com.docker.compose.depends_on',
  files: 'com.docker.compose.project.config_files',
  directory: 'com.docker.compose.project.working_dir',
  environmentFile: 'com.docker.compose.project.environment_file',
} as const;

/** What `GET /containers/json` says of one, as far as it is used. */
export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** What `GET /containers/ID/json` says, as far as it is used. */
export interface Container {
  readonly Id: string;
  /** With a slash before it. */
  readonly Name: string;
  /** RFC 3339. */
  readonly Created: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly Restarting: boolean;
    readonly OOMKilled: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    /** RFC 3339; the year 1 for never. */
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: {
      readonly Status: 'none' | 'starting' | 'healthy' | 'unhealthy';
      /** The last five. */
      readonly Log?: readonly { readonly End: string; readonly Output: string; readonly ExitCode: number }[] | null;
    };
  };
  readonly Config: {
    readonly Image: string;
    readonly User: string;
    readonly Tty: boolean;
    readonly StopTimeout?: number;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: {
    readonly RestartPolicy: { readonly Name: string };
    /** Bytes; 0: no limit. */
    readonly Memory: number;
    readonly MemoryReservation: number;
    /** Billionths of a processor; 0: no limit. */
    readonly NanoCpus: number;
    /** 1024 stand for one processor; 0: not said. */
    readonly CpuShares: number;
    readonly PortBindings?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
  };
  readonly NetworkSettings: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress: string }>> | null;
  };
}

/** Which containers. */
export interface ContainerQuery {
  /** `KEY` or `KEY=VALUE`; all have to be there. */
  readonly labels?: readonly string[] | undefined;
  /** Those that do not run as well. @default true */
  readonly all?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Seconds that a container has to stop, where it does not say so itself. */
const STOP_SECONDS = 10;
const MARGIN_MS = 60_000;

/** Containers in short. */
export function listContainers(
  client: EngineClient,
  { labels = [], all = true, signal }: ContainerQuery = {},
): Promise<readonly ContainerSummary[]> {
  const filters = JSON.stringify({ label: labels });
  return client.call({ method: 'GET', path: '/containers/json', query: { all, filters }, signal });
}

/** @param name or id @throws ClusterError NotFound */
export function inspectContainer(client: EngineClient, name: string, signal?: AbortSignal): Promise<Container> {
  return client.call({ method: 'GET', path: `${pathOf(name)}/json`, signal });
}

/** Starts one; nothing happens if it runs. @throws ClusterError NotFound, Refused with the engine's words */
export function startContainer(client: EngineClient, name: string, signal?: AbortSignal): Promise<void> {
  return client.call({ method: 'POST', path: `${pathOf(name)}/start`, timeoutMs: MARGIN_MS, signal });
}

/** Stops one, by its own signal and within its own time, and starts it again. */
export function restartContainer(client: EngineClient, container: Container, signal?: AbortSignal): Promise<void> {
  const path = `${pathOf(container.Id)}/restart`;
  return client.call({ method: 'POST', path, timeoutMs: stopTimeoutMs(container), signal });
}

/** Ends one at once, and removes it with its unnamed volumes. @throws ClusterError NotFound */
export function removeContainer(client: EngineClient, name: string, signal?: AbortSignal): Promise<void> {
  return client.call({ method: 'DELETE', path: pathOf(name), query: { force: true, v: true }, signal });
}

/**
 * Makes a container; it does not run yet.
 * @returns its id
 * @throws ClusterError NotFound when its image is not there, Conflict when its name is taken
 */
export async function createContainer(client: EngineClient, name: string, body: object): Promise<string> {
  const path = '/containers/create';
  const made = await client.call<{ readonly Id: string }>({ method: 'POST', path, query: { name }, body });
  return made.Id;
}

/** `/containers/NAME`. */
export function pathOf(name: string): string {
  return `/containers/${encodeURIComponent(name)}`;
}

function stopTimeoutMs({ Config: config }: Container): number {
  return (config.StopTimeout ?? STOP_SECONDS) * 1000 + MARGIN_MS;
}
