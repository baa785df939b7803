import { checkApp } from '../constructs/system';
import type { Issue } from '../model/issues';
import { sortIssues, TarsError } from '../model/issues';
import type { SynthResult } from '../synth';
import { synthesize } from '../synth';
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
 * Synthesizes environments: all of them are checked before any of them is written, and secrets are
 * made only for a run that will succeed.
 * @throws TarsError with every error of every environment
 */
export async function synthesizeTargets(
  targets: readonly Target[],
  options: SynthesisOptions,
  io: Io,
): Promise<Synthesis[]> {
  const plans = await planAll(targets, options, io);
  const makesSecrets = plans.some((plan) => plan !== undefined && changesSecrets(plan));
  // The usual second run has one environment and all of its secrets: synthesize checks it by itself.
  if (targets.length > 1 || makesSecrets) {
    gather(
      targets.map((target, i) => [
        target,
        () => synthesize(target.app, { ...target.options, ...values(plans[i]), dryRun: true }),
      ]),
    );
  }
  const done: Synthesis[] = [];
  for (const [i, target] of targets.entries()) {
    const plan = plans[i];
    const secrets = plan === undefined || options.dryRun ? undefined : await initSecrets(target, io, plan);
    const result = synthesize(target.app, {
      ...target.options,
      ...values(secrets?.plan ?? plan),
      dryRun: options.dryRun,
    });
    done.push({
      target,
      result,
      secrets,
      issues: sortIssues([...result.issues, ...(secrets?.issues ?? plan?.issues ?? [])]),
    });
  }
  return done;
}

/**
 * Checks environments as a run would, and writes nothing.
 * @throws TarsError with every error of every environment
 */
export function checkTargets(targets: readonly Target[]): Synthesis[] {
  const results = gather(
    targets.map((target) => [target, () => synthesize(target.app, { ...target.options, dryRun: true })]),
  );
  return targets.flatMap((target, i) => {
    const result = results[i];
    return result === undefined ? [] : [{ target, result, secrets: undefined, issues: result.issues }];
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

function values(plan: SecretsPlan | undefined): { values?: SecretsPlan['values'] } {
  return plan === undefined ? {} : { values: plan.values };
}

/** Runs all, and throws all of their errors together. */
function gather<T>(runs: readonly (readonly [Target, () => T])[]): T[] {
  const errors: Issue[] = [];
  const results = runs.flatMap(([target, run]) => {
    try {
      return [run()];
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
