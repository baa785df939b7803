import { loadAll } from 'js-yaml';
import type { ClusterIdentity } from '../ops/cluster-client/access';
import { ClusterError } from '../ops/cluster-client/cluster-error';
import type { CliFileSystem } from './io';
import type { PlaceOptions } from './ops-options';
import { TARGETS } from './ops-options';

/** The file beside main.ts that says where the project runs. */
export const PIN_FILE = 'tars.cluster.yaml';

/** Which cluster a project belongs to. */
export interface ClusterPin {
  /** What commands are about that do not say so. @default kubernetes */
  readonly target?: PlaceOptions['target'];
  /** Name of the context; it differs from machine to machine, so the server is the better pin. */
  readonly context?: string | undefined;
  /** URL of the API server. */
  readonly server?: string | undefined;
  readonly namespace?: string | undefined;
}

const KEYS = ['target', 'context', 'server', 'namespace'] as const;

/**
 * Reads the pin of a project. An empty file is a pin without keys.
 * @returns undefined where there is no such file; a link that leads nowhere is one
 * @throws ClusterError WrongCluster for one that cannot be read or understood
 */
export function readPin(file: string, fs: PinFiles): ClusterPin | undefined {
  const text = readText(file, fs);
  return text === undefined ? undefined : pinIn(text);
}

type PinFiles = Pick<CliFileSystem, 'lstatSync' | 'readFileSync' | 'statSync'>;

function readText(file: string, fs: PinFiles): string | undefined {
  try {
    fs.lstatSync(file);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw broken('it cannot be read', cause);
  }
  try {
    // What is no file, such as a pipe, may have no end.
    if (fs.statSync(file).isFile()) return fs.readFileSync(file, 'utf8');
  } catch (cause) {
    const isLost = ['ENOENT', 'ELOOP'].includes(codeOf(cause) ?? '');
    throw broken(isLost ? 'it is a link that leads nowhere' : 'it cannot be read', cause);
  }
  throw broken('it is no file');
}

function pinIn(text: string): ClusterPin {
  let documents: readonly unknown[];
  try {
    documents = loadAll(text);
  } catch (cause) {
    throw broken('it is no YAML', cause);
  }
  if (documents.length > 1) throw broken('it has more than one document');
  const value = documents[0] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw broken('it is no mapping');
  for (const [key, text] of Object.entries(value)) {
    if (!KEYS.some((known) => known === key)) throw broken(`unknown key "${key}"`);
    if (typeof text !== 'string' || text === '') throw broken(`${key} is no text`);
    if (key === 'target' && !TARGETS.some((known) => known === text)) {
      throw broken(`target is ${text}, and has to be one of ${TARGETS.join(', ')}`);
    }
  }
  return value;
}

/** @throws ClusterError WrongCluster */
export function refuseOther(pin: ClusterPin | undefined, identity: ClusterIdentity, namespace: string): void {
  refuseServer(pin, identity.server);
  refuseContext(pin, identity.context);
  const wanted = pin?.namespace;
  if (wanted !== undefined && wanted !== namespace) throw other('namespace', wanted, namespace);
}

/**
 * @param remedy what to do where the command has no --context
 * @throws ClusterError WrongCluster
 */
export function refuseContext(pin: ClusterPin | undefined, found: string, remedy?: string): void {
  const wanted = pin?.context;
  if (wanted !== undefined && wanted !== found) throw other('context', wanted, found, remedy);
}

/**
 * @param remedy what to do where the command has no --context
 * @throws ClusterError WrongCluster
 */
export function refuseServer(pin: ClusterPin | undefined, found: string, remedy?: string): void {
  const wanted = pin?.server?.replace(/\/+$/, '');
  if (wanted !== undefined && normal(wanted) !== normal(found)) throw other('server', wanted, found, remedy);
}

/** A URL by what it means: scheme and host in any case, the usual port, slashes at its end. */
function normal(server: string): string {
  return (URL.canParse(server) ? new URL(server).href : server).replace(/\/+$/, '');
}

function other(key: string, wanted: string, found: string, remedy?: string): ClusterError {
  return new ClusterError('WrongCluster', `${PIN_FILE} says ${key} ${wanted}, and this is ${found}`, { remedy });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** What is wrong, with the words of what found it. */
function broken(why: string, cause?: unknown): ClusterError {
  // The first line: the others show the place in the file.
  const words = cause instanceof Error ? ` (${cause.message.split('\n')[0] ?? ''})` : '';
  return new ClusterError('WrongCluster', `${PIN_FILE} cannot be understood: ${why}${words}`, {
    cause,
    remedy: `it has the keys ${KEYS.join(', ')}, each optional, each a text`,
  });
}
