import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction, constants } from 'node:vm';
import type { Bundle } from './bundle-cache';
import { cachedBundle } from './bundle-cache';
import { readText } from './files';
import type { Io } from './io';

/** A main file that is ready to run. */
export interface Main {
  /** Runs it, and gives what it exports. */
  readonly load: () => Promise<Readonly<Record<string, unknown>>>;
  /** Finds the user's line for a place in what runs; undefined: what runs is the user's own file. */
  readonly sourceMap: (() => SourceMapOf) | undefined;
}

/** A source map, and the file that it is of. */
export interface SourceMapOf {
  /** Path of what runs, as it stands in stack traces. */
  readonly file: string;
  readonly json: string;
  /** What the sources in the map are relative to. */
  readonly root: string;
}

/** How Node loads a file: by its name, else by the `type` of the package around it. */
export type ModuleFormat = 'cjs' | 'esm';

/**
 * Prepares a main file: TypeScript is bundled, or taken from the cache; JavaScript is run as it is.
 * @throws TarsError with a TARS5003 for each mistake that keeps it from being compiled
 */
export async function importMain(path: string, io: Io): Promise<Main> {
  const url = pathToFileURL(path).href;
  if (!/^\.[cm]?ts$/.test(extname(path))) return { load: () => importUrl(url), sourceMap: undefined };
  const format = formatOf(path, io);
  const bundle = await cachedBundle(path, format, io);
  const sourceMap = (): SourceMapOf => ({
    file: format === 'cjs' ? path : bundle.file,
    json: bundle.map(),
    root: dirname(path),
  });
  if (format === 'esm') return { load: () => importUrl(pathToFileURL(bundle.file).href), sourceMap };
  return { load: () => Promise.resolve(runCommonJs(path, bundle)), sourceMap };
}

async function importUrl(url: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(url)) as Readonly<Record<string, unknown>>;
}

/** Runs a bundle under the name of its source, so that packages are found as the source finds them. */
function runCommonJs(path: string, bundle: Bundle): Readonly<Record<string, unknown>> {
  const module: { exports: Readonly<Record<string, unknown>> } = { exports: {} };
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  const main = compileFunction(bundle.code(), names, {
    filename: path,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  main.call(module.exports, module.exports, createRequire(path), module, path, dirname(path));
  return module.exports;
}

function formatOf(path: string, io: Io): ModuleFormat {
  if (extname(path) !== '.ts') return extname(path) === '.mts' ? 'esm' : 'cjs';
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const text = readText(io.fs, join(directory, 'package.json'));
    if (text !== undefined) return /"type"\s*:\s*"module"/.test(text) ? 'esm' : 'cjs';
    if (dirname(directory) === directory) return 'cjs';
  }
}
