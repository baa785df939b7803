import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { BundledMain } from './bundle';
import { readText } from './files';
import type { ModuleFormat } from './import-main';
import type { CliFileSystem, Io } from './io';

/** A bundled main file. */
export interface Bundle {
  /** Where the code lies; for CommonJS nobody loads it by this name. */
  readonly file: string;
  readonly code: () => string;
  readonly map: () => string;
}

/** What a bundle was made of: it is fresh as long as all of it is the same. */
interface Manifest {
  readonly version: number;
  /** Absolute path and hash of everything that decides about the bundle. */
  readonly inputs: readonly (readonly [path: string, hash: string])[];
  readonly bundle: string;
}

/** Raised when bundles are made in another way. */
const VERSION = 1;

/**
 * The bundle of a TypeScript main file. When all its inputs (sources, configuration, the bundler)
 * are what they were, it comes from the cache, and the bundler is not even loaded.
 */
export async function cachedBundle(path: string, format: ModuleFormat, io: Io): Promise<Bundle> {
  const directory = cacheDirectory(path, io);
  const manifestFile = join(directory, `${hash(`${format} ${path}`)}.json`);
  const manifest = readManifest(io.fs, manifestFile);
  if (manifest !== undefined && isFresh(manifest, io.fs)) {
    const file = join(directory, manifest.bundle);
    if (io.fs.existsSync(file)) return fromFile(io.fs, file);
  }
  const { bundleMain } = await import('./bundle.js');
  const made = await bundleMain(path, format, io);
  const bundle = `${hash(made.code)}.${format === 'esm' ? 'mjs' : 'cjs'}`;
  const file = join(directory, bundle);
  try {
    store(io, directory, bundle, made);
    const inputs = made.inputs.map((input): [string, string] => [input, hash(readText(io.fs, input) ?? '')]);
    replaceFile(io.fs, manifestFile, JSON.stringify({ version: VERSION, inputs, bundle } satisfies Manifest));
    if (manifest !== undefined && manifest.bundle !== bundle) remove(io.fs, join(directory, manifest.bundle));
  } catch (error) {
    // Without a cache a CommonJS bundle runs all the same, and the next run takes longer.
    if (format === 'esm') throw error;
  }
  return { file, code: () => made.code, map: () => made.map };
}

function fromFile(fs: CliFileSystem, file: string): Bundle {
  return { file, code: () => fs.readFileSync(file, 'utf8'), map: () => fs.readFileSync(`${file}.map`, 'utf8') };
}

/** Beside the packages of the project, so that the bundle finds them. */
function cacheDirectory(path: string, io: Io): string {
  let directory = dirname(path);
  while (!io.fs.existsSync(join(directory, 'node_modules')) && dirname(directory) !== directory) {
    directory = dirname(directory);
  }
  const root = dirname(directory) === directory ? dirname(path) : directory;
  return join(root, 'node_modules', '.cache', 'cdk8s-tars');
}

function readManifest(fs: CliFileSystem, file: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readText(fs, file) ?? '') as Manifest;
    return manifest.version === VERSION ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function isFresh(manifest: Manifest, fs: CliFileSystem): boolean {
  return manifest.inputs.every(([path, expected]) => hash(readText(fs, path) ?? '') === expected);
}

function store(io: Io, directory: string, name: string, made: BundledMain): void {
  io.fs.mkdirSync(directory, { recursive: true });
  replaceFile(io.fs, join(directory, `${name}.map`), made.map);
  replaceFile(io.fs, join(directory, name), made.code);
}

/** Whole or not at all: another run may be reading. */
function replaceFile(fs: CliFileSystem, file: string, text: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.tmp`);
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, file);
}

function remove(fs: CliFileSystem, file: string): void {
  fs.rmSync(file, { force: true });
  fs.rmSync(`${file}.map`, { force: true });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
