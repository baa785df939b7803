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
import type { FileChange, FileSystem, OutputPlan } from './synth/write';
import { writeOutput } from './synth/write';
import type { EmittedSet } from './verify/emitted';
import { modelRules } from './verify/model-rules';
import type { Subject } from './verify/proof';
import type { ProofResult } from './verify/proofs';
import { carryOut, extentOf, proofsNamed } from './verify/proofs';

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

/** What every proof of an app came to. */
export interface Inspection {
  readonly proofs: readonly ProofResult[];
  readonly systems: readonly SystemModel[];
  /** What would be written; undefined: the model is wrong, so nothing was rendered and only its rules were asked. */
  readonly output: OutputPlan | undefined;
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
  const { proofs, systems, output } = inspect(app, options);
  const issues = sortIssues(proofs.flatMap((proof) => proof.issues));
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || output === undefined) throw new TarsError(errors);
  return {
    issues,
    systems,
    compare: () => writeOutput(output, options.fs, true),
    write: () => writeOutput(output, options.fs, false),
  };
}

/**
 * Renders an app and proves what came out; says as data what does not hold.
 * @param names the proofs that are wanted; all, if nothing is said
 * @throws TarsError with TARS6701 for a name that no proof has
 */
export function inspect(app: App, options: Omit<SynthOptions, 'dryRun'> = {}, names?: readonly string[]): Inspection {
  const wanted = proofsNamed(names);
  const systems = systemsIn(app);
  const found = checkApp(app);
  const rules = (issues: readonly Issue[]): ProofResult[] =>
    wanted.includes(modelRules) || hasErrors(issues)
      ? [{ name: modelRules.name, extent: extentOf(modelRules, { emitted: NOTHING, systems }), issues }]
      : [];
  if (hasErrors(found)) return { proofs: rules(sortIssues(found)), systems, output: undefined };
  const { output, emitted, issues } = planOutput(app, systems, layoutOf(app.outdir, options), options.values);
  const subject = { emitted, systems };
  const said = [...found, ...issues, ...systems.flatMap((s) => s.services.flatMap(kubernetesNotices))];
  const others = wanted.filter((proof) => proof !== modelRules);
  return {
    proofs: [...rules(sortIssues(said)), ...others.map((proof) => carryOut(proof, subject))],
    systems,
    output,
  };
}

/** What an app emits and what it stands for: what `verify` is asked about. Pure: nothing is written. */
export function subjectOf(app: App, options: Pick<SynthOptions, 'root' | 'environment' | 'compose'> = {}): Subject {
  const systems = systemsIn(app);
  const { emitted } = planOutput(app, systems, layoutOf(app.outdir, options), undefined);
  return { emitted, systems };
}

/** The compose file of the system that a construct belongs to. Pure: nothing is written. */
export function renderCompose(scope: IConstruct): ComposeFile {
  return renderComposeOf(systemOf(scope)).file;
}

/** Rules are about the model alone. */
const NOTHING: EmittedSet = { kubernetesVersion: '', manifests: [], compose: [] };

function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some(({ severity }) => severity === 'error');
}
