import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { loadAll } from 'js-yaml';
import { readBounded } from './bounded-file';
import { ClusterError } from './cluster-error';
import type { KubeconfigUser } from './surroundings';

/** Kubeconfigs have a few kilobytes for each cluster. */
const BOUNDS = { most: 2 ** 24, patienceMs: 10_000 };

/** Where a pod has the token of its ServiceAccount. */
const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Fills a KubeConfig as kubectl does. The package's own reader passes over nothing in a list of files, takes the
 * current context of the last one, knows no `tokenFile`, and waits for a pipe for ever.
 *
 * @param Config makes another one
 * @param kubeconfig the only file to read; undefined: those of $KUBECONFIG, else ~/.kube/config, else the ServiceAccount of the pod
 * @param owner whose $KUBECONFIG and whose home
 * @throws ClusterError NoCluster for files that are none, and where there is nothing
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export async function loadKubeconfig(
  config: KubeConfig,
  Config: new () => KubeConfig,
  kubeconfig: string | undefined,
  { kubeconfigs: list, home }: KubeconfigUser,
): Promise<void> {
  const named = list === '' ? [join(home, '.kube', 'config')] : list.split(delimiter).filter((file) => file !== '');
  const files = kubeconfig === undefined ? named.filter((file) => existsSync(file)) : [kubeconfig];
  const all: KubeConfig[] = [];
  for (const file of files) all.push(await read(file, new Config()));
  if (all.length > 0) merge(config, all);
  else if (list !== '') {
    throw new ClusterError('NoCluster', `KUBECONFIG names no file that is there: ${JSON.stringify(list)}`, {
      remedy: 'correct it, or hand in --kubeconfig FILE',
    });
  } else if (existsSync(POD_TOKEN)) config.loadFromCluster();
  else {
    throw new ClusterError('NoCluster', 'there is no kubeconfig', {
      remedy: 'set KUBECONFIG, or hand in --kubeconfig FILE',
    });
  }
}

/** The first that says something counts. */
function merge(config: KubeConfig, all: readonly KubeConfig[]): void {
  const first = <T extends { readonly name: string }>(named: readonly T[]): T[] =>
    named.filter(({ name }, index) => named.findIndex((one) => one.name === name) === index);
  config.loadFromOptions({
    clusters: first(all.flatMap((one) => one.getClusters())),
    contexts: first(all.flatMap((one) => one.getContexts())),
    users: first(all.flatMap((one) => one.getUsers())),
    currentContext: all.map((one) => one.getCurrentContext()).find((name) => (name as unknown) && name !== '') ?? '',
  });
}

async function read(file: string, config: KubeConfig): Promise<KubeConfig> {
  try {
    const text = await readBounded(file, BOUNDS);
    const value = loadAll(text)[0] ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw new Error('it is no mapping');
    config.loadFromString(JSON.stringify(value));
    const root = dirname(file);
    config.makePathsAbsolute(root);
    withTokenFiles(config.getUsers(), value, root);
    return config;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterError('NoCluster', `${file} cannot be read: ${why}`, {
      cause,
      remedy: 'see what `kubectl config view` says of it',
    });
  }
}

interface RawUsers {
  readonly users?: readonly { readonly name: string; readonly user?: { readonly tokenFile?: unknown } | null }[] | null;
}

/** As the package does it for the ServiceAccount of a pod: the file is read again each minute. */
function withTokenFiles(users: readonly User[], { users: raw }: RawUsers, root: string): void {
  for (const { name, user } of raw ?? []) {
    const file = user?.tokenFile;
    const known = users.find((one) => one.name === name);
    if (typeof file !== 'string' || file === '' || known === undefined) continue;
    const tokenFile = isAbsolute(file) ? file : join(root, file);
    Object.assign(known, { token: undefined, authProvider: { name: 'tokenFile', config: { tokenFile } } });
  }
}
