import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { ComposeRun } from '../ops/engine/compose-project';
import type { ComposeManager } from '../ops/engine/compose-manager';
import type { EngineTls } from '../ops/engine-client/engine-address';
import { findAppFile } from './app-file';
import type { Context } from './context';
import { readText, requireFile } from './files';
import type { Io } from './io';
import type { PlaceOptions } from './ops-options';
import { askProgram } from './tools';

/** Where a compose file is looked for: the one that `tars synth` writes, then as Compose itself looks. */
const USUAL_FILES = [
  'compose/docker-compose.yml',
  ...['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'],
];

/** Opens the project that is meant, on the engine that Docker's command line would use. @throws ClusterError NoCluster, NotFound */
export async function openProject(
  context: Context,
  { file, project, engine = 'docker' }: PlaceOptions,
): Promise<ComposeManager> {
  const { io } = context;
  const found = await findFile(file, io);
  const { ComposeManager: Manager } = await import('../ops/engine/compose-manager.js');
  return Manager.connect({
    project: project ?? io.env['COMPOSE_PROJECT_NAME'] ?? (await nameIn(found, io)),
    host: hostOf(engine, io),
    tls: tlsOf(io),
    files: found === undefined ? [] : [found],
    compose: (args, signal) => startCompose(engine, args, signal, io),
    oneOnly: (service) => oneOnly(context, service),
  });
}

/** Ctrl-C does not end Compose in the middle of a change; the second one does. */
async function startCompose(engine: string, args: readonly string[], signal: AbortSignal, io: Io): Promise<ComposeRun> {
  const end = new AbortController();
  const abort = (): void => {
    end.abort();
  };
  let isPressed = false;
  const release = io.onInterrupt(() => {
    if (isPressed) abort();
    else if (!signal.aborted) io.stderr.write(`${engine} compose finishes what it has begun; Ctrl-C again ends it\n`);
    isPressed = true;
  });
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await io.startProgram(engine, ['compose', ...args], { cwd: io.cwd, signal: end.signal });
  } finally {
    release();
    signal.removeEventListener('abort', abort);
  }
}

async function findFile(given: string | undefined, io: Io): Promise<string | undefined> {
  const names = given === undefined ? USUAL_FILES : [given];
  const found = names.map((name) => resolve(io.cwd, name)).find((path) => io.fs.existsSync(path));
  // Compose would read it as well, where its own options say which project is meant.
  if (found !== undefined) requireFile(io.fs, found);
  if (given === undefined || found !== undefined) return found;
  const { engineError } = await import('../ops/engine-client/engine-error.js');
  throw engineError('NotFound', `there is no compose file ${given}`, { remedy: 'correct --file' });
}

/** Name of the project, as Compose makes it. */
async function nameIn(file: string | undefined, io: Io): Promise<string> {
  if (file === undefined) {
    const { engineError } = await import('../ops/engine-client/engine-error.js');
    throw engineError('NotFound', 'there is no compose file here that says which project is meant', {
      remedy: `say --file or --project, or go to the directory of the project; looked for ${USUAL_FILES.join(', ')}`,
    });
  }
  const { name } = objectIn(readText(io.fs, file) ?? '');
  if (typeof name === 'string') return name;
  return basename(dirname(file))
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

/** What is no YAML is Compose's to complain about. */
function objectIn(text: string): { readonly name?: unknown } {
  try {
    return load(text) ?? {};
  } catch {
    return {};
  }
}

/** DOCKER_HOST, else the context of Docker's command line. */
function hostOf(engine: string, io: Io): string | undefined {
  const said = io.env['DOCKER_HOST'] ?? '';
  if (said !== '') return said;
  const step = { command: engine, args: ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'] };
  const asked = askProgram(step, io) ?? '';
  return asked === '' ? undefined : asked;
}

/** Certificates as DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say. */
function tlsOf(io: Io): EngineTls | undefined {
  if ((io.env['DOCKER_TLS_VERIFY'] ?? '') === '') return undefined;
  const path = io.env['DOCKER_CERT_PATH'] ?? join(io.env['HOME'] ?? '', '.docker');
  const directory = isAbsolute(path) ? path : join(io.cwd, path);
  const read = (name: string): string | undefined => readText(io.fs, join(directory, name));
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/** What main.ts knows of a service and its compose file does not say; a project without one says nothing. */
async function oneOnly(context: Context, service: string): Promise<string | undefined> {
  const { io } = context;
  if (findAppFile(undefined, io) === undefined) return undefined;
  const { app } = await context.loadApp(undefined, io);
  const { systemsIn } = await import('../constructs/system.js');
  const spec = systemsIn(app)
    .flatMap(({ services }) => services)
    .find(({ composeName }) => composeName === service);
  if (spec?.workload.kind === 'stateful-set') return 'it keeps state, and its containers would share one volume';
  if (spec?.workload.kind === 'cron-job') return 'it is a job';
  return undefined;
}
