// The generated output, judged by the real API server, the real Compose, and linters.
//   node test/e2e/run.mjs [--but] [suite ...]      these, or all but these: kubernetes, operations, oncall, upgrade, earlier, admission, autoscaling, scaler, compose, linters
// Ends with a line "N passed, N failed, N skipped".
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(dirname(HERE));
const SUITES = [
  'kubernetes',
  'operations',
  'oncall',
  'upgrade',
  'earlier',
  'admission',
  'autoscaling',
  'scaler',
  'compose',
  'linters',
];

const [first, ...rest] = process.argv.slice(2);
const isBut = first === '--but';
const names = isBut || first === undefined ? rest : [first, ...rest];
const unknown = names.filter((name) => !SUITES.includes(name));
if (unknown.length > 0) fail(2, `no such suite: ${unknown.join(', ')}; there are ${SUITES.join(', ')}`);
const wanted = isBut ? SUITES.filter((name) => !names.includes(name)) : names.length === 0 ? SUITES : names;
if (wanted.length === 0) fail(2, 'no suite is left');
const files = wanted.map((name) => join(HERE, `${name}.test.mjs`));

const build = spawnSync(process.execPath, [join(ROOT, '.ci', 'build.mjs'), '--quiet'], { stdio: 'inherit' });
if (build.status !== 0) fail(1, 'the library does not build');
if (!existsSync(join(ROOT, 'build', 'lib', 'index.js'))) fail(1, 'the library was not built');

const args = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files];
const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
process.stdout.write(stdout);
process.stderr.write(stderr);
const count = (word) => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(stdout)?.[1] ?? NaN);
const [passed, failed, cancelled, skipped] = ['pass', 'fail', 'cancelled', 'skipped'].map(count);
if ([passed, failed, cancelled, skipped].some(Number.isNaN)) fail(1, 'the test runner printed no counts');
console.log(`${passed} passed, ${failed + cancelled} failed, ${skipped} skipped`);
process.exit(status === 0 && failed + cancelled === 0 && passed > 0 ? 0 : 1);

function fail(code, message) {
  console.error(message);
  process.exit(code);
}
