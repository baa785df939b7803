import { checkApp } from '../constructs/system';
import type { Issue } from '../model/issues';
import { sortIssues, TarsError } from '../model/issues';
import type { SystemModel } from '../model/system-model';
import { inexactPolicies } from '../policy/report';
import type { InspectOptions, Inspection, PreparedSynthesis, SynthResult } from '../synth';
import { inspect, prepareSynthesis, subjectOf } from '../synth';
import type { Subject } from '../verify/proof';
import type { Waiver } from '../verify/waivers';
import { issuesOf } from './errors';
import type { Io } from './io';
import type { SecretsPlan } from './secrets-plan';
import { changesSecrets, planSecrets } from './secrets-plan';
import type { SecretsResult } from './secrets-write';
import { initSecrets } from './secrets-write';
import type { Target } from './targets';
import { loadWaivers, staleIssues, WAIVERS_FILE } from './waivers';

/** What a run did to one environment. */
export interface Synthesis {
  readonly target: Target;
  readonly result: SynthResult;
  /** Undefined: the run was told to leave secrets alone, or to write nothing. */
  readonly secrets: SecretsResult | undefined;
  /** Warnings and notices, of the model and of the secrets. */
  readonly issues: readonly Issue[];
}

/** What a run may do. */
export interface SynthesisOptions {
  /** Make the secrets that are missing, and write the manifests that hold them. */
  readonly secrets: boolean;
  /** Compare only. */
  readonly dryRun: boolean;
  /** Nothing is written where an autoscaler does not follow its policy exactly. */
  readonly strict: boolean;
  /** All environments are here: a waiver that none of them needs is stale. */
  readonly complete: boolean;
}

/**
 * Synthesizes environments: all of them are rendered and checked before any of them is written, and
 * secrets are made only for a run that will succeed.
 * @throws TarsError with every error of every environment
 */
export async function synthesizeTargets(
  targets: readonly Target[],
  options: SynthesisOptions,
  io: Io,
): Promise<Synthesis[]> {
  const waivers = await loadWaivers(io);
  const plans = await planAll(targets, options, io);
  const prepared = gather(targets, (target, i) => prepare(target, plans[i], waivers));
  if (options.strict)
    gather(targets, (_, i) => {
      mustBeExact(prepared[i]?.systems ?? []);
    });
  const stale = options.complete
    ? staleIssues(
        waivers,
        prepared.map(({ usedWaivers }) => usedWaivers),
      )
    : [];
  if (stale.length > 0) throw new TarsError(stale);
  // What is in the way of one file stops all; of a single app, writing says so just as well.
  const mustCompare = options.dryRun || targets.length > 1 || plans.some((p) => p !== undefined && changesSecrets(p));
  const compared = mustCompare ? gather(targets, (_, i) => prepared[i]?.compare() ?? []) : [];
  const done: Synthesis[] = [];
  for (const [i, target] of targets.entries()) {
    const plan = plans[i];
    const secrets = plan === undefined || options.dryRun ? undefined : await initSecrets(target, io, plan);
    // Another run may have made the secrets in the meantime: then its values count.
    const ready = secrets === undefined || secrets.plan === plan ? prepared[i] : prepare(target, secrets.plan, waivers);
    if (ready === undefined) continue;
    const { issues, systems } = ready;
    const files = options.dryRun ? (compared[i] ?? []) : ready.write();
    const all = sortIssues([...issues, ...(secrets?.issues ?? plan?.issues ?? [])]);
    done.push({ target, result: { files, issues, systems }, secrets, issues: all });
  }
  return done;
}

/** @throws TarsError with everything about scaling and balancing policies that is not exact */
function mustBeExact(systems: readonly SystemModel[]): void {
  const issues = inexactPolicies(systems);
  if (issues.length > 0) throw new TarsError(issues);
}

function prepare(target: Target, plan: SecretsPlan | undefined, waivers: readonly Waiver[]): PreparedSynthesis {
  const values = plan === undefined ? {} : { values: plan.values };
  return prepareSynthesis(target.app, { ...target.options, ...values, waivers });
}

/** What the proofs of one environment came to. */
export interface Check extends Inspection {
  readonly target: Target;
}

/** What is checked. */
export interface CheckOptions extends Pick<SynthesisOptions, 'complete' | 'strict'> {
  /** Names of the proofs that are wanted; undefined: all. */
  readonly only: readonly string[] | undefined;
  /** What stands on the disk, instead of what a run would write. */
  readonly onDisk: boolean;
}

/**
 * Checks environments as a run would, and writes nothing. What does not hold comes back as data.
 * @throws TarsError with TARS6710 when the waivers cannot be understood
 */
export async function checkTargets(targets: readonly Target[], options: CheckOptions, io: Io): Promise<Check[]> {
  const waivers = await loadWaivers(io);
  const reader = options.onDisk ? await import('../synth/read-emitted.js') : undefined;
  const { only } = options;
  const read: InspectOptions['read'] =
    reader === undefined ? undefined : (planned, layout) => reader.readEmitted(io.fs, layout, planned);
  const checks = targets.map((target): Check => {
    const inspected = inspect(target.app, { ...target.options, waivers, only, read });
    if (!options.strict) return { target, ...inspected };
    const issues = inexactPolicies(inspected.systems);
    const strict = { name: 'strict', extent: 'scaling and balancing policies', issues };
    return { target, ...inspected, proofs: [...inspected.proofs, strict] };
  });
  const isWhole = options.complete && only === undefined && checks.every(({ output }) => output !== undefined);
  const [first, ...rest] = checks;
  if (!isWhole || first === undefined) return checks;
  const stale = staleIssues(
    waivers,
    checks.map(({ usedWaivers }) => usedWaivers),
  );
  if (stale.length === 0) return checks;
  const extent = `${waivers.length} in ${WAIVERS_FILE}`;
  return [{ ...first, proofs: [...first.proofs, { name: 'waivers', extent, issues: stale }] }, ...rest];
}

/**
 * What environments emit and what they stand for.
 * @throws TarsError with every error of every model
 */
export function subjectsOf(targets: readonly Target[]): { readonly target: Target; readonly subject: Subject }[] {
  return gather(targets, (target) => {
    const errors = checkApp(target.app).filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new TarsError(errors);
    return { target, subject: subjectOf(target.app, target.options) };
  });
}

/** The secrets of each environment; undefined where they are left alone. */
async function planAll(
  targets: readonly Target[],
  options: SynthesisOptions,
  io: Io,
): Promise<(SecretsPlan | undefined)[]> {
  if (!options.secrets) return targets.map(() => undefined);
  const plans: (SecretsPlan | undefined)[] = [];
  const errors: Issue[] = [];
  for (const target of targets) {
    try {
      const plan = await planSecrets(target, io);
      // A run that writes nothing makes no values either: without all of them there is no Secret.
      plans.push(options.dryRun && changesSecrets(plan) ? undefined : plan);
    } catch (error) {
      errors.push(...ofEnvironment(target, issuesOrThrow(error)));
    }
  }
  if (errors.length === 0) return plans;
  const others = targets.flatMap((target) =>
    ofEnvironment(
      target,
      checkApp(target.app).filter((i) => i.severity === 'error'),
    ),
  );
  throw new TarsError(sortIssues([...others, ...errors]));
}

/** Does something for all, and throws all of their errors together. */
function gather<T>(targets: readonly Target[], run: (target: Target, index: number) => T): T[] {
  const errors: Issue[] = [];
  const results = targets.flatMap((target, index) => {
    try {
      return [run(target, index)];
    } catch (error) {
      errors.push(...ofEnvironment(target, issuesOrThrow(error)));
      return [];
    }
  });
  if (errors.length > 0) throw new TarsError(sortIssues(errors));
  return results;
}

function issuesOrThrow(error: unknown): readonly Issue[] {
  const issues = issuesOf(error);
  if (issues === undefined) throw error;
  return issues;
}

/** Paths are the same in every environment, so all but the default one's say which they are of. */
function ofEnvironment({ environment }: Target, issues: readonly Issue[]): readonly Issue[] {
  return environment === undefined
    ? issues
    : issues.map((issue) => ({ ...issue, path: `[${environment}] ${issue.path}` }));
}
