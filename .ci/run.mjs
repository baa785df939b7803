// Runs the steps of the table below, all that can run, and ends with one line that adds up what the
// steps counted: "N passed, N failed, N skipped". Node's own modules only: it runs before `npm ci`.
//   node .ci/run.mjs [step ...]     these steps alone (as if what they need had passed)
// Steps of a lane run one after the other, lanes side by side; what everything rests on runs before.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countExit, countJest, countNodeTest, countPlainLine } from './counts.mjs';
import { failuresOf } from './failures.mjs';
import { gitStatus, outputAsCommitted } from './git.mjs';
import { install } from './machine.mjs';
import { runStep } from './process.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), 'tars-ci-'));
const jestReport = join(scratch, 'jest.json');

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string[][]} run commands, one after the other, until one fails
 * @property {(output: string) => import('./counts.mjs').Counts} count reads what the runner counted
 * @property {number} minutes after which it is ended, and has failed
 * @property {string} [file] has to exist, or the step has failed
 * @property {string[]} [needs] steps that it waits for, and that must have passed, or it cannot run (and has failed)
 * @property {string[]} [tools] rows of the table in machine.mjs
 * @property {() => string | undefined} [after] a last check; a text says what is wrong
 * @property {'before' | 'checkout' | 'servers' | 'compose' | 'kubernetes'} [lane] `checkout` unless said otherwise
 * @property {Record<string, string>} [env] what it runs with besides
 */

/** @type {Step[]} */
const steps = [
  // The two halves of the README's `npm ci && npm test`.
  { name: 'install', run: [['npm', 'ci']], count: countExit, minutes: 15, lane: 'before' },
  // Cold, this builds Kubernetes: some 8 minutes.
  {
    name: 'testbed',
    file: 'test/testbed/get.mjs',
    run: [
      [
        'node',
        'test/testbed/get.mjs',
        'etcd',
        'kubernetes',
        'compose',
        'kubeconform',
        'kube-score',
        'trivy',
        'hpa-oracle',
      ],
    ],
    count: countExit,
    minutes: 30,
    lane: 'before',
    tools: ['go'],
  },
  // Cold, this builds a node's and an engine's programs: some 20 minutes.
  {
    name: 'machines',
    file: 'test/testbed/get.mjs',
    run: [['node', 'test/testbed/get.mjs', 'node', 'engine']],
    count: countExit,
    minutes: 45,
    lane: 'before',
    needs: ['testbed'],
    tools: ['go'],
  },
  // Goes by the controller's own clock, so it has the machine to itself.
  {
    name: 'realtime',
    file: 'test/e2e/run.mjs',
    run: [['node', 'test/e2e/run.mjs', 'autoscaling']],
    count: countPlainLine,
    minutes: 15,
    lane: 'before',
    needs: ['install', 'testbed'],
  },
  {
    name: 'test',
    run: [['npm', 'test', '--', '--ci', '--json', `--outputFile=${jestReport}`]],
    count: () => countJest(jestReport),
    minutes: 40,
    needs: ['install'],
  },
  { name: 'lint', run: [['npm', 'run', 'lint']], count: countPlainLine, minutes: 20, needs: ['install'] },
  { name: 'package', run: [['npm', 'run', 'lint:package']], count: countExit, minutes: 5, needs: ['install'] },
  { name: 'imports', run: [['npm', 'run', 'imports:check']], count: countExit, minutes: 5, needs: ['install'] },
  {
    name: 'schemas',
    run: [['npm', 'run', 'schemas:check']],
    count: countExit,
    minutes: 10,
    needs: ['install'],
    tools: ['go'],
  },
  {
    name: 'synth',
    run: [['npm', 'run', 'synth']],
    count: countExit,
    minutes: 5,
    needs: ['install'],
    after: () => outputAsCommitted(['dist', 'compose', 'docker']),
  },
  {
    name: 'app',
    file: 'app/test.mjs',
    run: [['node', 'app/test.mjs']],
    count: countPlainLine,
    minutes: 45,
    needs: ['install'],
    tools: ['python', 'postgres', 'redis', 'chromium', 'openssl'],
  },
  {
    name: 'testbed-test',
    file: 'test/testbed/testbed.test.mjs',
    // One file at a time: each starts servers.
    run: [['node', '--test', '--test-concurrency=1', '--test-reporter=tap', ...testsIn('test/testbed')]],
    count: countNodeTest,
    minutes: 20,
    lane: 'servers',
    needs: ['install', 'testbed'],
  },
  {
    name: 'e2e',
    file: 'test/e2e/run.mjs',
    run: [['node', 'test/e2e/run.mjs', '--but', 'autoscaling']],
    count: countPlainLine,
    minutes: 40,
    lane: 'servers',
    needs: ['install', 'testbed'],
  },
  // The running stack. One engine builds what the node needs, and is then left to Compose. Cold, that takes some 6 minutes.
  {
    name: 'images',
    file: 'test/live/prepare.mjs',
    run: [['node', 'test/live/prepare.mjs', join(scratch, 'images.json')]],
    count: countExit,
    minutes: 20,
    lane: 'compose',
    needs: ['install', 'machines'],
    tools: ['mmdebstrap'],
  },
  {
    name: 'live-compose',
    file: 'test/live/run.mjs',
    run: [['npm', 'run', 'e2e:compose']],
    count: countPlainLine,
    minutes: 45,
    lane: 'compose',
    needs: ['install', 'machines'],
    tools: ['chromium', 'certutil', 'openssl'],
  },
  {
    name: 'oracles',
    file: 'test/oracles/fit.test.mjs',
    run: [
      ['node', '.ci/build.mjs', '--quiet'],
      // One file at a time: each starts servers.
      ['node', '--test', '--test-concurrency=1', '--test-reporter=tap', ...testsIn('test/oracles')],
    ],
    count: countNodeTest,
    minutes: 35,
    // Compose is through long before the others.
    lane: 'compose',
    // By hand they do more of the same: 10,000 requests, 50 cases.
    env: { BALANCING_REQUESTS: '3000', FIT_CASES: '25' },
    needs: ['install', 'testbed'],
    tools: ['mmdebstrap'],
  },
  {
    name: 'live-k8s',
    file: 'test/live/run.mjs',
    run: [['npm', 'run', 'e2e:k8s']],
    count: countPlainLine,
    minutes: 60,
    lane: 'kubernetes',
    needs: ['install', 'machines', 'images'],
    tools: ['chromium', 'certutil', 'openssl'],
  },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${steps.map((step) => step.name).join(', ')}`);
  process.exit(2);
}
const chosen = steps.filter((step) => wanted.length === 0 || wanted.includes(step.name));

const treeBefore = gitStatus();
install([...new Set(chosen.flatMap((step) => step.tools ?? []))]);

/**
 * @type {{ name: string, passed: number, failed: number, skipped: number, seconds: number, why: string[],
 *   output: string }[]}
 */
const results = [];
/** What is over, by the name of the step. @type {Map<string, Promise<void>>} */
const over = new Map();
/** @type {Map<string, () => void>} */
const end = new Map();
for (const { name } of chosen) over.set(name, new Promise((resolve) => end.set(name, resolve)));
process.env.TARS_LIVE_IMAGES = join(scratch, 'images.json');
await runLane('before', print);
// Servers and machines wait a good deal, so four lanes keep two cores busy. What most of them print comes at the end of a
// step, so that nobody has to read two at once.
await Promise.all([runLane('checkout', print), runLane('servers'), runLane('compose'), runLane('kubernetes')]);
results.push(nothingLeftBehind());
rmSync(scratch, { recursive: true, force: true });
report();

/**
 * @param {NonNullable<Step['lane']>} lane
 * @param {(text: string) => void} [out] takes what is printed at once; without it, it is printed at the end of each step
 */
async function runLane(lane, out) {
  for (const step of chosen.filter((one) => (one.lane ?? 'checkout') === lane)) {
    /** @type {string[]} */
    const held = [];
    await Promise.all((step.needs ?? []).map((name) => over.get(name)));
    if (out === undefined) print(`\n=== ${step.name} begins\n`);
    results.push(await perform(step, out ?? ((text) => held.push(text))));
    for (const text of held) print(text);
    end.get(step.name)?.();
  }
}

/** @param {string} text */
function print(text) {
  process.stdout.write(text);
}

/**
 * @param {Step} step
 * @param {(text: string) => void} out
 */
async function perform(step, out) {
  const started = performance.now();
  const result = {
    name: step.name,
    passed: 0,
    failed: 0,
    skipped: 0,
    seconds: 0,
    why: /** @type {string[]} */ ([]),
    output: '',
  };
  out(`\n=== ${step.name}\n`);
  const broken = (step.needs ?? []).filter((name) => (results.find((r) => r.name === name)?.failed ?? 0) > 0);
  if (broken.length > 0) {
    result.why.push(`cannot run without ${broken.join(', ')}`);
  } else if (step.file !== undefined && !existsSync(step.file)) {
    result.why.push(`${step.file} does not exist`);
  } else {
    const { output, problem } = await runStep(step.run, step.minutes, out, step.env);
    const { passed, failed, skipped, problem: uncounted } = step.count(output);
    Object.assign(result, { passed, failed, skipped, output });
    if (problem !== undefined) result.why.push(problem);
    else if (uncounted !== undefined) result.why.push(uncounted);
    const after = problem === undefined ? step.after?.() : undefined;
    if (after !== undefined) result.why.push(after);
  }
  // A runner that fails counts its failures; whatever else went wrong is one more.
  if (result.why.length > 0 && result.failed === 0) result.failed = 1;
  if (result.failed > 0 && step.count === countExit) result.passed = 0;
  result.seconds = (performance.now() - started) / 1000;
  for (const why of result.why) out(`${step.name}: ${why}\n`);
  return result;
}

/** @param {string} folder */
function testsIn(folder) {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith('.test.mjs')).map((file) => `${folder}/${file}`);
}

/** A run leaves the checkout as it found it. */
function nothingLeftBehind() {
  const before = new Set(treeBefore);
  const left = gitStatus().filter((line) => !before.has(line));
  const why = left.length > 0 ? [`the run changed the checkout:\n${left.join('\n')}`] : [];
  for (const text of why) console.log(`\n=== checkout\n${text}`);
  return { name: 'checkout', passed: 1 - why.length, failed: why.length, skipped: 0, seconds: 0, why, output: '' };
}

function report() {
  const place = (/** @type {string} */ name) => steps.findIndex((step) => step.name === name);
  // What is no step of the table, the checkout, is last as it was.
  results.sort(
    (a, b) =>
      ((place(a.name) + steps.length + 1) % (steps.length + 1)) -
      ((place(b.name) + steps.length + 1) % (steps.length + 1)),
  );
  // Once more at the end, where whoever reads it looks first.
  for (const { name, failed, output } of results) {
    if (failed > 0 && output !== '') console.log(`\n=== ${name}, what failed\n${failuresOf(output)}`);
  }
  console.log(
    `\n${'step'.padEnd(14)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'s'.padStart(8)}`,
  );
  for (const { name, passed, failed, skipped, seconds, why } of results) {
    const numbers = `${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped).padStart(9)}`;
    const first = why[0]?.split('\n')[0];
    console.log(
      `${name.padEnd(14)}${numbers}${seconds.toFixed(1).padStart(8)}${first === undefined ? '' : `  ${first}`}`,
    );
  }
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => results.reduce((n, r) => n + r[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}
