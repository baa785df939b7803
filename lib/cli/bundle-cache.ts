import { join } from 'node:path';
import type { Inputs } from './cache';
import {
  cacheDirectory,
  hash,
  isFresh,
  mayUseCache,
  readManifest,
  removeFile,
  replaceFile,
  signaturesOf,
} from './cache';
import type { ModuleFormat } from './import-main';
import type { CliFileSystem, Io } from './io';

/** A bundled main file. */
export interface Bundle {
  /** Where the code lies; for CommonJS nobody loads it by this name. */
  readonly file: string;
  readonly code: () => string;
  readonly map: () => string;
}

interface Manifest {
  readonly version: 2;
  readonly inputs: Inputs;
  readonly bundle: string;
}

/**
 * The bundle of a TypeScript main file. When all its inputs (sources, configuration, the bundler)
 * are what they were, it comes from the cache, and the bundler is not even loaded.
 */
export async function cachedBundle(path: string, format: ModuleFormat, io: Io): Promise<Bundle> {
  const directory = cacheDirectory(path, io);
  const manifestFile = join(directory, `${hash(`${format} ${path}`)}.json`);
  const manifest = readManifest<Manifest>(io.fs, manifestFile, 2);
  if (manifest !== undefined && mayUseCache(io) && isFresh(manifest.inputs, io.fs)) {
    const file = join(directory, manifest.bundle);
    if (io.fs.existsSync(file)) return fromFile(io.fs, file);
  }
  const { bundleMain } = await import('./bundle.js');
  const made = await bundleMain(path, format, io);
  const bundle = `${hash(made.code)}.${format === 'esm' ? 'mjs' : 'cjs'}`;
  const file = join(directory, bundle);
  try {
    replaceFile(io.fs, `${file}.map`, made.map);
    replaceFile(io.fs, file, made.code);
    const inputs = signaturesOf(made.inputs, io.fs);
    replaceFile(io.fs, manifestFile, JSON.stringify({ version: 2, inputs, bundle } satisfies Manifest));
    if (manifest !== undefined && manifest.bundle !== bundle) removeFile(io.fs, join(directory, manifest.bundle));
  } catch (error) {
    // Without a cache a CommonJS bundle runs all the same, and the next run takes longer.
    if (format === 'esm') throw error;
  }
  return { file, code: () => made.code, map: () => made.map };
}

function fromFile(fs: CliFileSystem, file: string): Bundle {
  return { file, code: () => fs.readFileSync(file, 'utf8'), map: () => fs.readFileSync(`${file}.map`, 'utf8') };
}
