import { createHash } from 'node:crypto';
import * as nodeFs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import { kindOf } from './read-text';

/** What the writer needs of a file system; tests hand in one that fails. */
export type FileSystem = Pick<
  typeof nodeFs,
  'mkdirSync' | 'readFileSync' | 'writeFileSync' | 'renameSync' | 'rmSync' | 'readdirSync' | 'chmodSync' | 'statSync'
>;

/** A file that a run makes. */
export interface PlannedFile {
  /** Path from the project's root, with slashes. */
  readonly path: string;
  readonly content: string;
  /** Readable by its owner only, and not recorded. */
  readonly secret: boolean;
  /** A file of that name that we did not make is overwritten: it is what stock cdk8s writes. */
  readonly mayReplaceForeign: boolean;
}

/** What a run does to one file. */
export interface FileChange {
  readonly path: string;
  readonly change: 'created' | 'changed' | 'unchanged' | 'removed';
  readonly secret: boolean;
}

/** A directory of files that we make, and the record of them. */
export interface OutputPlan {
  /** Directory of the project. */
  readonly root: string;
  /** Output directories, relative to the root; each has a record of its own. */
  readonly directories: readonly string[];
  readonly files: readonly PlannedFile[];
  /** Secret files of an earlier run that must not stay. */
  readonly removeSecrets: readonly string[];
}

/** Names the files that earlier runs made here. No extension, so that `kubectl apply -f` passes it over. */
export const RECORD = '.tars-files';
const TEMPORARY = '.tars-tmp';

/**
 * Writes a run's files: all of them are written beside their places first, then renamed. A run that
 * fails changes nothing; one that is killed leaves each file old or new, and the next completes it.
 * Files that we did not make are never removed.
 * @throws TarsError when a directory cannot be written, or a file of somebody else is in the way
 */
export function writeOutput(plan: OutputPlan, fs: FileSystem = nodeFs, dryRun = false): FileChange[] {
  const records = new Map(plan.directories.map((dir) => [dir, readRecord(fs, plan.root, dir)]));
  const changes = planChanges(plan, records, fs);
  if (dryRun) return changes.map(({ change }) => change);
  const staged: { temporary: string; target: string }[] = [];
  const stage = (path: string, content: string, mode: number): void => {
    const target = join(plan.root, path);
    const temporary = join(dirname(target), `.${hash(path)}${TEMPORARY}`);
    fs.mkdirSync(dirname(target), { recursive: true });
    fs.rmSync(temporary, { force: true });
    staged.push({ temporary, target });
    fs.writeFileSync(temporary, content, { mode, flag: 'wx' });
  };
  try {
    for (const dir of plan.directories) removeLeftovers(fs, join(plan.root, dir));
    const finals: (() => void)[] = [];
    for (const dir of plan.directories) {
      const now = recordedNames(plan, dir);
      const before = records.get(dir) ?? [];
      const union = [...new Set([...before, ...now])].sort();
      // The record knows a file before it is there: a killed run leaves nothing unknown behind.
      if (union.join('\n') !== before.join('\n')) stage(`${dir}/${RECORD}`, recordText(union), 0o644);
      if (union.join('\n') !== now.join('\n')) {
        finals.push(() => {
          replace(fs, join(plan.root, dir, RECORD), recordText(now));
        });
      }
    }
    for (const { change, content } of changes) {
      if (change.change === 'created' || change.change === 'changed')
        stage(change.path, content, change.secret ? 0o600 : 0o644);
    }
    for (const { temporary, target } of staged) fs.renameSync(temporary, target);
    for (const { change } of changes)
      if (change.change === 'removed') fs.rmSync(join(plan.root, change.path), { force: true });
    for (const final of finals) final();
  } catch (error) {
    for (const { temporary } of staged) removeQuietly(fs, temporary);
    throw new TarsError([unwritable(error, plan)]);
  }
  return changes.map(({ change }) => change);
}

function planChanges(
  plan: OutputPlan,
  records: ReadonlyMap<string, readonly string[]>,
  fs: FileSystem,
): { change: FileChange; content: string }[] {
  const foreign: Issue[] = [];
  const changes = plan.files.map((file) => {
    const old = read(fs, plan.root, file.path);
    const dir = plan.directories.find((d) => file.path.startsWith(`${d}/`)) ?? '';
    const isOurs =
      file.secret || file.mayReplaceForeign || (records.get(dir) ?? []).includes(file.path.slice(dir.length + 1));
    if (old !== undefined && old !== file.content && !isOurs) {
      foreign.push({
        code: 'TARS5006',
        severity: 'error',
        path: file.path,
        message: 'a file of this name is here already, and this tool did not make it',
        given: `${old.length} characters of somebody else`,
        allowed: 'no file, or one that an earlier run made',
        remedy: 'move it away, or choose another output directory',
      });
    }
    const change = old === undefined ? 'created' : old === file.content ? 'unchanged' : 'changed';
    return { change: { path: file.path, change, secret: file.secret } satisfies FileChange, content: file.content };
  });
  if (foreign.length > 0) throw new TarsError(foreign);
  const made = new Set(plan.files.map((f) => f.path));
  const stale = [
    ...[...records].flatMap(([dir, names]) => names.map((name) => ({ path: `${dir}/${name}`, secret: false }))),
    ...plan.removeSecrets.map((path) => ({ path, secret: true })),
  ].filter(({ path }) => !made.has(path) && read(fs, plan.root, path) !== undefined);
  const removed = stale.map(({ path, secret }) => ({
    change: { path, change: 'removed', secret } satisfies FileChange,
    content: '',
  }));
  return [...changes, ...removed].sort((a, b) => (a.change.path < b.change.path ? -1 : 1));
}

function recordedNames(plan: OutputPlan, dir: string): string[] {
  return plan.files
    .filter((f) => !f.secret && f.path.startsWith(`${dir}/`) && ownerOf(plan, f.path) === dir)
    .map((f) => f.path.slice(dir.length + 1))
    .sort();
}

/** The innermost output directory of a path. */
function ownerOf(plan: OutputPlan, path: string): string {
  return [...plan.directories].sort((a, b) => b.length - a.length).find((d) => path.startsWith(`${d}/`)) ?? '';
}

function readRecord(fs: FileSystem, root: string, dir: string): string[] {
  const text = read(fs, root, `${dir}/${RECORD}`) ?? '';
  // Only names below the directory: a record is data, and may have been edited.
  return text
    .split('\n')
    .filter((name) => name !== '' && !name.startsWith('#') && !name.startsWith('/') && !name.split('/').includes('..'));
}

function recordText(names: readonly string[]): string {
  return ['# Files made by cdk8s-tars: a run removes what it no longer makes, and nothing else.', ...names, ''].join(
    '\n',
  );
}

/**
 * Text of a file of the output, or undefined where there is none.
 * @throws TarsError TARS5006 for what is no file: a pipe or a device may have no end; TARS5001 for what cannot be read
 */
function read(fs: FileSystem, root: string, path: string): string | undefined {
  try {
    const stats = fs.statSync(join(root, path));
    if (stats.isFile()) return fs.readFileSync(join(root, path), 'utf8');
    const message = `there is ${kindOf(stats)} where a file is written`;
    const remedy = 'move it away, or choose another output directory';
    throw new TarsError([{ code: 'TARS5006', severity: 'error', path, message, remedy }]);
  } catch (error) {
    if (error instanceof TarsError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    const message = `it cannot be read, and nothing was written: ${error instanceof Error ? error.message : String(error)}`;
    const remedy = 'give yourself the right to read it, or move it away';
    throw new TarsError([{ code: 'TARS5001', severity: 'error', path, message, remedy }]);
  }
}

function replace(fs: FileSystem, target: string, content: string): void {
  const temporary = `${target}${TEMPORARY}`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, content, { mode: 0o644, flag: 'wx' });
  fs.renameSync(temporary, target);
}

/** Temporary files of a run that was killed. */
function removeLeftovers(fs: FileSystem, directory: string): void {
  let entries: string[] = [];
  try {
    entries = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  for (const entry of entries) if (entry.endsWith(TEMPORARY)) fs.rmSync(join(directory, entry), { force: true });
}

function removeQuietly(fs: FileSystem, path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch {
    // The error that brought us here says more.
  }
}

function unwritable(error: unknown, plan: OutputPlan): Issue {
  const { message, path } = error as NodeJS.ErrnoException;
  const given = path === undefined ? plan.directories.join(', ') : path;
  const remedies: Record<string, string> = {
    ENOSPC: 'free some space and run again',
    EDQUOT: 'free some space and run again',
    EACCES: 'give yourself the right to write there, or choose another output directory',
    EPERM: 'give yourself the right to write there, or choose another output directory',
    EROFS: 'choose an output directory on a file system that can be written',
    ENOTDIR: 'remove the file that stands where a directory should be',
    EEXIST: 'remove the file that stands where a directory should be',
  };
  return {
    code: 'TARS5001',
    severity: 'error',
    path: given,
    message: `the output cannot be written, and nothing was changed: ${message}`,
    given,
    allowed: 'a directory that can be written',
    remedy: remedies[codeOf(error)] ?? 'see the message',
  };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
