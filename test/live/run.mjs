// @ts-check
// The reference application, brought up on a cluster and on an engine, and tested there.
//   node test/live/run.mjs [kubernetes] [compose] [--full] [--keep] [suite ...]
// By default on the testbed's own machines (Linux, root), which are stopped again unless they ran before;
// with --keep they stay, and the project with them. With KUBECONFIG or DOCKER_HOST set, on yours, see
// docs/testing.md. TARS_LIVE_FIGURES=FILE keeps what was measured, as JSON. Ends with a line
// "N passed, N failed, N skipped".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countNodeTest } from '../../.ci/counts.mjs';
import { install } from '../../.ci/machine.mjs';
import { engineDown } from '../testbed/engine/engine.mjs';
import { readMachine } from '../testbed/machine/state.mjs';
import { nodeDown } from '../testbed/node/node.mjs';
import { engineMachine } from './compose/machine.mjs';
import { filledInProject } from './compose/project.mjs';
import { figureTable, readFigures } from './figures.mjs';
import { clusterMachine } from './kubernetes/machine.mjs';
import { build, makeProject } from './project.mjs';
import { fileOf, suites } from './suites.mjs';

/** @typedef {import('./suites.mjs').Suite} Suite */
/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** What each target runs on, and the project that it runs. */
const table = {
  kubernetes: { machine: clusterMachine, project: makeProject },
  compose: { machine: engineMachine, project: filledInProject },
};
const targets = /** @type {(keyof typeof table)[]} */ (Object.keys(table));

const words = process.argv.slice(2);
const full = words.includes('--full');
const keep = words.includes('--keep');
const names = words.filter((word) => !word.startsWith('--'));
const namedTargets = targets.filter((target) => names.includes(target));
const wantedTargets = namedTargets.length > 0 ? namedTargets : targets;
const wantedSuites = names.filter((name) => !targets.some((target) => target === name));
const unknown = [
  ...words.filter((word) => word.startsWith('--') && !['--full', '--keep'].includes(word)),
  ...wantedSuites.filter((name) => !suites.some((suite) => suite.name === name)),
];
if (unknown.length > 0) {
  console.error(`no such suite or option: ${unknown.join(', ')}`);
  console.error(`there are ${suites.map(({ target, name }) => `${target} ${name}`).join(', ')}`);
  process.exit(2);
}

const startedAt = Date.now();
const scratch = mkdtempSync(join(tmpdir(), 'tars-live-'));
const record = join(scratch, 'figures.jsonl');
const counts = { passed: 0, failed: 0, skipped: 0 };

build();
install(['chromium', 'certutil']); // says so if it cannot; tests without a browser are skipped then
const ranBefore = { node: readMachine('node') !== undefined, engine: readMachine('engine') !== undefined };
try {
  for (const target of wantedTargets) {
    await runTarget(target);
  }
} finally {
  if (!keep) {
    await stopMachines();
  }
}
finish();

/** @param {keyof typeof table} target */
async function runTarget(target) {
  const chosen = suites.filter((suite) => suite.target === target && isWanted(suite));
  if (chosen.length === 0) {
    return;
  }
  const project = table[target].project();
  report(`the project is in ${project.directory}`);
  try {
    const { env, enter, down } = await table[target].machine(project.directory, report);
    for (const suite of chosen) {
      runSuite(suite, { ...env, TARS_LIVE_PROJECT: project.directory }, enter);
    }
    if (keep) {
      const variables = Object.entries({ ...env, TARS_LIVE_PROJECT: project.directory });
      report(`kept: ${variables.map(([name, value]) => `${name}=${value}`).join(' ')}`);
    } else {
      await down();
    }
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    counts.failed += 1;
  } finally {
    if (!keep) {
      project.remove();
    }
  }
}

/** @param {Suite} suite */
function isWanted({ name, full: onlyInFull }) {
  return wantedSuites.length > 0 ? wantedSuites.includes(name) : full || !onlyInFull;
}

/**
 * @param {Suite} suite
 * @param {Readonly<Record<string, string>>} env
 * @param {(command: string[]) => string[]} [enter] makes it a command in another network
 */
function runSuite(suite, env, enter = (command) => command) {
  console.log(`\n=== ${suite.target}: ${suite.name}`);
  if (suite.own && env.TARS_LIVE_OWN !== '1') {
    console.log(`${suite.name} is skipped: it needs the testbed's own machine`);
    counts.skipped += 1;
    return;
  }
  const tap = join(scratch, `${suite.target}-${suite.name}.tap`);
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  const counting = ['--test-reporter=tap', `--test-reporter-destination=${tap}`];
  // Far longer than a suite takes: what hangs is ended, and told, while others have time yet.
  const limit = full ? [] : ['--test-timeout=1200000'];
  const args = ['--test', '--test-concurrency=1', ...limit, ...reporters, ...counting, fileURLToPath(fileOf(suite))];
  const [program = '', ...rest] = enter([process.execPath, ...args]);
  const began = Date.now();
  spawnSync(program, rest, {
    env: {
      ...process.env,
      ...env,
      TARS_LIVE_RECORD: record,
      TARS_LIVE_SUITE: `${suite.target} ${suite.name}`,
      ...(full && { TARS_LIVE_FULL: '1' }),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const { passed, failed, skipped, problem } = countNodeTest(existsSync(tap) ? readFileSync(tap, 'utf8') : '');
  counts.passed += passed;
  counts.failed += problem && failed === 0 ? 1 : failed;
  counts.skipped += skipped;
  report(`${suite.name} took ${((Date.now() - began) / 1000).toFixed(1)} s${problem ? `: ${problem}` : ''}`);
}

async function stopMachines() {
  // Those that this run has not used may be somebody else's by now.
  if (wantedTargets.includes('kubernetes') && !ranBefore.node && (await nodeDown())) {
    report('the node is stopped');
  }
  const usesEngine = wantedTargets.includes('compose') || process.env.TARS_LIVE_IMAGES === undefined;
  if (usesEngine && !ranBefore.engine && (await engineDown())) {
    report('the engine is stopped');
  }
}

function finish() {
  const figures = readFigures(record);
  rmSync(scratch, { recursive: true, force: true });
  if (figures.length > 0) {
    console.log(`\n${figureTable(figures)}`);
  }
  if (process.env.TARS_LIVE_FIGURES) {
    writeFileSync(process.env.TARS_LIVE_FIGURES, `${JSON.stringify(figures, undefined, 2)}\n`);
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

/** @param {string} line */
function report(line) {
  console.log(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}
