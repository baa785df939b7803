import { InvalidArgumentError } from '@commander-js/extra-typings';
import { PIN_FILE } from './cluster-pin';
import { CliError } from './errors';
import { EXIT } from './exit-code';
import type { Io } from './io';
import { pinOf, refuseOtherContext } from './kubectl-place';
import type { Step } from './tools';
import { askProgram } from './tools';

/** Where images can be put without a registry. */
export const LOAD_TARGETS = ['kind', 'k3d', 'minikube', 'containerd', 'docker'] as const;
export type LoadTarget = (typeof LOAD_TARGETS)[number];

/** A local cluster: what it is, and its name where it has one. */
export interface LocalCluster {
  readonly target: LoadTarget;
  readonly name: string | undefined;
}

/** Those of which there may be several on a machine. */
const NAMED: readonly LoadTarget[] = ['kind', 'k3d', 'minikube'];

/**
 * The cluster that is named, else that of tars.cluster.yaml, else the one that kubectl talks to; one of those that take
 * images directly.
 * @throws CliError with exit code 4 when it is none; ClusterError WrongCluster for another one than the pinned
 */
export function findCluster(target: LoadTarget | undefined, name: string | undefined, io: Io): LocalCluster {
  const cluster = target === undefined ? clusterOfContext(name, io) : { target, name };
  if (name !== undefined && !NAMED.includes(cluster.target)) {
    throw new InvalidArgumentError(`error: --name is of ${NAMED.join(', ')}, and this is ${cluster.target}`);
  }
  const context = contextOf(cluster);
  if (context !== undefined) refuseOtherContext(context, io);
  return cluster;
}

function clusterOfContext(name: string | undefined, io: Io): LocalCluster {
  const pinned = pinOf(io)?.context;
  const context = pinned ?? askProgram({ command: 'kubectl', args: ['config', 'current-context'] }, io);
  const [, kind, cluster] = /^(kind|k3d)-(.+)$/.exec(context ?? '') ?? [];
  if (kind !== undefined) return { target: kind as LoadTarget, name: name ?? cluster };
  if (context === 'docker-desktop' || context === 'orbstack') return { target: 'docker', name };
  if (context === 'minikube') return { target: 'minikube', name: name ?? context };
  const whose = pinned === undefined ? 'kubectl' : PIN_FILE;
  throw new CliError(
    {
      code: 'TARS5004',
      severity: 'error',
      path: 'tars images load',
      message: 'no local cluster was found to load the images into',
      given: context === undefined ? 'kubectl has no current context' : `${whose}'s context "${context}"`,
      allowed: LOAD_TARGETS.join(', '),
      remedy:
        'name it with --target; other clusters pull from a registry: set images.registry and run `tars images push`',
    },
    EXIT.notFound,
  );
}

/**
 * The context that the makers of local clusters give them. Undefined where nothing is loaded, and of a node of its own:
 * nothing there says which cluster it belongs to.
 */
function contextOf({ target, name }: LocalCluster): string | undefined {
  if (target === 'kind') return `kind-${name ?? 'kind'}`;
  if (target === 'k3d') return `k3d-${name ?? 'k3s-default'}`;
  return target === 'minikube' ? (name ?? 'minikube') : undefined;
}

/** The programs that put images into a cluster; none where it shares the engine's images. */
export function loadSteps(
  cluster: LocalCluster,
  references: readonly string[],
  engine: string,
  archive: string,
): Step[] {
  const { name } = cluster;
  switch (cluster.target) {
    case 'kind':
      return [
        {
          command: 'kind',
          args: ['load', 'docker-image', ...references, ...(name === undefined ? [] : ['--name', name])],
        },
      ];
    case 'k3d':
      return [
        {
          command: 'k3d',
          args: ['image', 'import', ...references, ...(name === undefined ? [] : ['--cluster', name])],
        },
      ];
    case 'minikube':
      return references.map((reference) => ({
        command: 'minikube',
        args: ['image', 'load', reference, ...(name === undefined ? [] : ['--profile', name])],
      }));
    case 'containerd':
      return [
        { command: engine, args: ['save', '--output', archive, ...references] },
        { command: 'ctr', args: ['--namespace', 'k8s.io', 'images', 'import', archive] },
      ];
    case 'docker':
      return [];
  }
}
