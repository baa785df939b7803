import { join } from 'node:path';
import { asking, unlessMissing } from './ask';
import type { ClusterPin } from './cluster-pin';
import { PIN_FILE, readPin, refuseContext, refuseServer } from './cluster-pin';
import { interruptible } from './interruptible';
import type { Io } from './io';
import type { PlaceOptions } from './ops-options';
import { askProgram, shellLine } from './tools';

/** Which cluster is asked, by commands that ask it by kubectl. */
export interface KubectlPlace {
  /** Options of kubectl that choose the cluster; none where its own choice is meant. */
  readonly cluster: readonly string[];
  /** Name of the context; empty where kubectl has none. */
  readonly context: string;
  /** Of objects that say none themselves. @default the one of the context */
  readonly namespace: string | undefined;
}

/**
 * The cluster of the options, else that of tars.cluster.yaml, else kubectl's own.
 * @throws ClusterError WrongCluster for another server than the pinned one, and for a pin that cannot be understood
 */
export function kubectlPlace({ context, kubeconfig }: PlaceOptions, io: Io): Promise<KubectlPlace> {
  const pin = pinOf(io);
  const chosen = context ?? pin?.context;
  const cluster = [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(chosen === undefined ? [] : ['--context', chosen]),
  ];
  return interruptible(io, async (signal) => {
    const ask = asking('kubectl', cluster, io, signal);
    const said = async (words: readonly string[]): Promise<string> => {
      const answer = await unlessMissing(ask(...words));
      return answer?.failed === undefined ? (answer?.stdout.trim() ?? '') : '';
    };
    const found = pin?.server === undefined ? undefined : (serverIn(await said(VIEW)) ?? ownServer(io));
    if (found !== undefined) refuseServer(pin, found);
    return { cluster, context: chosen ?? (await said(['config', 'current-context'])), namespace: pin?.namespace };
  });
}

/**
 * Refuses another cluster than the pinned one, for what reaches a cluster by neither kubectl nor the API.
 * @param context the one under which kubectl knows the cluster
 * @throws ClusterError WrongCluster, also where a server is pinned and kubectl does not know the cluster
 */
export function refuseOtherContext(context: string, io: Io): void {
  const pin = pinOf(io);
  const remedy = `name the pinned cluster with --target and --name, or correct the pin in ${PIN_FILE}`;
  refuseContext(pin, context, remedy);
  if (pin?.server === undefined) return;
  const server = serverSaid(['--context', context], io);
  refuseServer(pin, server ?? `a cluster of which kubectl has no context ${context}`, remedy);
}

/** The pin of the project. @throws ClusterError WrongCluster for one that cannot be understood */
export function pinOf({ cwd, fs }: Io): ClusterPin | undefined {
  return readPin(join(cwd, PIN_FILE), fs);
}

/** What stands before every command of kubectl. A namespace that comes after it in a command is the one that counts. */
export function kubectlWords({ cluster, namespace }: KubectlPlace): readonly string[] {
  return [...cluster, ...(namespace === undefined ? [] : ['--namespace', namespace])];
}

/** Commands for people, as they have to be typed to reach the same cluster. */
export function forPlace(commands: readonly string[], { cluster }: KubectlPlace): readonly string[] {
  if (cluster.length === 0) return commands;
  const [first = '', ...args] = cluster;
  const words = shellLine({ command: first, args });
  return commands.map((line) =>
    line.replace(/(?:^|(?<=\| ))kubectl|^tars diff --against cluster/g, (command) => `${command} ${words}`),
  );
}

/** What kubectl's configuration says of the server. */
const VIEW = ['config', 'view', '--minify', '--output', 'jsonpath={.clusters[0].cluster.server}'];

/** The server in kubectl's configuration; undefined where it has no such cluster. */
function serverSaid(cluster: readonly string[], io: Io): string | undefined {
  return serverIn(askProgram({ command: 'kubectl', args: [...cluster, ...VIEW] }, io) ?? '');
}

function serverIn(said: string): string | undefined {
  return said === '' ? undefined : said.replace(/\/+$/, '');
}

/** Without a kubeconfig kubectl takes the cluster of the pod that it runs in; undefined: it runs in none. */
function ownServer(io: Io): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = io.env;
  return host === undefined ? undefined : `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
