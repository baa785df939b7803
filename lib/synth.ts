import type { App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { checkApp, systemOf, systemsIn } from './constructs/system';
import type { ComposeFile } from './compose/compose-file';
import { renderCompose as renderComposeOf } from './compose/render-compose';
import { kubernetesNotices } from './kubernetes/answers';
import type { Issue } from './model/issues';
import { sortIssues, TarsError } from './model/issues';
import type { SystemModel } from './model/system-model';
import type { Layout } from './synth/layout';
import { layoutOf } from './synth/layout';
import { planOutput } from './synth/plan';
import type { PlannedOutput, SecretValues } from './synth/plan';
import type { ReadOutput } from './synth/read-emitted';
import type { FileChange, FileSystem, OutputPlan } from './synth/write';
import { writeOutput } from './synth/write';
import type { EmittedSet } from './verify/emitted';
import { modelRules } from './verify/model-rules';
import type { Subject } from './verify/proof';
import type { ProofResult } from './verify/proofs';
import { carryOut, extentOf, proofsNamed } from './verify/proofs';
import type { Waiver } from './verify/waivers';
import { applyWaivers } from './verify/waivers';

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
  /** Findings that somebody has looked at; `tars` takes them from tars.waivers.yaml. @default - none */
  readonly waivers?: readonly Waiver[];
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
  /** Waivers that are about something that was found. */
  readonly usedWaivers: ReadonlySet<Waiver>;
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
  /** Waivers that are about something that was found. */
  readonly usedWaivers: ReadonlySet<Waiver>;
  /** Where the objects stand: texts of the files that were proved, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly emitted: EmittedSet;
}

/** What {@link inspect} is asked for. */
export interface InspectOptions extends Omit<SynthOptions, 'dryRun'> {
  /** Names of the proofs that are wanted. @default - all */
  readonly only?: readonly string[] | undefined;
  /** Takes what is proved from elsewhere, the disk for one. @default - what a run would write */
  readonly read?: ((planned: EmittedSet, layout: Layout) => ReadOutput) | undefined;
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
  const { proofs, systems, output, usedWaivers } = inspect(app, options);
  const issues = sortIssues(proofs.flatMap((proof) => proof.issues));
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || output === undefined) throw new TarsError(errors);
  return {
    issues,
    systems,
    usedWaivers,
    compare: () => writeOutput(output, options.fs, true),
    write: () => writeOutput(output, options.fs, false),
  };
}

/**
 * Renders an app and proves what came out; says as data what does not hold.
 * @throws TarsError with TARS6701 for a name that no proof has
 */
export function inspect(app: App, options: InspectOptions = {}): Inspection {
  const wanted = proofsNamed(options.only);
  const systems = systemsIn(app);
  const layout = layoutOf(app.outdir, options);
  const found = checkApp(app);
  const result = (issues: readonly Issue[]): ProofResult[] =>
    wanted.includes(modelRules) || hasErrors(issues)
      ? [{ name: modelRules.name, extent: extentOf(modelRules, { emitted: NOTHING, systems }), issues }]
      : [];
  if (hasErrors(found)) {
    const proofs = result(sortIssues(found));
    return { proofs, systems, output: undefined, usedWaivers: new Set(), texts: new Map(), emitted: NOTHING };
  }
  const planned = planOutput(app, systems, layout, options.values);
  const { output } = planned;
  const { emitted, texts, issues: unread } = options.read?.(planned.emitted, layout) ?? planOf(planned);
  const said = [...found, ...planned.issues, ...systems.flatMap((s) => s.services.flatMap(kubernetesNotices))];
  const others = wanted.filter((proof) => proof !== modelRules);
  const results = [
    ...result(sortIssues(said)),
    ...(unread.length === 0 ? [] : [{ name: 'files', extent: `${texts.size} files read`, issues: sortIssues(unread) }]),
    ...others.map((proof) => carryOut(proof, { emitted, systems })),
  ];
  const { proofs, used } = applyWaivers(results, options.waivers ?? [], options.environment);
  return { proofs, systems, output, usedWaivers: used, texts, emitted };
}

function planOf({ emitted, output }: PlannedOutput): ReadOutput {
  const texts = output.files.filter(({ secret }) => !secret).map(({ path, content }) => [path, content] as const);
  return { emitted, texts: new Map(texts), issues: [] };
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
