import { checkApp } from '../constructs/system';
import type { Issue } from '../model/issues';
import { sortIssues, TarsError } from '../model/issues';
import type { Inspection, PreparedSynthesis, SynthResult } from '../synth';
import { inspect, prepareSynthesis } from '../synth';
import { issuesOf } from './errors';
import type { Io } from './io';
import type { SecretsPlan } from './secrets-plan';
import { changesSecrets, planSecrets } from './secrets-plan';
import type { SecretsResult } from './secrets-write';
import { initSecrets } from './secrets-write';
import type { Target } from './targets';

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
  const plans = await planAll(targets, options, io);
  const prepared = gather(targets, (target, i) => prepare(target, plans[i]));
  // What is in the way of one file stops all; of a single app, writing says so just as well.
  const mustCompare = options.dryRun || targets.length > 1 || plans.some((p) => p !== undefined && changesSecrets(p));
  const compared = mustCompare ? gather(targets, (_, i) => prepared[i]?.compare() ?? []) : [];
  const done: Synthesis[] = [];
  for (const [i, target] of targets.entries()) {
    const plan = plans[i];
    const secrets = plan === undefined || options.dryRun ? undefined : await initSecrets(target, io, plan);
    // Another run may have made the secrets in the meantime: then its values count.
    const ready = secrets === undefined || secrets.plan === plan ? prepared[i] : prepare(target, secrets.plan);
    if (ready === undefined) continue;
    const { issues, systems } = ready;
    const files = options.dryRun ? (compared[i] ?? []) : ready.write();
    const all = sortIssues([...issues, ...(secrets?.issues ?? plan?.issues ?? [])]);
    done.push({ target, result: { files, issues, systems }, secrets, issues: all });
  }
  return done;
}

function prepare(target: Target, plan: SecretsPlan | undefined): PreparedSynthesis {
  return prepareSynthesis(target.app, { ...target.options, ...(plan === undefined ? {} : { values: plan.values }) });
}

/** What the proofs of one environment came to. */
export interface Check extends Inspection {
  readonly target: Target;
}

/** Checks environments as a run would, and writes nothing. What does not hold comes back as data. */
export function checkTargets(targets: readonly Target[], names: readonly string[] | undefined): Check[] {
  return targets.map((target) => ({ target, ...inspect(target.app, target.options, names) }));
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
