// Cold start, side by side: `tars synth` against the default `npx cdk8s synth` (ts-node) and against an
// empty node process, on the same main.ts in the same project, in interleaved rounds.
//
//   npm run bench [-- ROUNDS]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const rounds = Number(process.argv[2] ?? 7);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('usage: npm run bench -- ROUNDS');

/** A project as `cdk8s init typescript-app` makes it, with this package installed. */
function makeProject() {
  const project = mkdtempSync(join(tmpdir(), 'tars-bench-'));
  const modules = join(project, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '.cache' && name !== '.package-lock.json')
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  symlinkSync(ROOT, join(modules, 'cdk8s-tars'), 'dir');
  writeFileSync(join(project, 'main.ts'), readFileSync(join(ROOT, 'main.ts'), 'utf8'));
  writeFileSync(join(project, 'package.json'), '{"name":"bench","private":true}\n');
  writeFileSync(join(project, 'cdk8s.yaml'), 'language: typescript\napp: npx ts-node main.ts\n');
  const compilerOptions = { target: 'ES2022', module: 'node20', strict: true, skipLibCheck: true, types: ['node'] };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['main.ts'] }));
  return project;
}

function timed(command, args, cwd) {
  const start = process.hrtime.bigint();
  const result = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32' && command === 'npx',
  });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  if (result.status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status}\n${result.stdout}${result.stderr}`);
  }
  return milliseconds;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

timed(process.execPath, [join(ROOT, '.ci', 'build.mjs'), '--types'], ROOT);
const project = makeProject();
try {
  const tars = [process.execPath, [join(ROOT, 'build', 'lib', 'cli', 'main.js'), 'synth']];
  const contenders = {
    'tars synth': () => timed(...tars, project),
    'npx cdk8s synth (ts-node)': () => timed('npx', ['cdk8s', 'synth'], project),
    'empty node process': () => timed(process.execPath, ['-e', ''], project),
  };
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  // The first round makes secrets, fills caches and is not counted.
  for (const run of Object.values(contenders)) run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) times[name].push(run());
  }
  const [ours, stock, empty] = Object.keys(contenders);
  for (const [name, values] of Object.entries(times)) {
    const show = (v) => `${v.toFixed(0)} ms`.padStart(8);
    console.log(
      `${name.padEnd(28)} median ${show(median(values))}  min ${show(Math.min(...values))}  max ${show(Math.max(...values))}`,
    );
  }
  const ratio = (a, b) => median(times[a].map((value, i) => value / times[b][i]));
  console.log(`\n${ours} is ${ratio(stock, ours).toFixed(1)} times as fast as ${stock}`);
  console.log(`${ours} takes ${ratio(ours, empty).toFixed(2)} times an ${empty}`);
} finally {
  rmSync(project, { recursive: true, force: true });
}
