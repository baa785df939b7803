import { dirname, join } from 'node:path';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import type { Layout } from '../synth/layout';
import { makeDirectory, makePrivateDirectory, modeOf, readText, writeSecretFile } from './files';
import type { Io } from './io';
import type { PlannedSecretFile, SecretsPlan } from './secrets-plan';
import { changesSecrets, planSecrets } from './secrets-plan';
import type { Target } from './targets';

/** What became of the secrets of one environment. */
export interface SecretsResult {
  readonly plan: SecretsPlan;
  /** Files that were written, and the keys that are new in each; names only. */
  readonly written: readonly { readonly path: string; readonly added: readonly string[]; readonly created: boolean }[];
  readonly issues: readonly Issue[];
}

/** Runs at the same time: how often one looks again at what the other wrote. */
const ATTEMPTS = 5;

/**
 * Makes what the secrets files of an environment lack. What is there is never changed or lost, not
 * even by two runs at the same time: whoever comes second takes what the first has written.
 * @param first a plan that was made already, and is still to be written
 */
export async function initSecrets(target: Target, io: Io, first?: SecretsPlan): Promise<SecretsResult> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const plan = attempt === 1 && first !== undefined ? first : await planSecrets(target, io);
    if (writeSecrets(plan, io)) return resultOf(plan, io);
  }
  throw new TarsError([
    {
      code: 'TARS5001',
      severity: 'error',
      path: target.layout.secrets,
      message: 'another run keeps changing the secrets files',
      remedy: 'wait until it is done, and run this again',
    },
  ]);
}

/** False when another run was faster. */
function writeSecrets(plan: SecretsPlan, io: Io): boolean {
  const { layout } = plan.target;
  const { root } = layout;
  if (!changesSecrets(plan)) return true;
  for (const file of plan.files) {
    if (file.text !== file.before && !writePlannedFile(file, layout, io)) return false;
  }
  for (const { path, text, mode } of plan.tls?.files ?? []) {
    openSecretsDirectory(layout, io);
    makePrivateDirectory(io.fs, join(root, dirname(path)));
    const before = readText(io.fs, join(root, path));
    if (!writeSecretFile(io.fs, join(root, path), text, { before, mode })) return false;
  }
  return true;
}

/**
 * Writes one file of secrets, its directory first.
 * @returns false when somebody else wrote it in the meantime
 */
export function writePlannedFile(file: PlannedSecretFile, layout: Layout, io: Io): boolean {
  if (file.isPrivate) openSecretsDirectory(layout, io);
  else makeDirectory(io.fs, join(layout.root, dirname(file.path)));
  return writeSecretFile(io.fs, join(layout.root, file.path), file.text, { before: file.before });
}

/** Every directory above the secrets is shut, and git passes them over whatever the project says. */
function openSecretsDirectory({ root, secrets }: Layout, io: Io): void {
  const outermost = join(root, secrets.split('/')[0] ?? secrets);
  makePrivateDirectory(io.fs, outermost);
  makePrivateDirectory(io.fs, join(root, secrets));
  const ignore = join(outermost, '.gitignore');
  if (readText(io.fs, ignore) === undefined) {
    writeSecretFile(io.fs, ignore, '# Nothing in here is ever committed.\n*\n', { before: undefined, mode: 0o644 });
  }
}

function resultOf(plan: SecretsPlan, io: Io): SecretsResult {
  const written = [
    ...plan.files
      .filter((file) => file.text !== file.before)
      .map((file) => ({ path: file.path, added: file.added, created: file.before === undefined })),
    ...(plan.tls?.files ?? []).map(({ path }) => ({ path, added: [], created: true })),
  ];
  return { plan, written, issues: [...plan.issues, ...openFiles(plan, io)] };
}

/** Files of secrets that others on this machine may read. Windows knows no such modes. */
function openFiles(plan: SecretsPlan, io: Io): Issue[] {
  if (io.platform === 'win32') return [];
  return plan.files.flatMap(({ path }): Issue[] => {
    const mode = (modeOf(io.fs, join(plan.target.layout.root, path)) ?? 0) & 0o777;
    if ((mode & 0o077) === 0) return [];
    return [
      {
        code: 'TARS4006',
        severity: 'warning',
        path,
        message: 'others on this machine may read this file of secrets',
        given: `mode ${mode.toString(8).padStart(4, '0')}`,
        allowed: 'mode 0600',
        remedy: `chmod 600 ${path}`,
      },
    ];
  });
}
