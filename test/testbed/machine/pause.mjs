// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKey, cacheDirectory, writeWhole } from '../cache.mjs';

const compilerFlags = ['-Os', '-static', '-s', '-Wall', '-Wextra'];

/** @returns {string} the program `pause`, static; built when it is not there */
export function pauseProgram() {
  const source = fileURLToPath(new URL('../c/pause', import.meta.url));
  const parts = join(cacheDirectory(), 'parts');
  const directory = join(parts, `pause-${buildKey(source, [...compilerFlags, process.arch])}`);
  if (!existsSync(directory)) {
    mkdirSync(parts, { recursive: true });
    writeWhole(directory, (temporary) => {
      execFileSync('gcc', [...compilerFlags, '-o', join(temporary, 'pause'), join(source, 'pause.c')]);
    });
  }
  return join(directory, 'pause');
}
