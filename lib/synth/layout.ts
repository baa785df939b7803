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

/** What is said about the places; what is not said follows from the output directory. */
export interface LayoutOptions {
  readonly root?: string | undefined;
  readonly environment?: string | undefined;
  readonly compose?: string | undefined;
  readonly docker?: string | undefined;
}

/**
 * Finds the places of a run: `dist` is the default environment's, `dist/<name>` another's, whose
 * compose files go to `compose/<name>` and whose secrets to `secrets/<name>`.
 */
export function layoutOf(outdir: string, options: LayoutOptions): Layout {
  const manifests = resolve(outdir);
  const name = basename(manifests);
  const environment = options.environment ?? (name !== 'dist' && basename(dirname(manifests)) === 'dist' ? name : '');
  const root = resolve(options.root ?? (environment === name ? dirname(dirname(manifests)) : dirname(manifests)));
  const below = (path: string): string => relative(root, path).split(sep).join('/');
  const ofEnvironment = (directory: string): string => (environment === '' ? directory : `${directory}/${environment}`);
  return {
    root,
    manifests: below(manifests),
    compose: options.compose === undefined ? ofEnvironment('compose') : below(resolve(options.compose)),
    docker: options.docker === undefined ? 'docker' : below(resolve(options.docker)),
    secrets: ofEnvironment('secrets'),
  };
}

/** A system as the run places it: its compose files in a directory of their own where there are several. */
export function locate(model: SystemModel, systems: readonly SystemModel[], layout: Layout): SystemModel {
  const alone = systems.filter((system) => system.services.length > 0).length === 1;
  const composeProject = alone ? layout.compose : `${layout.compose}/${model.path.replaceAll('/', '-')}`;
  return { ...model, settings: { ...model.settings, composeProject, secretsDirectory: layout.secrets } };
}
