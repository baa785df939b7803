// Packs the package, lets publint and attw judge the tarball, and installs it in an empty project, as
// a user would: what test/package/ takes from this checkout comes from the registry here.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    install(tarball);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;

function install(tarball) {
  const cwd = join(folder, 'project');
  mkdirSync(cwd);
  // Without the override cdk8s-plus-27 brings some 190 packages that nobody needs (docs/getting-started.md).
  const overrides = { backport: 'npm:empty-npm-package@1.0.0' };
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'empty', private: true, overrides }));
  const { command, args, options } = npm('install', '--no-audit', '--no-fund', tarball);
  run('npm install', command, args, { ...options, cwd });
  const program = `const { Postgres, synthesize } = require('cdk8s-tars');
    const { App, Chart } = require('cdk8s');
    const { smoothWeightedSequence } = require('cdk8s-tars/ops');
    if (smoothWeightedSequence([2, 1], 3).join() !== '0,1,0') throw new Error('cdk8s-tars/ops does not work');
    const app = new App();
    new Postgres(new Chart(app, 'app'), 'db');
    console.log(synthesize(app).files.map((file) => file.path).join('\\n'));`;
  run('a program', process.execPath, ['-e', program], { cwd });
}

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
