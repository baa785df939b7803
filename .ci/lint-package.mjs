// Packs the package and lets publint and attw judge the tarball.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { npm } from './npm.mjs';

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'cdk8s-tars-pack-'));
let failed = false;
try {
  const { command, args, options } = npm('pack', '--pack-destination', folder);
  run('npm pack', command, args, options);
  const tarball = failed
    ? undefined
    : join(
        folder,
        readdirSync(folder).find((file) => file.endsWith('.tgz')),
      );
  if (tarball !== undefined) {
    run('publint', process.execPath, [binOf('publint', 'publint'), tarball, '--strict']);
    // CommonJS for Node: how `moduleResolution: node10` sees subpaths is not our concern.
    run('attw', process.execPath, [
      binOf('@arethetypeswrong/cli', 'attw'),
      tarball,
      '--profile',
      'node16',
      '--no-color',
    ]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;

function run(name, command, args, options = {}) {
  const { status } = spawnSync(command, args, { ...options, stdio: 'inherit' });
  if (status === 0) return;
  failed = true;
  console.error(`${name} failed`);
}

/** The program of an installed package, for `node`. */
function binOf(name, bin) {
  const file = packageJson(name);
  const { bin: bins } = JSON.parse(readFileSync(file, 'utf8'));
  return join(dirname(file), typeof bins === 'string' ? bins : bins[bin]);
}

/** require.resolve('x/package.json') fails where the exports of x do not name it. */
function packageJson(name) {
  const file = require.resolve.paths(name)?.map((path) => join(path, name, 'package.json')) ?? [];
  for (const candidate of file) {
    try {
      readFileSync(candidate);
      return candidate;
    } catch {
      // Not here; the next folder up.
    }
  }
  throw new Error(`${name} is not installed`);
}
