import { basename, dirname, join } from 'node:path';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import type { FileBounds } from '../ops/cluster-client/bounded-file';
import { kindOf } from '../synth/read-text';
import type { CliFileSystem } from './io';

/**
 * Text of a file of the project, or undefined where there is none.
 * @throws TarsError TARS4003 for what cannot be read, and for what is no file
 */
export function readText(fs: CliFileSystem, path: string): string | undefined {
  try {
    requireFile(fs, path);
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw error instanceof TarsError ? error : unreadable(path, error);
  }
}

/**
 * Refuses what is no file: a pipe or a device may have no end.
 * @throws TarsError TARS4003; Error of the file system, also where there is nothing
 */
export function requireFile(fs: CliFileSystem, path: string): void {
  const stats = fs.statSync(path);
  if (stats.isFile()) return;
  throw fileError('TARS4003', path, 'the file cannot be read: it is no file', `it is ${kindOf(stats)}: name a file`);
}

/** Text of a file that somebody names, which may be a pipe: `<(command)`; undefined where there is none. */
export async function readGiven(path: string, bounds: FileBounds): Promise<string | undefined> {
  const { readBounded } = await import('../ops/cluster-client/bounded-file.js');
  try {
    return await readBounded(path, bounds);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw unreadable(path, error);
  }
}

/** Permissions of a file, or undefined where there is none. */
export function modeOf(fs: CliFileSystem, path: string): number | undefined {
  return fs.statSync(path, { throwIfNoEntry: false })?.mode;
}

/** Options of {@link writeSecretFile}. */
export interface SecretFileOptions {
  /** What the file held when it was read; undefined: there was none. Another writer is never run over. */
  readonly before: string | undefined;
  /** Permissions of the file. @default 0o600 */
  readonly mode?: number;
}

/**
 * Writes a file of secrets: readable by its owner from the first byte on, whole or not at all.
 * @returns false when somebody else wrote the file in the meantime: read it again
 * @throws TarsError with TARS5001 when it cannot be written
 */
export function writeSecretFile(fs: CliFileSystem, path: string, text: string, options: SecretFileOptions): boolean {
  // A link to a file elsewhere, in a password store for instance, stays a link.
  const target = options.before === undefined ? path : fs.realpathSync(path);
  const temporary = join(dirname(target), `.${basename(target)}.tars-tmp`);
  try {
    fs.rmSync(temporary, { force: true });
    writeDurably(fs, temporary, text, options.mode ?? 0o600);
    if (readText(fs, path) !== options.before) return false;
    if (options.before === undefined) return putNew(fs, temporary, target);
    fs.renameSync(temporary, target);
    return true;
  } catch (error) {
    // Another run is at it: its temporary file stood in the way, or it took ours for a left-over.
    if (!fs.existsSync(temporary) && ['EEXIST', 'ENOENT'].includes(codeOf(error)) && fs.existsSync(dirname(target)))
      return false;
    throw error instanceof TarsError ? error : unwritable(path, error);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/** Makes a directory that nobody else may look into, and shuts one that is open. */
export function makePrivateDirectory(fs: CliFileSystem, path: string): void {
  try {
    fs.mkdirSync(path, { recursive: true, mode: 0o700 });
    if (((modeOf(fs, path) ?? 0) & 0o077) !== 0) fs.chmodSync(path, 0o700);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Makes a directory like any other. */
export function makeDirectory(fs: CliFileSystem, path: string): void {
  try {
    fs.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw unwritable(path, error);
  }
}

function writeDurably(fs: CliFileSystem, path: string, text: string, mode: number): void {
  const file = fs.openSync(path, 'wx', mode);
  try {
    fs.writeFileSync(file, text);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** A hard link fails where the file is there already, so that of two first runs one wins. */
function putNew(fs: CliFileSystem, temporary: string, target: string): boolean {
  try {
    fs.linkSync(temporary, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // File systems without hard links.
    fs.renameSync(temporary, target);
  }
  return true;
}

function unreadable(path: string, error: unknown): TarsError {
  const remedy = READ_REMEDIES[codeOf(error)] ?? 'see the message';
  return fileError('TARS4003', path, `the file cannot be read: ${messageOf(error)}`, remedy);
}

const READ_REMEDIES: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory: name a file',
  EACCES: 'give yourself the right to read it',
  EPERM: 'give yourself the right to read it',
};

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space and run it again',
  EDQUOT: 'free some space and run it again',
  EACCES: 'give yourself the right to write there',
  EPERM: 'give yourself the right to write there',
  EROFS: 'the file system is read-only: run it where the project can be written',
  ENOTDIR: 'remove the file that stands where a directory should be',
  EEXIST: 'remove the file that stands where a directory should be',
};

function unwritable(path: string, error: unknown): TarsError {
  const remedy = REMEDIES[codeOf(error)] ?? 'see the message';
  return fileError('TARS5001', path, `it cannot be written, and is as it was: ${messageOf(error)}`, remedy);
}

function fileError(code: Issue['code'], path: string, message: string, remedy: string): TarsError {
  return new TarsError([{ code, severity: 'error', path, message, remedy }]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
