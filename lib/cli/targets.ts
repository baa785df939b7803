import type { App } from 'cdk8s';
import { isAbsolute, join } from 'node:path';
import { closest } from '../model/names';
import type { SynthOptions } from '../synth';
import type { Layout } from '../synth/layout';
import { layoutOf } from '../synth/layout';
import { CliError } from './errors';
import { EXIT } from './exit-code';
import type { LoadedApp } from './load-app';

/** One app of the main file, and where its output goes. */
export interface Target {
  /** Undefined: the default environment. */
  readonly environment: string | undefined;
  readonly app: App;
  readonly layout: Layout;
  /** What {@link layout} was made of, for `synthesize`. */
  readonly options: Pick<SynthOptions, 'root' | 'environment'>;
}

/** Which environments are meant, and where manifests go. */
export interface TargetOptions {
  /** One environment; undefined: all of them. */
  readonly env?: string | undefined;
  /** Directory of the manifests; undefined: as the apps say. */
  readonly output?: string | undefined;
}

/** Name of the default environment on the command line. */
export const DEFAULT_ENVIRONMENT = 'default';
/** What an App that says nothing has as its output directory. */
const USUAL_OUTDIR = 'dist';

/**
 * The apps that a run is about: all that the main file exports, or the one that is named.
 * Environments without an output directory of their own get one below the default's.
 */
export function targetsOf(loaded: LoadedApp, options: TargetOptions, cwd: string): Target[] {
  const usual = loaded.app.outdir;
  const base = options.output ?? usual;
  const all = [
    target(loaded.app, undefined, base, cwd),
    ...[...loaded.environments].map(([name, app]) => {
      const own = options.output === undefined && app.outdir !== USUAL_OUTDIR && app.outdir !== usual;
      return target(app, name, own ? app.outdir : join(base, name), cwd);
    }),
  ];
  if (options.env === undefined) return all;
  const chosen = all.filter(({ environment }) => (environment ?? DEFAULT_ENVIRONMENT) === options.env);
  if (chosen.length > 0) return chosen;
  throw unknownEnvironment(options.env, loaded);
}

/** How messages name a target. */
export function environmentName(target: Target): string {
  return target.environment ?? DEFAULT_ENVIRONMENT;
}

function target(app: App, environment: string | undefined, outdir: string, cwd: string): Target {
  // Said once, absolutely: nothing after this depends on the working directory of the process.
  const absolute = isAbsolute(outdir) ? outdir : join(cwd, outdir);
  Object.defineProperty(app, 'outdir', { value: absolute, configurable: true, writable: true, enumerable: true });
  const options = { root: cwd, ...(environment === undefined ? {} : { environment }) };
  return { environment, app, layout: layoutOf(absolute, options), options };
}

function unknownEnvironment(name: string, loaded: LoadedApp): CliError {
  const known = [DEFAULT_ENVIRONMENT, ...loaded.environments.keys()];
  const meant = closest(name, known);
  return new CliError(
    {
      code: 'TARS5004',
      severity: 'error',
      path: '--env',
      message: `${loaded.file} has no environment of this name`,
      given: `"${name}"`,
      allowed: known.map((one) => `"${one}"`).join(', '),
      remedy:
        meant === undefined
          ? `add it: \`export const environments = { ${name}: new App({ outdir: 'dist/${name}' }) }\``
          : `did you mean "${meant}"?`,
    },
    EXIT.usage,
  );
}
