import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { findAppFile } from './app-file';
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
import type { ExitCode } from './exit-code';
import type { Main } from './import-main';
import type { Io } from './io';
import { IMPORT } from './pack-import';

/** The tool and the user's main file, in one script. */
export interface Pack {
  /** Runs a command line, as the tool itself does. */
  readonly run: (argv: readonly string[], io: Io) => Promise<ExitCode>;
  /** Keeps what V8 compiled, for the next run. */
  readonly keepCompiled: () => void;
}

/** What a pack exports. */
interface PackExports {
  readonly run: (argv: readonly string[], io: Io, main: Omit<PackedMain, 'load'>) => Promise<ExitCode>;
}

/** The main file of a pack. */
export interface PackedMain extends Main {
  readonly path: string;
}

interface Manifest {
  readonly version: 3;
  readonly inputs: Inputs;
  /** Name of the script; null: this main file cannot be packed. */
  readonly bundle: string | null;
}

/** Commands that load the user's app. */
const COMMANDS = ['synth', 'check', 'secrets', 'graph', 'images'];

/**
 * The pack of the main file that a command line is about, from the cache or made now. Undefined where
 * there is none: then the files are loaded one by one, and the run is the same but for its time.
 * @param program path of the built `lib/cli/main.js`
 */
export async function openPack(argv: readonly string[], program: string, io: Io): Promise<Pack | undefined> {
  if (!COMMANDS.includes(argv[0] ?? '') || argv.some((word) => /^(-h|--help|help|--)$/.test(word))) return undefined;
  if (!mayUseCache(io)) return undefined;
  try {
    const path = findAppFile(appOption(argv), io);
    return path === undefined ? undefined : await packOf(path, program, io);
  } catch {
    // No pack is no failure: a directory that cannot be written, for instance.
    return undefined;
  }
}

function appOption(argv: readonly string[]): string | undefined {
  const at = argv.indexOf('--app');
  const [, joined] = argv.map((word) => /^--app=(.*)$/.exec(word)).find((match) => match !== null) ?? [];
  return at === -1 ? joined : argv[at + 1];
}

async function packOf(path: string, program: string, io: Io): Promise<Pack | undefined> {
  const directory = cacheDirectory(path, io);
  const manifestFile = join(directory, `${hash(`pack ${path} ${program}`)}.json`);
  const manifest = readManifest<Manifest>(io.fs, manifestFile, 3);
  if (manifest !== undefined && isFresh(manifest.inputs, io.fs)) {
    return manifest.bundle === null ? undefined : load(join(directory, manifest.bundle), path, program, io);
  }
  const { packMain } = await import('./pack.js');
  const made = await packMain(path, program, io);
  const bundle = made === undefined ? null : `${hash(made.code)}.pack.cjs`;
  if (made !== undefined && bundle !== null) {
    replaceFile(io.fs, join(directory, `${bundle}.map`), made.map);
    replaceFile(io.fs, join(directory, bundle), made.code);
  }
  // Of a file that cannot be packed no more is known than itself: it is tried again when it changes.
  const inputs = signaturesOf(made?.inputs ?? [path, program], io.fs);
  replaceFile(io.fs, manifestFile, JSON.stringify({ version: 3, inputs, bundle } satisfies Manifest));
  const before = manifest?.bundle ?? null;
  if (before !== null && before !== bundle) removeFile(io.fs, join(directory, before));
  return bundle === null ? undefined : load(join(directory, bundle), path, program, io);
}

/**
 * Runs under the name of the tool's own file, from which its packages are found. Positions in it are
 * those of the pack, and its map leads back to the sources.
 */
function load(file: string, path: string, program: string, io: Io): Pack {
  const code = `(function (exports, require, module, __filename, __dirname, ${IMPORT}) {${io.fs.readFileSync(file, 'utf8')}\n})`;
  const compiled = io.fs.existsSync(`${file}.v8`) ? io.fs.readFileSync(`${file}.v8`) : undefined;
  const script = new Script(code, {
    filename: program,
    ...(compiled === undefined ? {} : { cachedData: compiled }),
  });
  const module = { exports: {} };
  const start = script.runInThisContext() as (...args: unknown[]) => void;
  const importLater = (specifier: string): Promise<unknown> => import(specifier);
  start.call(module.exports, module.exports, createRequire(program), module, program, dirname(program), importLater);
  const { run } = module.exports as PackExports;
  const map = (): string => io.fs.readFileSync(`${file}.map`, 'utf8');
  const main = { path, sourceMap: () => ({ file: program, json: map(), root: dirname(path) }) };
  return {
    run: (argv, packedIo) => run(argv, packedIo, main),
    keepCompiled: () => {
      if (compiled !== undefined && script.cachedDataRejected !== true) return;
      replaceFile(io.fs, `${file}.v8`, script.createCachedData());
    },
  };
}
