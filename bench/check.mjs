// What the proofs cost: beside the rendering that they follow, and for 10, 100 and 1,000 services, where
// twice the services should take twice the time.
//
//   npm run bench:check [-- ROUNDS]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { App, Chart } = require('cdk8s');
const { EnvValue, formatIssue, Postgres, Service, TarsChart, verify } = require('../build/lib/index.js');
const { subjectOf } = require('../build/lib/synth.js');
const { carryOut, PROOFS } = require('../build/lib/verify/proofs.js');

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CLI = join(ROOT, 'build', 'lib', 'cli', 'main.js');

const rounds = Number(process.argv[2] ?? 3);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('usage: npm run bench:check -- ROUNDS');

/** The TARS stack. */
function tars() {
  const app = new App();
  new TarsChart(app, 'tars');
  return app;
}

/** Groups of ten: nine services that talk to the next one of their group, and a database that all of them use. */
function services(count) {
  const app = new App();
  for (let group = 0; group < count / 10; group++) {
    const chart = new Chart(app, `group-${group}`, { namespace: `group-${group}` });
    const db = new Postgres(chart, 'db', {
      database: 'notes',
      composeName: `group-${group}-db`,
      publish: 20_000 + group,
    });
    let next;
    for (let i = 0; i < 9; i++) {
      const env = {
        DATABASE_URL: db.endpoint.url({ scheme: 'postgresql', user: 'postgres', path: '/notes' }),
        ...(next === undefined ? {} : { NEXT_URL: next.endpointOf('http').url() }),
        LOG_LEVEL: EnvValue.fromValue('info'),
      };
      const name = `s${i}`;
      next = new Service(chart, name, {
        image: 'nginx:1.29.2',
        composeName: `group-${group}-${name}`,
        ports: [{ name: 'http', port: 8080 }],
        health: { readiness: { httpPath: '/' } },
        runAs: { httpClient: 'wget' },
        env,
      });
    }
  }
  return app;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Time of the processor, so that other programs on the machine do not count. */
function timed(run) {
  const start = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(start);
  return { result, milliseconds: (user + system) / 1000 };
}

/** Milliseconds of the rendering and of each proof. @throws when the proofs do not hold: failures cost extra */
function measure(make) {
  const errors = verify(subjectOf(make())).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.slice(0, 5).map(formatIssue).join('\n'));
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const app = make();
    const { result: subject, milliseconds: rendering } = timed(() => subjectOf(app));
    const proofs = PROOFS.map((proof) => timed(() => carryOut(proof, subject)).milliseconds);
    samples.push([rendering, ...proofs]);
  }
  return samples[0].map((_, i) => median(samples.map((sample) => sample[i])));
}

const head = ['', 'rendering', ...PROOFS.map(({ name }) => name), 'proofs/rendering'];
const widths = head.map((text) => Math.max(10, text.length));
const line = (cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(widths[i]))).join('  ');
const share = ([rendering, ...proofs]) => `${((100 * proofs.reduce((a, b) => a + b, 0)) / rendering).toFixed(0)} %`;
const row = (name, values) => line([name, ...values.map((value) => `${value.toFixed(1)} ms`), share(values)]);

/** Milliseconds of one run of the command line in this repository, from start to end. */
function wholeRun(...args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`tars ${args.join(' ')} ended with ${status}\n${stderr}`);
  return performance.now() - start;
}

// Interleaved, so that both meet the same machine; the first round fills caches.
wholeRun('check');
const runs = Array.from({ length: Math.max(rounds, 5) }, () => ({
  without: wholeRun('check', '--only', 'rules'),
  all: wholeRun('check'),
}));
const [without, all] = [median(runs.map((run) => run.without)), median(runs.map((run) => run.all))];
const added = median(runs.map((run) => run.all / run.without - 1));
console.log(
  `tars check, whole process: ${without.toFixed(0)} ms to render and ask the rules, ${all.toFixed(0)} ms with all proofs`,
);
console.log(`the proofs add ${(100 * added).toFixed(0)} % (median of ${runs.length} pairs)\n`);

// What is compiled on the first run is not counted.
measure(tars);
console.log(line(head));
console.log(row('TARS', measure(tars)));
let before;
for (const count of [10, 100, 1000]) {
  const values = measure(() => services(count));
  console.log(row(`${count} services`, values));
  if (before !== undefined) {
    const growth = values.map((value, i) => `${(value / before[i] / 10).toFixed(2)}`);
    console.log(line(['  per service', ...growth, '(1 is linear)']));
  }
  before = values;
}
