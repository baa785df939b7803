import { load } from 'js-yaml';
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

const CLUSTER_KEYS = ['context', 'server', 'namespace'] as const;
const KEYS = ['target', ...CLUSTER_KEYS] as const;

/** @returns undefined where there is no such file @throws ClusterError WrongCluster for one that cannot be understood */
export function readPin(file: string, fs: Pick<CliFileSystem, 'existsSync' | 'readFileSync'>): ClusterPin | undefined {
  if (!fs.existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = load(fs.readFileSync(file, 'utf8'));
  } catch (cause) {
    throw broken('it is no YAML', cause);
  }
  if (typeof value !== 'object' || value === null) throw broken('it is no mapping');
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
  const found = { context: identity.context, server: identity.server, namespace };
  for (const key of CLUSTER_KEYS) {
    const wanted = pin?.[key]?.replace(/\/+$/, '');
    if (wanted === undefined || wanted === found[key]) continue;
    throw new ClusterError('WrongCluster', `${PIN_FILE} says ${key} ${wanted}, and this is ${found[key]}`);
  }
}

function broken(why: string, cause?: unknown): ClusterError {
  return new ClusterError('WrongCluster', `${PIN_FILE} cannot be understood: ${why}`, {
    cause,
    remedy: `it has the keys ${KEYS.join(', ')}, each optional, each a text`,
  });
}
