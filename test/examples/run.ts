import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { load, loadAll } from 'js-yaml';
import type { ComposeFile } from '../../lib/compose/compose-file';

/** What a run wrote: text by path, in order of paths. */
export type Files = Readonly<Record<string, string>>;

/** Any Kubernetes object, as a test looks at it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- fields of any kind of object
  readonly spec: any;
  readonly data?: Readonly<Record<string, string>>;
}

/** Runs something in an empty directory, and reads what it wrote there. */
export function inEmptyDirectory<T>(run: () => T): { readonly result: T; readonly files: Files } {
  const before = process.cwd();
  const directory = mkdtempSync(join(tmpdir(), 'cdk8s-tars-example-'));
  try {
    process.chdir(directory);
    const result = run();
    return { result, files: readFiles(directory) };
  } finally {
    process.chdir(before);
    rmSync(directory, { recursive: true, force: true });
  }
}

function readFiles(directory: string): Files {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    paths.map((path) => [relative(directory, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  );
}

/** The files whose paths match. */
export function pick(files: Files, pattern: RegExp): Files {
  return Object.fromEntries(Object.entries(files).filter(([path]) => pattern.test(path)));
}

/** The objects of one manifest file. */
export function manifestsOf(files: Files, path: string): Manifest[] {
  return loadAll(textOf(files, path)) as Manifest[];
}

/** The one object of a kind and a name. */
export function objectOf(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((one) => one.kind === kind && one.metadata.name === name);
  const [first] = found;
  if (found.length !== 1 || first === undefined) throw new Error(`${found.length} objects are ${kind}/${name}`);
  return first;
}

/** The compose file of a run. */
export function composeOf(files: Files, path = 'compose/docker-compose.yml'): ComposeFile {
  return load(textOf(files, path)) as ComposeFile;
}

function textOf(files: Files, path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`${path} was not written; there are ${Object.keys(files).join(', ')}`);
  return text;
}
