import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import type { Container } from '../engine-client/containers';
import { COMPOSE, inspectContainer, listContainers } from '../engine-client/containers';
import type { EngineClient } from '../engine-client/engine-client';
import { engineError } from '../engine-client/engine-error';
import { together } from './together';

/** How a run of Compose ended. */
export interface ComposeRun {
  /** Undefined: it could not be started, or a signal ended it. */
  readonly status: number | undefined;
  /** The signal that ended it, such as SIGKILL. */
  readonly signal?: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs Compose, whose files say what a project should be and which alone makes containers of a service. Other
 * programs are started by whoever uses this library.
 * @param args what stands after `docker compose`
 * @param signal ends Compose. A change that was begun is given time to finish, so in a terminal Compose is best started
 *   in a process group of its own, where Ctrl-C does not reach it.
 */
export type RunCompose = (args: readonly string[], signal: AbortSignal) => Promise<ComposeRun>;

/** A Compose project on an engine. */
export interface ProjectPlace {
  readonly client: EngineClient;
  /** Name of the project. */
  readonly project: string;
  /** Its compose files, for when nothing of it runs yet. @default what the containers say they were made of */
  readonly files?: readonly string[] | undefined;
  /** @default what needs Compose is Unsupported */
  readonly compose?: RunCompose | undefined;
}

/** Containers of the project, by service and number; those that `docker compose run` made are left out. */
export async function containersOf(
  { client, project }: ProjectPlace,
  labels: readonly string[] = [],
  signal?: AbortSignal,
): Promise<readonly Container[]> {
  const listed = await listContainers(client, { labels: [...projectLabels(project), ...labels], signal });
  const all = await together(listed, ({ Id: id }) => inspected(client, id, signal));
  return all.filter((one) => one !== undefined).sort(byNumber);
}

/** A container of the project. @throws ClusterError NotFound, also for one of another project */
export async function containerNamed(
  { client, project }: ProjectPlace,
  name: string,
  signal?: AbortSignal,
): Promise<Container> {
  const found = await inspected(client, name, signal);
  if (found?.Config.Labels[COMPOSE.project] === project) return found;
  throw engineError('NotFound', `project ${project} has no container ${name}`);
}

/** A container; undefined when there is no such one any more. */
export async function inspected(
  client: EngineClient,
  id: string,
  signal?: AbortSignal,
): Promise<Container | undefined> {
  try {
    return await inspectContainer(client, id, signal);
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** Labels of every container of a project. */
export function projectLabels(project: string): readonly string[] {
  return [`${COMPOSE.project}=${project}`, `${COMPOSE.oneOff}=False`];
}

/** The label of a service's containers. */
export function serviceLabel(service: string): string {
  return `${COMPOSE.service}=${service}`;
}

/** Labels of a selector. @throws ClusterError Unsupported for more than equality: the engine knows nothing else */
export function labelsOf(selector: string | undefined): readonly string[] {
  const labels = (selector ?? '').split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
  for (const label of labels) {
    if (/^[^\s=!()]+(=[^\s=!()]*)?$/.test(label)) continue;
    throw engineError('Unsupported', `an engine cannot select by "${label}"`, {
      remedy: 'choose by KEY or KEY=VALUE, several of them with commas between',
    });
  }
  return labels;
}

/** Name of a container, without the slash. */
export function nameOf({ Name: name }: Container): string {
  return name.replace(/^\//, '');
}

/** The service of a container. */
export function serviceOf({ Config: config }: Container): string {
  return config.Labels[COMPOSE.service] ?? '';
}

/**
 * Runs Compose on the project, with the files that its containers were made of.
 * @throws ClusterError Unsupported when nobody can run it, Refused with its own words when it fails, Aborted when
 *   the signal ends first, or somebody else has interrupted it
 */
export async function runCompose(
  { compose, project, files = [] }: ProjectPlace,
  containers: readonly Container[],
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  if (compose === undefined) {
    throw engineError('Unsupported', `this needs Compose, and nobody has said how to run it`, {
      remedy: 'hand in `compose` to ComposeManager: a function that runs `docker compose`',
    });
  }
  const labels = containers[0]?.Config.Labels ?? {};
  const made = listOf(labels[COMPOSE.files]);
  const directory = labels[COMPOSE.directory];
  const words = [
    ...['--project-name', project],
    ...(made.length === 0 || directory === undefined ? [] : ['--project-directory', directory]),
    ...(made.length === 0 ? files : made).flatMap((file) => ['--file', file]),
    ...listOf(labels[COMPOSE.environmentFile]).flatMap((file) => ['--env-file', file]),
  ];
  const what = `docker compose ${args.find((word) => /^[a-z]/.test(word)) ?? ''}`;
  const {
    status,
    signal: killer,
    stdout,
    stderr,
  } = await orAborted(() => compose([...words, ...args], signal), signal, what);
  if (status === 0) return stdout;
  if (status === INTERRUPTED || killer === 'SIGINT') throw engineError('Aborted', `${what}: interrupted`);
  if (status === undefined && killer === undefined) {
    throw new ClusterError('ClientMissing', 'Compose cannot be run', {
      remedy: 'install Docker Compose, https://docs.docker.com/compose/install, or name another engine with --engine',
      system: 'engine',
    });
  }
  const end = stderr.trim().split('\n').slice(-5).join('; ');
  const code = status === undefined ? `ended by ${killer ?? 'a signal'}` : `exit code ${status}`;
  throw engineError('Refused', `${what}: ${end === '' ? code : end}`, {
    remedy: `see what \`docker compose ${args.join(' ')}\` says`,
  });
}

/** What Compose ends with after Ctrl-C: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** Whoever runs Compose may not heed the signal: it is not waited for. */
async function orAborted<T>(work: () => Promise<T>, signal: AbortSignal, what: string): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(engineError('Aborted', `${what}: aborted`));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([aborted, signal.aborted ? aborted : work()]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((one) => one !== '');
}

function byNumber(a: Container, b: Container): number {
  const [x, y] = [serviceOf(a), serviceOf(b)];
  return x === y ? numberOf(a) - numberOf(b) : x < y ? -1 : 1;
}

function numberOf({ Config: config }: Container): number {
  return Number(config.Labels[COMPOSE.number] ?? 0);
}
