import { join } from 'node:path';
import type { Issue } from '../model/issues';
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
  const text = readText(io.fs, join(io.cwd, WAIVERS_FILE));
  if (text === undefined) return [];
  return (await import('../synth/read-waivers.js')).readWaivers(text, WAIVERS_FILE);
}

/** Waivers that none of the environments of a complete run had a finding for. */
export function staleIssues(waivers: readonly Waiver[], used: readonly ReadonlySet<Waiver>[]): Issue[] {
  return staleWaivers(WAIVERS_FILE, waivers, new Set(used.flatMap((one) => [...one])));
}
