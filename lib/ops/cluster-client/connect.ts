import { Access } from './access';
import { ClusterClient } from './cluster-client';
import { ClusterError } from './cluster-error';
import { loadKubeconfig } from './kubeconfig';
import { optionalPackage } from './optional-package';
import type { Surroundings } from './surroundings';
import { MACHINE } from './surroundings';

/** Which cluster. */
export interface ConnectOptions {
  /** A kubeconfig file. @default $KUBECONFIG, else ~/.kube/config, else the ServiceAccount of the pod it runs in */
  readonly kubeconfig?: string | undefined;
  /** A context of it. @default its current one */
  readonly context?: string | undefined;
  /** Whether to take the ServiceAccount of the pod it runs in, whatever kubeconfig there is. @default false */
  readonly inCluster?: boolean | undefined;
  /** Clock, chance, and whose kubeconfigs are meant; for tests. @default those of the machine */
  readonly surroundings?: Surroundings | undefined;
}

/**
 * Reads the kubeconfig; nothing is sent yet. Needs the package @kubernetes/client-node, which is loaded by the
 * first call.
 * @throws ClusterError NoCluster, ClientMissing
 */
export async function connectCluster(options: ConnectOptions = {}): Promise<ClusterClient> {
  const { KubeConfig: Config } = await optionalPackage(
    '@kubernetes/client-node',
    () => import('@kubernetes/client-node'),
  );
  const config = new Config();
  const surroundings = options.surroundings ?? MACHINE;
  const { user = MACHINE.user } = surroundings;
  if (options.inCluster === true) config.loadFromCluster();
  else await loadKubeconfig(config, Config, options.kubeconfig, user());
  const known = config.getContexts().map((one) => one.name);
  const name = options.context ?? config.getCurrentContext();
  if (name === '') throw noContext(known);
  const context = config.getContextObject(name);
  if (context === null) {
    throw new ClusterError('NoCluster', `there is no context "${name}" in the kubeconfig`, {
      remedy: known.length === 0 ? 'see `kubectl config get-contexts`' : `choose one of ${known.join(', ')}`,
    });
  }
  config.setCurrentContext(name);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new ClusterError('NoCluster', `context "${name}" names the cluster "${context.cluster}", which is not there`);
  }
  // What the package makes of an environment that is not there.
  if (cluster.server === 'https://undefined:undefined') throw noPod();
  refuseServer(cluster.server, context.cluster);
  const namespace = context.namespace?.trim() ?? '';
  const identity = {
    context: name,
    cluster: context.cluster,
    server: cluster.server.replace(/\/+$/, ''),
    user: context.user,
    namespace: namespace === '' ? 'default' : namespace,
  };
  return new ClusterClient(new Access(config, identity), surroundings);
}

function refuseServer(server: string, cluster: string): void {
  const { protocol, hostname } = URL.canParse(server) ? new URL(server) : { protocol: '', hostname: '' };
  if (['http:', 'https:'].includes(protocol) && hostname !== '') return;
  throw new ClusterError('NoCluster', `the server of cluster "${cluster}" is no address: ${JSON.stringify(server)}`, {
    remedy: 'give it as https://HOST:PORT in the kubeconfig',
  });
}

function noContext(known: readonly string[]): ClusterError {
  if (known.length === 0) return new ClusterError('NoCluster', 'the kubeconfig is empty: it has no context');
  return new ClusterError('NoCluster', 'the kubeconfig has no current context', {
    remedy: `say which with --context: ${known.join(', ')}`,
  });
}

function noPod(): ClusterError {
  return new ClusterError('NoCluster', 'this is no pod: there is no KUBERNETES_SERVICE_HOST', {
    remedy: 'run it in a pod, or leave inCluster out and set KUBECONFIG',
  });
}
