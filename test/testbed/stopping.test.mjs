// @ts-check
// Whether nothing outlives the process that started it: node --test test/testbed/stopping.test.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { cacheDirectory } from './cache.mjs';
import { startControlPlane } from './control-plane.mjs';
import { end, isRunning } from './process.mjs';
import { endAbandoned, readRecords } from './records.mjs';
import { until } from './wait.mjs';

/** @typedef {import('./control-plane.mjs').ControlPlane} ControlPlane */
/** @typedef {Pick<ControlPlane, 'processes' | 'directory'>} Report */

/** Starts a control plane, reports it, and then does what `next` says. @param {string} next */
const scriptThat = (next) => `
  import { startControlPlane } from ${JSON.stringify(new URL('./control-plane.mjs', import.meta.url))};
  const { processes, directory } = await startControlPlane({ controllerManager: false });
  console.log(JSON.stringify({ processes, directory }));
  ${next}
`;

const waits = 'setInterval(() => {}, 1_000);';

/** @type {Report[]} */
const reports = [];

/**
 * @param {string} script
 * @returns {Promise<{ owner: import('node:child_process').ChildProcess, report: Report, ended: Promise<unknown[]> }>}
 */
async function startOwner(script) {
  const owner = spawnOwner(script);
  const ended = once(owner, 'exit');
  const line = await Promise.race([once(owner.stdout, 'data'), ended.then(() => assert.fail('it ended too early'))]);
  const report = JSON.parse(String(line[0]));
  reports.push(report);
  return { owner, report, ended };
}

/** @param {string} script */
function spawnOwner(script) {
  return spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/**
 * What is known of a control plane that has not reported yet, as soon as both of its processes run.
 *
 * @param {number | undefined} ownerPid
 * @returns {Promise<Report>}
 */
async function recordOf(ownerPid) {
  const report = await until('etcd and the API server are started', () =>
    readRecords().find(({ owner, processes }) => owner?.pid === ownerPid && processes.length === 2),
  );
  reports.push(report);
  return report;
}

/** @param {Report} report */
function assertGone({ processes, directory }) {
  assert.equal(processes.length, 2);
  assert.deepEqual(
    processes.filter((started) => isRunning(started)),
    [],
  );
  assert.equal(existsSync(directory), false);
}

describe('what a control plane leaves when its owner', () => {
  const inherited = process.env.TARS_TESTBED_CACHE;
  // Records of our own: another run on this machine ends what it finds abandoned.
  const cache = mkdtempSync(join(tmpdir(), 'tars-stopping-'));

  before(() => {
    const parts = join(cacheDirectory(), 'parts');
    mkdirSync(parts, { recursive: true });
    symlinkSync(parts, join(cache, 'parts'), 'junction');
    process.env.TARS_TESTBED_CACHE = cache;
  });

  after(async () => {
    await end(reports.flatMap(({ processes }) => processes));
    rmSync(cache, { recursive: true, force: true });
    if (inherited === undefined) delete process.env.TARS_TESTBED_CACHE;
    else process.env.TARS_TESTBED_CACHE = inherited;
  });

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    test(`gets ${signal}: nothing, and the owner ends by it`, async () => {
      const { owner, report, ended } = await startOwner(scriptThat(waits));
      owner.kill(signal);
      assert.deepEqual(await ended, [null, signal]);
      assertGone(report);
    });
  }

  test('exits without a stop: nothing', async () => {
    const { report, ended } = await startOwner(scriptThat('process.exit(3);'));
    assert.deepEqual(await ended, [3, null]);
    // a killed process is gone when the kernel has put it away
    await until('the processes are gone', () => report.processes.every((started) => !isRunning(started)));
    assertGone(report);
  });

  test('gets SIGINT while it starts one: nothing', async () => {
    const owner = spawnOwner(scriptThat(waits));
    const ended = once(owner, 'exit');
    const report = await recordOf(owner.pid);
    owner.kill('SIGINT');
    assert.deepEqual(await ended, [null, 'SIGINT']);
    assertGone(report);
  });

  test('aborts the start: nothing', async () => {
    const abort = new AbortController();
    const starting = startControlPlane({ signal: abort.signal });
    const report = await recordOf(process.pid);
    abort.abort(new Error('on purpose'));
    await assert.rejects(starting, { message: 'on purpose' });
    assertGone(report);
  });

  test('is killed: everything, until somebody starts another', async () => {
    const { owner, report, ended } = await startOwner(scriptThat(waits));
    owner.kill('SIGKILL');
    await ended;
    assert.ok(report.processes.every((started) => isRunning(started)));
    await endAbandoned();
    assertGone(report);
  });
});
