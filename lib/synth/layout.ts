import { basename, dirname, relative, resolve, sep } from 'node:path';
import type { SystemModel } from '../model/system-model';

/** Where a run's files go. */
export interface Layout {
  /** Directory of the project: outputs are named relative to it. */
  readonly root: string;
  readonly manifests: string;
  readonly compose: string;
  readonly docker: string;
  /** Directory of the secrets: one for each environment, each with values of its own. */
  readonly secrets: string;
}

/**
 * Finds the project's root from the output directory: `dist` is the default environment's,
 * `dist/<name>` another's, whose compose files go to `compose/<name>`.
 */
export function layoutOf(
  outdir: string,
  options: { compose?: string | undefined; docker?: string | undefined },
): Layout {
  const manifests = resolve(outdir);
  const isEnvironment = basename(manifests) !== 'dist' && basename(dirname(manifests)) === 'dist';
  const root = isEnvironment ? dirname(dirname(manifests)) : dirname(manifests);
  const compose = isEnvironment ? `compose/${basename(manifests)}` : 'compose';
  const below = (path: string): string => relative(root, path).split(sep).join('/');
  return {
    root,
    manifests: below(manifests),
    compose: options.compose === undefined ? compose : below(resolve(options.compose)),
    docker: options.docker === undefined ? 'docker' : below(resolve(options.docker)),
    secrets: isEnvironment ? `secrets/${basename(manifests)}` : 'secrets',
  };
}

/** A system as the run places it: its compose files in a directory of their own where there are several. */
export function locate(model: SystemModel, systems: readonly SystemModel[], layout: Layout): SystemModel {
  const alone = systems.filter((system) => system.services.length > 0).length === 1;
  const composeProject = alone ? layout.compose : `${layout.compose}/${model.path.replaceAll('/', '-')}`;
  return { ...model, settings: { ...model.settings, composeProject, secretsDirectory: layout.secrets } };
}
