import { CliError } from './errors';
import { EXIT } from './exit-code';
import type { Io } from './io';
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

/**
 * The cluster that kubectl talks to, if it is one of those that take images directly.
 * @throws CliError with exit code 4 when it is none
 */
export function findCluster(target: LoadTarget | undefined, name: string | undefined, io: Io): LocalCluster {
  if (target !== undefined) return { target, name };
  const context = askProgram({ command: 'kubectl', args: ['config', 'current-context'] }, io);
  const [, kind, cluster] = /^(kind|k3d)-(.+)$/.exec(context ?? '') ?? [];
  if (kind !== undefined) return { target: kind as LoadTarget, name: name ?? cluster };
  if (context === 'docker-desktop' || context === 'orbstack') return { target: 'docker', name };
  if (context === 'minikube') return { target: 'minikube', name: name ?? context };
  throw new CliError(
    {
      code: 'TARS5004',
      severity: 'error',
      path: 'tars images load',
      message: 'no local cluster was found to load the images into',
      given: context === undefined ? 'kubectl has no current context' : `kubectl's context "${context}"`,
      allowed: LOAD_TARGETS.join(', '),
      remedy:
        'name it with --target; other clusters pull from a registry: set images.registry and run `tars images push`',
    },
    EXIT.notFound,
  );
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
