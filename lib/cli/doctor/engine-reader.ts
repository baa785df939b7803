import { dirname, join, resolve } from 'node:path';
import type { Certificate } from '../../ops/doctor/certificate';
import type { LogExcerpt } from '../../ops/doctor/log-excerpt';
import type { ComposeSnapshot, EngineContainer } from '../../ops/doctor/compose-snapshot';
import type { ComposeServiceJson } from '../../ops/doctor/expected-services';
import { expectedServices } from '../../ops/doctor/expected-services';
import { RECENT_MS } from '../../ops/doctor/live';
import type { Attempts, Reader } from '../../ops/doctor/reader';
import { isServing } from '../../ops/doctor/services';
import type { Topology } from '../../ops/doctor/topology';
import type { JsonObject } from '../../verify/emitted';
import { listOf, objectOf, textOf } from '../../verify/read';
import type { Ask } from '../ask';
import { asking, unlessMissing } from '../ask';
import { readText } from '../files';
import type { Io } from '../io';
import { cannotLook, parsed } from './cannot-look';
import { tryLinks } from './inside';
import { readCertificate } from './read-certificate';

const PROJECT = 'com.docker.compose.project';
const LOG_LINES = '60';

/** Which engine, and what should run there. */
export interface EnginePlace {
  readonly engine: string;
  /** The compose file, from the directory of the project. */
  readonly file: string;
  readonly compose: JsonObject;
  readonly topology: Topology;
}

/** Name of the project. */
export function projectOf({ compose }: EnginePlace): string {
  return textOf(compose['name']) ?? '';
}

/** Whether the engine has containers of the project; undefined: there is no engine that answers. */
export async function engineHas(place: EnginePlace, io: Io, signal: AbortSignal): Promise<boolean | undefined> {
  const words = ['ps', '--all', '--quiet', '--filter', `label=${PROJECT}=${projectOf(place)}`];
  const found = await unlessMissing(asking(place.engine, words, io, signal)());
  return found?.failed === undefined ? found && found.stdout.trim() !== '' : undefined;
}

/** Reads by the engine's command line. @throws CliError with TARS7300 when the engine does not answer */
export function engineReader(place: EnginePlace, io: Io, signal: AbortSignal): Reader<ComposeSnapshot> {
  const ask = asking(place.engine, [], io, signal);
  return {
    read: () => snapshotOf(place, ask, io),
    logs: (wanted) =>
      Promise.all(
        wanted.map(async (one): Promise<LogExcerpt> => {
          const words = ['logs', '--tail', LOG_LINES, '--since', new Date(one.since).toISOString(), one.name];
          // A container's errors come by the other stream.
          const { stdout, stderr } = await ask(...words);
          return { ...one, text: `${stdout}\n${stderr}` };
        }),
      ),
    attempt: (snapshot) => attempted(snapshot, ask),
  };
}

async function snapshotOf(place: EnginePlace, ask: Ask, io: Io): Promise<ComposeSnapshot> {
  const project = projectOf(place);
  const ids = await ask('ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${PROJECT}=${project}`);
  if (ids.failed !== undefined) throw cannotLook('compose', ids.failed, 'start the engine, and look at `docker ps`');
  const names = ids.stdout.split('\n').filter((line) => line !== '');
  const [inspected, killed, on] = await Promise.all([
    names.length === 0 ? undefined : ask('inspect', '--type', 'container', ...names),
    outOfMemory(ask, io),
    ask('compose', '-f', place.file, 'config', '--services'),
  ]);
  // One that goes away between the two is left out.
  const containers = (
    inspected === undefined ? [] : (parsed(inspected.stdout || '[]', 'docker inspect') as Inspected[])
  )
    .filter(({ Config }) => Config.Labels['com.docker.compose.oneoff'] !== 'True')
    .map((one) => containerOf(one, project, killed));
  const services = objectOf(place.compose['services']) as Readonly<Record<string, ComposeServiceJson>>;
  const expected = expectedServices(
    services,
    on.failed === undefined ? on.stdout.split('\n').filter((line) => line !== '') : undefined,
  );
  const mounts = new Set(expected.flatMap((one) => one.mounts));
  const images = await Promise.all(
    expected.map(async ({ name, image }) => {
      if (containers.some(({ service }) => service === name)) return [image];
      const { failed } = await ask('image', 'inspect', '--format', '{{.Id}}', image);
      return failed === undefined ? [image] : [];
    }),
  );
  return {
    now: io.now().getTime(),
    project,
    file: place.file,
    topology: place.topology,
    containers,
    expected,
    refusal: on.failed?.replaceAll('\n', ' '),
    images: images.flat(),
    missingMounts: [...mounts].filter((path) => !io.fs.existsSync(resolve(io.cwd, dirname(place.file), path))),
    certificates: certificates(place, io),
    logs: [],
    attempts: [],
  };
}

/** What `docker inspect` says, as far as it is used. */
interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly RestartCount: number;
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Error: string;
    readonly OOMKilled: boolean;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string; readonly Log?: readonly { readonly Output: string }[] | null };
  };
  readonly HostConfig: { readonly RestartPolicy: { readonly Name: string }; readonly Memory: number };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, InspectedNetwork>> };
}

/** Names in a network: as asked for, and, of a container that runs, all. */
interface InspectedNetwork {
  readonly Aliases?: readonly string[] | null;
  readonly DNSNames?: readonly string[] | null;
}

function containerOf(one: Inspected, project: string, killed: readonly string[]): EngineContainer {
  const { State: state, Config: config, HostConfig: host } = one;
  const health = state.Health;
  const service = config.Labels['com.docker.compose.service'] ?? '';
  const nameOf = (network: string): string => network.replace(`${project}_`, '');
  const networks = Object.entries(one.NetworkSettings.Networks).map(
    ([name, { Aliases, DNSNames }]) => [name, [...(Aliases ?? []), ...(DNSNames ?? [])]] as const,
  );
  return {
    name: one.Name.replace(/^\//, ''),
    service,
    image: config.Image,
    status: state.Status,
    exitCode: state.ExitCode,
    error: state.Error,
    oomKilled: state.OOMKilled || killed.includes(one.Id),
    createdAt: moment(one.Created),
    startedAt: moment(state.StartedAt),
    finishedAt: moment(state.FinishedAt),
    restartCount: one.RestartCount,
    restartPolicy: host.RestartPolicy.Name,
    memoryLimit: host.Memory,
    health: health === undefined ? undefined : { status: health.Status, last: health.Log?.at(-1)?.Output ?? '' },
    networks: networks.map(([name]) => nameOf(name)),
    nameless: networks.filter(([, names]) => !names.includes(service)).map(([name]) => nameOf(name)),
  };
}

/** The flag is gone once the container is started again; what has happened stays. */
async function outOfMemory(ask: Ask, io: Io): Promise<readonly string[]> {
  const now = io.now().getTime();
  const [since, until] = [now - RECENT_MS, now].map((time) => new Date(time).toISOString());
  const filters = ['--filter', 'type=container', '--filter', 'event=oom', '--format', '{{.Actor.ID}}'];
  const { stdout } = await ask('events', '--since', since ?? '', '--until', until ?? '', ...filters);
  return stdout.split('\n');
}

/** The engine says the year 1 for never. */
function moment(text: string): number {
  return Math.max(0, Date.parse(text) || 0);
}

/** Certificates that a service mounts from the project. */
function certificates({ file, compose }: EnginePlace, io: Io): readonly Certificate[] {
  const sources = Object.values(objectOf(compose['services'])).flatMap((service) =>
    listOf(objectOf(service)['volumes']).flatMap((volume) => {
      const { source, target } = objectOf(volume);
      return typeof target === 'string' && target.endsWith('.crt') && typeof source === 'string' ? [source] : [];
    }),
  );
  return [...new Set(sources)].flatMap((source) => {
    const path = join(dirname(file), source);
    const absolute = join(io.cwd, path);
    // Of a source that is not there an engine makes a directory.
    const isFile = io.fs.statSync(absolute, { throwIfNoEntry: false })?.isFile() === true;
    return isFile ? (readCertificate(path, readText(io.fs, absolute) ?? '') ?? []) : [];
  });
}

function attempted({ topology, containers }: ComposeSnapshot, ask: Ask): Promise<Attempts> {
  const inside = (client: string): readonly string[] | undefined => {
    const service = topology.components.find(({ name }) => name === client)?.composeName;
    const own = containers.filter((one) => one.service === service && one.status === 'running');
    const container = own.find(isServing) ?? own[0];
    return container && ['exec', container.name];
  };
  return tryLinks(topology.links, ({ composeHost }) => composeHost, inside, ask);
}
