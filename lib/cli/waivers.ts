import { join } from 'node:path';
import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import { staleWaivers } from '../verify/waivers';
import type { Waiver } from '../verify/waivers';
import { readText } from './files';
import type { Io } from './io';

/** The project's file of waivers. Its reader is loaded only where there is one. */
export const WAIVERS_FILE = 'tars.waivers.yaml';

/**
 * What the project waives; nothing, where it has no such file.
 * @throws TarsError with TARS6710 for everything that is wrong with the file
 */
export async function loadWaivers(io: Io): Promise<readonly Waiver[]> {
  const path = join(io.cwd, WAIVERS_FILE);
  // A pipe or a device would never end.
  if (io.fs.statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
    throw new TarsError([
      {
        code: 'TARS6710',
        severity: 'error',
        path: WAIVERS_FILE,
        message: 'there is something of this name that is no file',
        allowed: 'a file with a list below `waivers:`',
        remedy: 'put the file there, or remove what is there',
      },
    ]);
  }
  const text = readText(io.fs, path);
  if (text === undefined) return [];
  return (await import('../synth/read-waivers.js')).readWaivers(text, WAIVERS_FILE);
}

/** Waivers that none of the environments of a complete run had a finding for. */
export function staleIssues(waivers: readonly Waiver[], used: readonly ReadonlySet<Waiver>[]): Issue[] {
  return staleWaivers(WAIVERS_FILE, waivers, new Set(used.flatMap((one) => [...one])));
}
