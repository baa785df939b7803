import { isAbsolute, join } from 'node:path';
import type { Io } from './io';

/** Where the app is looked for, when nobody says. */
export const USUAL_FILES = ['main.ts', 'main.mts', 'main.cts', 'main.js', 'main.mjs', 'main.cjs'];

/** Absolute path of the file that exports the app; undefined: it is not there. */
export function findAppFile(given: string | undefined, io: Io): string | undefined {
  return (given === undefined ? USUAL_FILES : [given])
    .map((name) => (isAbsolute(name) ? name : join(io.cwd, name)))
    .find((path) => io.fs.statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}
