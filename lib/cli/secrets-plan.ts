import { join } from 'node:path';
import { systemsIn } from '../constructs/system';
import { parseEnvFile } from '../model/env-file';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import type { SecretNeed } from '../secrets/need';
import { completeSecrets } from '../secrets/secrets-file';
import { secretsIssues } from '../secrets/validate';
import type { SecretValues } from '../synth';
import type { SecretFile } from '../synth/secret-files';
import { secretFilesOf } from '../synth/secret-files';
import { readText } from './files';
import type { Io } from './io';
import type { Target } from './targets';
import type { TlsPlan } from './tls-plan';
import { planTls } from './tls-plan';

/** One secrets file, as it is and as it should be. */
export interface PlannedSecretFile {
  /** Path from the project's root. */
  readonly path: string;
  /** Undefined: there is none. */
  readonly before: string | undefined;
  readonly text: string;
  /** Keys that are new in it. */
  readonly added: readonly string[];
  readonly needs: readonly SecretNeed[];
  /** Whether its directory is for nothing but secrets. */
  readonly isPrivate: boolean;
}

/** The secrets of one environment: what is to be written, and what the manifests need of it. */
export interface SecretsPlan {
  readonly target: Target;
  readonly files: readonly PlannedSecretFile[];
  readonly tls: TlsPlan | undefined;
  readonly values: SecretValues;
  /** Warnings: a value that only somebody else can know, a certificate that ends soon. */
  readonly issues: readonly Issue[];
}

/**
 * Finds out what the secrets files of an environment lack, and makes values for it, in memory.
 * @throws TarsError when a file cannot be read, or holds a value that cannot be used
 */
export async function planSecrets(target: Target, io: Io): Promise<SecretsPlan> {
  const { layout } = target;
  const wanted = secretFilesOf(systemsIn(target.app), layout);
  const cluster = wanted.cluster === undefined ? undefined : planFile(wanted.cluster, target, io, true);
  const files = [
    ...(cluster === undefined ? [] : [cluster]),
    ...wanted.compose.filter((f) => f.needs.length > 0).map((f) => planFile(f, target, io, false)),
  ];
  const issues = files.flatMap((file) => issuesOf(file));
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new TarsError(errors);
  const tls = wanted.tlsHosts.length === 0 ? undefined : await planTls(wanted.tlsHosts, layout, io);
  const keys = cluster === undefined ? new Map<string, string>() : parseEnvFile(cluster.text, cluster.path);
  return {
    target,
    files,
    tls,
    values: { keys: Object.fromEntries(keys), ...(tls === undefined ? {} : { tls: tls.values }) },
    issues: [...issues, ...(tls?.issues ?? [])],
  };
}

/** True when a run would write secrets. */
export function changesSecrets(plan: SecretsPlan): boolean {
  return plan.files.some((file) => file.text !== file.before) || (plan.tls?.files.length ?? 0) > 0;
}

/** One file completed in memory; its values are not looked at. */
export function planFile(file: SecretFile, target: Target, io: Io, isPrivate: boolean): PlannedSecretFile {
  const before = readText(io.fs, join(target.layout.root, file.path));
  const { text, added } = completeSecrets(before ?? file.template(), file.needs, io.random, file.path);
  return { path: file.path, before, text, added, needs: file.needs, isPrivate };
}

/** Compose says itself what is missing, so a value that only somebody else knows stops nothing here. */
function issuesOf({ path, text, needs }: PlannedSecretFile): Issue[] {
  const foreign = new Set(needs.filter((need) => need.foreign !== undefined).map(({ key }) => `${path}:${key}`));
  return secretsIssues(needs, parseEnvFile(text, path), path).map((issue) =>
    issue.code === 'TARS4002' && foreign.has(issue.path) ? { ...issue, severity: 'warning' } : issue,
  );
}
