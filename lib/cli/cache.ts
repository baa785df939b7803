import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { CliFileSystem, Io } from './io';

/** Set to "off", it has every run start from the sources. */
const SWITCH = 'TARS_CACHE';

/** False when whoever runs the tool wants nothing to come from a cache. */
export function mayUseCache(io: Io): boolean {
  return io.env[SWITCH] !== 'off';
}

/** Directory of what is made of a main file: beside the packages of its project, so that these are found. */
export function cacheDirectory(path: string, io: Io): string {
  let directory = dirname(path);
  while (!io.fs.existsSync(join(directory, 'node_modules')) && dirname(directory) !== directory) {
    directory = dirname(directory);
  }
  const root = dirname(directory) === directory ? dirname(path) : directory;
  return join(root, 'node_modules', '.cache', 'cdk8s-tars');
}

/** What something was made of: absolute path and signature of each file that decides about it. */
export type Inputs = readonly (readonly [path: string, signature: string])[];

/** Signatures of files, to be stored. */
export function signaturesOf(paths: readonly string[], fs: CliFileSystem): Inputs {
  return [...new Set(paths)].sort().map((path): [string, string] => [path, signature(path, fs)]);
}

/** True when every file is what it was. */
export function isFresh(inputs: Inputs, fs: CliFileSystem): boolean {
  return inputs.every(([path, expected]) => signature(path, fs) === expected);
}

/**
 * The user's files are compared by content. Installed packages are many: of these, the size and the
 * time of the last change, which no tool can set back.
 */
function signature(path: string, fs: CliFileSystem): string {
  if (!/[\\/]node_modules[\\/]/.test(path) || basename(path) === 'package.json') return hash(contentOf(fs, path));
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.size} ${stat.ctimeMs}`;
}

/** What cannot be read is as good as not there. The way that tells more is not loaded here: this is for speed. */
function contentOf(fs: CliFileSystem, path: string): Uint8Array {
  try {
    return fs.readFileSync(path);
  } catch {
    return new Uint8Array();
  }
}

/** A short name for some content. */
export function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** What a cache says about itself; undefined: there is none, or one of another version. */
export function readManifest<T extends { readonly version: number }>(
  fs: CliFileSystem,
  file: string,
  version: T['version'],
): T | undefined {
  try {
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as T;
    return manifest.version === version ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a file whole or not at all: another run may be reading. */
export function replaceFile(fs: CliFileSystem, file: string, content: string | Uint8Array): void {
  fs.mkdirSync(dirname(file), { recursive: true });
  const temporary = join(dirname(file), `.${basename(file)}.tmp`);
  fs.writeFileSync(temporary, content);
  fs.renameSync(temporary, file);
}

/** Removes a file and what stands beside it under a longer name. */
export function removeFile(fs: CliFileSystem, file: string): void {
  for (const ending of ['', '.map', '.v8']) fs.rmSync(file + ending, { force: true });
}
