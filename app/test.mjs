/**
 * All tests and checks of the reference application: `node app/test.mjs`.
 *
 * Needs Node, Python 3.11 or later, and PostgreSQL's and Redis' programs (the tests start servers of
 * their own). `--unit` leaves out what needs the latter two. The Python environment is kept in a
 * cache outside the checkout, by the hash of what is in it. No shell, no dependencies.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APP = dirname(fileURLToPath(import.meta.url));
const BACKEND = join(APP, 'backend');
const FRONTEND = join(APP, 'frontend');
const WINDOWS = process.platform === 'win32';
const OLDEST_PYTHON = [3, 11];

const args = process.argv.slice(2);
const unknown = args.filter((arg) => arg !== '--unit');
if (unknown.length > 0) {
  console.error(`unknown argument ${unknown.join(' ')}; allowed: --unit`);
  process.exit(2);
}
const unitOnly = args.includes('--unit');

/** A message for people, and the end. */
function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

function run(command, parameters, options = {}) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...options.env };
  // npm is a script on Windows, which only a shell starts; nothing here needs quoting.
  const shell = WINDOWS && command === 'npm';
  const result = spawnSync(command, parameters, { stdio: 'inherit', shell, ...options, env });
  return result.status ?? 1;
}

function must(what, command, parameters, options) {
  console.log(`\n--- ${what}`);
  if (run(command, parameters, options) !== 0) fail(`${what} failed`);
}

const hash = (...parts) => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex').slice(0, 16);
};

const cacheRoot = () => {
  if (process.env.TARS_CACHE_DIR) return process.env.TARS_CACHE_DIR;
  if (WINDOWS) return join(process.env.LOCALAPPDATA ?? tmpdir(), 'cdk8s-tars');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk8s-tars');
};

/** The first Python that is new enough, with its version. */
function findPython() {
  const names = process.env.PYTHON ? [process.env.PYTHON] : ['python3.12', 'python3', 'python'];
  for (const name of names) {
    const ask = ['-c', 'import sys; print(sys.version.split()[0], sys.executable)'];
    const { status, stdout } = spawnSync(name, ask, { encoding: 'utf8' });
    if (status !== 0) continue;
    const [version = '', ...path] = stdout.trim().split(' ');
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [oldMajor = 0, oldMinor = 0] = OLDEST_PYTHON;
    if (major === oldMajor && minor >= oldMinor) return { version, path: path.join(' ') };
  }
  return fail(`no Python ${OLDEST_PYTHON.join('.')} or later among ${names.join(', ')}`);
}

/** The environment's Python; made if there is none with these requirements. */
function pythonEnvironment() {
  const python = findPython();
  const files = ['requirements.txt', 'requirements-dev.txt'];
  const contents = files.map((file) => readFileSync(join(BACKEND, file), 'utf8'));
  const folder = join(cacheRoot(), `app-python-${hash(python.version, python.path, ...contents)}`);
  const inside = WINDOWS ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    // A run that was stopped half way leaves a folder without the mark.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    must(`Python ${python.version}: a new environment`, python.path, ['-m', 'venv', folder]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    must('Python packages', inside, [...install, '-r', join(BACKEND, 'requirements-dev.txt')]);
    writeFileSync(complete, '');
  }
  return inside;
}

/** `npm ci`, unless node_modules is what the lock file says already. */
function nodeModules() {
  const files = ['package.json', 'package-lock.json'].map((file) =>
    readFileSync(join(FRONTEND, file), 'utf8'),
  );
  const mark = join(FRONTEND, 'node_modules', '.tars-hash');
  const wanted = hash(process.version, ...files);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  must('frontend packages', 'npm', ['ci'], { cwd: FRONTEND });
  writeFileSync(mark, wanted);
}

const reports = mkdtempSync(join(tmpdir(), 'tars-app-'));

function testBackend() {
  const python = pythonEnvironment();
  const inBackend = { cwd: BACKEND };
  must('backend: style', python, ['-m', 'ruff', 'check', '--no-cache', '.'], inBackend);
  must('backend: format', python, ['-m', 'ruff', 'format', '--check', '--no-cache', '.'], inBackend);
  const mypyCache = `--cache-dir=${join(cacheRoot(), 'app-mypy')}`;
  must('backend: types', python, ['-m', 'mypy', mypyCache], inBackend);
  console.log('\n--- backend: tests');
  const report = join(reports, 'backend.xml');
  const which = unitOnly ? ['tests/unit'] : [];
  const parameters = ['-m', 'pytest', '-q', '--durations=5', `--junitxml=${report}`, ...which];
  const status = run(python, parameters, inBackend);
  const suite = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const count = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const bad = count('failures') + count('errors');
  return result('backend', status, count('tests') - bad - count('skipped'), bad, count('skipped'));
}

function testFrontend() {
  nodeModules();
  const tool = (path, ...more) => [join(FRONTEND, 'node_modules', path), ...more];
  const native = ['--configLoader', 'native'];
  const inFrontend = { cwd: FRONTEND };
  must('frontend: types', process.execPath, tool('typescript/bin/tsc', '--noEmit'), inFrontend);
  const build = ['build', ...native, '--outDir', join(reports, 'dist')];
  must('frontend: build', process.execPath, tool('vite/bin/vite.js', ...build), inFrontend);
  console.log('\n--- frontend: tests');
  const report = join(reports, 'frontend.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const parameters = tool('vitest/vitest.mjs', 'run', ...native, ...reporters);
  const status = run(process.execPath, parameters, inFrontend);
  const found = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = found;
  return result('frontend', status, numPassedTests, numFailedTests, numPendingTests);
}

/** What a runner said; one that failed without a failed test, or found none, counts as a failure. */
function result(name, status, passed, failed, skipped) {
  const broken = (status !== 0 && failed === 0) || passed + failed === 0;
  return { name, passed, failed: failed + (broken ? 1 : 0), skipped };
}

function timed(test) {
  const began = Date.now();
  const outcome = test();
  return { ...outcome, seconds: ((Date.now() - began) / 1000).toFixed(1) };
}

const outcomes = [];
try {
  outcomes.push(timed(testBackend), timed(testFrontend));
} finally {
  rmSync(reports, { recursive: true, force: true });
}

console.log('');
const total = { passed: 0, failed: 0, skipped: 0 };
for (const { name, passed, failed, skipped, seconds } of outcomes) {
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
