import type { App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { checkApp, systemOf, systemsIn } from './constructs/system';
import type { ComposeFile } from './compose/compose-file';
import { renderCompose as renderComposeOf } from './compose/render-compose';
import { kubernetesNotices } from './kubernetes/answers';
import type { Issue } from './model/issues';
import { sortIssues, TarsError } from './model/issues';
import type { SystemModel } from './model/system-model';
import { layoutOf } from './synth/layout';
import { planOutput } from './synth/plan';
import type { SecretValues } from './synth/plan';
import type { FileChange, FileSystem } from './synth/write';
import { writeOutput } from './synth/write';

export type { SecretValues } from './synth/plan';
export type { FileChange } from './synth/write';

/** Options of {@link synthesize}. */
export interface SynthOptions {
  /** Directory of the project, which outputs are named from. @default - the one above `dist` */
  readonly root?: string;
  /** Name of the environment; undefined: the default one. @default - `<name>` for an App whose outdir is `dist/<name>` */
  readonly environment?: string;
  /** Directory of the compose files. @default - `compose` beside `dist`, `compose/<name>` for `dist/<name>` */
  readonly compose?: string;
  /** Directory of the Dockerfiles. @default - `docker` beside `dist` */
  readonly docker?: string;
  /** Values of the secrets. @default - none: the secrets file is not made, and an earlier one stays */
  readonly values?: SecretValues;
  /** Render, check and compare, and write nothing. @default false */
  readonly dryRun?: boolean;
  /** File system to write to. @default - the machine's */
  readonly fs?: FileSystem;
}

/** What a run did. */
export interface SynthResult {
  /** Every file that the run makes or removes, by path. */
  readonly files: readonly FileChange[];
  /** Warnings and notices: a run with errors throws. */
  readonly issues: readonly Issue[];
  /** The models that were rendered. */
  readonly systems: readonly SystemModel[];
}

/** A run that is rendered and checked, and has written nothing yet. */
export interface PreparedSynthesis extends Omit<SynthResult, 'files'> {
  /** Says what would be written. @throws TarsError when a file of somebody else is in the way */
  readonly compare: () => readonly FileChange[];
  /** Writes it. @throws TarsError when a file of somebody else is in the way, or a directory cannot be written */
  readonly write: () => readonly FileChange[];
}

/**
 * Renders everything that an app stands for (manifests, compose files, Dockerfiles), checks it, and
 * writes it. This is the only writer: a run that fails its checks writes nothing.
 * @throws TarsError with every error of the run
 */
export function synthesize(app: App, options: SynthOptions = {}): SynthResult {
  const { issues, systems, compare, write } = prepareSynthesis(app, options);
  return { files: options.dryRun === true ? compare() : write(), issues, systems };
}

/**
 * The first half of {@link synthesize}, for whoever has several apps and writes all of them or none.
 * @throws TarsError with every error of the run
 */
export function prepareSynthesis(app: App, options: Omit<SynthOptions, 'dryRun'> = {}): PreparedSynthesis {
  const issues = checkApp(app);
  stopAtErrors(issues);
  const systems = systemsIn(app);
  const layout = layoutOf(app.outdir, options);
  const { output, issues: found } = planOutput(app, systems, layout, options.values);
  const all = [...issues, ...found, ...systems.flatMap((s) => s.services.flatMap(kubernetesNotices))];
  stopAtErrors(all);
  return {
    issues: sortIssues(all),
    systems,
    compare: () => writeOutput(output, options.fs, true),
    write: () => writeOutput(output, options.fs, false),
  };
}

/** The compose file of the system that a construct belongs to. Pure: nothing is written. */
export function renderCompose(scope: IConstruct): ComposeFile {
  return renderComposeOf(systemOf(scope)).file;
}

function stopAtErrors(issues: readonly Issue[]): void {
  const errors = issues.filter((issue) => issue.severity === 'error');
  if (errors.length > 0) throw new TarsError(sortIssues(errors));
}
