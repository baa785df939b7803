#!/usr/bin/env node
import type { ExitCode } from './exit-code';
import type { Io } from './io';
import { nodeIo } from './node-io';
import type { PackedMain } from './pack-cache';
import { openPack } from './pack-cache';
import { removeSteering } from './steering';
import { watchOutput } from './unread';

/** Runs a command line inside of a pack, on the main file that the pack brings. */
export async function runPacked(argv: readonly string[], io: Io, packed: PackedMain): Promise<ExitCode> {
  const { run } = await import('./run.js');
  const { loadAppBy } = await import('./load-app.js');
  const { importMain } = await import('./import-main.js');
  const prepare: typeof importMain = (path, own) =>
    path === packed.path ? Promise.resolve(packed) : importMain(path, own);
  return run(argv, io, loadAppBy(prepare));
}

async function start(): Promise<void> {
  const endUnread = watchOutput(process);
  for (const name of removeSteering(process.env)) {
    process.stderr.write(`warning: ${name} is set, and ignored: the same model gives the same output everywhere\n`);
  }
  const argv = process.argv.slice(2);
  const io = nodeIo(process, endUnread);
  const pack = await openPack(argv, __filename, io);
  process.exitCode = pack === undefined ? await (await import('./run.js')).run(argv, io) : await pack.run(argv, io);
  pack?.keepCompiled();
}

// In a pack it is a module among others.
if (require.main === module) void start();
