import type { App } from 'cdk8s';
import { App as CdkApp } from 'cdk8s';
import { relative } from 'node:path';
import type { Issue } from '../model/issues';
import { isDnsLabel } from '../model/names';
import { findAppFile, USUAL_FILES } from './app-file';
import { CliError, issuesOf } from './errors';
import type { Main } from './import-main';
import { importMain } from './import-main';
import type { Io } from './io';
import { describeThrown } from './thrown';

/** The apps that a main file exports. */
export interface LoadedApp {
  /** The file, as messages name it. */
  readonly file: string;
  /** The default export. */
  readonly app: App;
  /** The export `environments`, by name. */
  readonly environments: ReadonlyMap<string, App>;
}

/** Loads the apps of a main file. */
export type LoadApp = (file: string | undefined, io: Io) => Promise<LoadedApp>;

const ENDING = 'end it with `export default app;`, where `app` is the cdk8s App';

/**
 * Imports a main file in this process and takes the App that it exports. TypeScript is bundled by
 * esbuild into a cache; a second run of the same sources loads the cache alone.
 * @throws CliError with TARS5002 (no app) or TARS5003 (it failed, or synthesized itself)
 */
export const loadApp: LoadApp = loadAppBy(importMain);

/** Takes the App of a main file that is imported in one way or another. */
export function loadAppBy(prepare: (path: string, io: Io) => Promise<Main>): LoadApp {
  return (given, io) => loadFrom(prepare, given, io);
}

async function loadFrom(
  prepare: (path: string, io: Io) => Promise<Main>,
  given: string | undefined,
  io: Io,
): Promise<LoadedApp> {
  const path = findFile(given, io);
  const file = relative(io.cwd, path).replaceAll('\\', '/');
  const synthesized: App[] = [];
  const exported = await withoutSynth(synthesized, async () => importFile(await prepare(path, io), file, io));
  const app = appOf(exported, file, synthesized);
  if (synthesized.length > 0) {
    throw new CliError({
      code: 'TARS5003',
      severity: 'error',
      path: file,
      message: 'it synthesizes while it is imported, before anything is checked',
      given: 'app.synth() at the top level',
      allowed: 'a file that constructs the app and exports it',
      remedy: 'write `if (require.main === module) app.synth();`, so that only `cdk8s synth` comes by there',
    });
  }
  return { file, app, environments: environmentsOf(exported, file) };
}

function findFile(given: string | undefined, io: Io): string {
  const found = findAppFile(given, io);
  if (found !== undefined) return found;
  throw noApp({
    path: given ?? 'main.ts',
    message: given === undefined ? 'there is no app in this directory' : 'there is no such file',
    given: given ?? io.cwd,
    allowed: given === undefined ? `one of ${USUAL_FILES.join(', ')}` : 'a TypeScript or JavaScript file',
    remedy:
      given === undefined
        ? 'change to the directory of main.ts, or name it with --app'
        : 'name the file that exports your app',
  });
}

async function importFile(main: Main, file: string, io: Io): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await main.load();
  } catch (error) {
    if (issuesOf(error) !== undefined) throw error;
    const thrown = describeThrown(error, main.sourceMap, io.cwd);
    throw new CliError(
      {
        code: 'TARS5003',
        severity: 'error',
        path: thrown.position ?? file,
        message: `the app failed while it was constructed: ${thrown.message}`,
        remedy: thrown.remedy ?? 'mend that line; --debug prints the whole stack',
      },
      undefined,
      error,
    );
  }
}

/** Runs something during which `app.synth()` writes nothing and is remembered. */
async function withoutSynth<T>(synthesized: App[], action: () => Promise<T>): Promise<T> {
  const original = Object.getOwnPropertyDescriptor(CdkApp.prototype, 'synth');
  Object.defineProperty(CdkApp.prototype, 'synth', {
    configurable: true,
    writable: true,
    value: function (this: App) {
      synthesized.push(this);
    },
  });
  try {
    return await action();
  } finally {
    if (original !== undefined) Object.defineProperty(CdkApp.prototype, 'synth', original);
  }
}

function appOf(exported: Readonly<Record<string, unknown>>, file: string, synthesized: readonly App[]): App {
  const candidate = defaultOf(exported);
  if (isApp(candidate)) return candidate;
  throw noApp({
    path: file,
    message: candidate === undefined ? 'it exports no app' : 'its default export is no cdk8s App',
    given: candidate === undefined ? namesOf(exported) : describe(candidate),
    allowed: '`export default app`, a cdk8s App',
    remedy: synthesized.length > 0 ? `in place of \`app.synth()\` ${ENDING}` : ENDING,
  });
}

/** The default export; a CommonJS file that is imported as ESM has it one level deeper. */
function defaultOf(exported: Readonly<Record<string, unknown>>): unknown {
  const outer = exported['default'];
  return typeof outer === 'object' && outer !== null && 'default' in outer && !isApp(outer) ? outer.default : outer;
}

function environmentsOf(exported: Readonly<Record<string, unknown>>, file: string): ReadonlyMap<string, App> {
  const inner = exported['default'];
  const nested =
    typeof inner === 'object' && inner !== null && 'environments' in inner ? inner.environments : undefined;
  const environments = exported['environments'] ?? nested;
  if (environments === undefined) return new Map();
  const issue = { path: `${file}: environments`, allowed: 'an object: names of DNS labels, values cdk8s Apps' };
  if (typeof environments !== 'object' || environments === null || isApp(environments)) {
    throw noApp({
      ...issue,
      message: 'not a map of environments',
      given: describe(environments),
      remedy: 'write `export const environments = { staging }`',
    });
  }
  const entries = Object.entries(environments).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    entries.map(([name, app]): [string, App] => {
      if (!isDnsLabel(name)) {
        throw noApp({
          ...issue,
          message: 'the name of an environment becomes a directory',
          given: `"${name}"`,
          remedy: 'use lower-case letters, digits and "-"',
        });
      }
      if (!isApp(app))
        throw noApp({
          ...issue,
          message: `"${name}" is no cdk8s App`,
          given: describe(app),
          remedy: 'give it an App of its own',
        });
      return [name, app];
    }),
  );
}

/** True for an App, also one of another copy of cdk8s. */
function isApp(value: unknown): value is App {
  return typeof value === 'object' && value !== null && 'node' in value && 'synth' in value && 'outdir' in value;
}

function namesOf(exported: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exported).filter((name) => name !== '__esModule');
  return names.length === 0 ? 'no exports' : `exports: ${names.join(', ')}`;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value === 'function' ? 'a function' : `a ${typeof value}`;
  // A namespace of an ES module has no constructor.
  const constructor = (value as { constructor?: { name?: string } }).constructor;
  // The bundler sets an underscore before a class that refers to itself.
  const name = constructor?.name?.replace(/^_/, '');
  return name === undefined || name === 'Object' ? 'an object' : `an object of class ${name}`;
}

function noApp(issue: Omit<Issue, 'code' | 'severity'>): CliError {
  return new CliError({ code: 'TARS5002', severity: 'error', ...issue });
}
