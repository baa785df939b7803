// @ts-check
// Log and exec sessions by the thousand leave nothing behind: no socket, no timer, no memory.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../testbed/run.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { settings } from '../settings.mjs';
import { kubectl } from './cluster.mjs';
import { deployment, place, podSpec } from './ops-objects.mjs';
import { apply, kubeconfigWith, managerOf, placeDown, placeUp, readyPod } from './ops-place.mjs';

/** By hand, another number of them. */
const sessions = Number(process.env.TARS_LIVE_SESSIONS ?? (settings.full ? 10_000 : 400));

/** A program that has said something, and lives. */
const talker = `
import time
for i in range(20):
    print('line', i)
time.sleep(1e6)
`;

describe(`${sessions} log and exec sessions`, () => {
  /** @type {any} */
  let manager;

  before(async () => {
    await placeUp();
    manager = await managerOf();
    await apply(deployment('talker', podSpec(talker)));
  });
  after(async () => {
    manager?.close();
    await placeDown();
  });

  test('leave nothing behind', async () => {
    const pod = await readyPod(manager, 'talker');
    await until('it has said all', async () => /line 19/.test(await kubectl(['logs', pod, '-n', place])));
    const kubeconfig = await kubeconfigWith(() => {});
    const script = fileURLToPath(new URL('session-loop.mjs', import.meta.url));
    const began = performance.now();
    const args = ['--expose-gc', script, kubeconfig, place, pod, `${sessions}`];
    const { code, stdout, stderr } = await run(process.execPath, args);
    assert.equal(code, 0, stderr);
    /** @type {any[]} */
    const samples = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const early = samples[1]; // what is made once is made by then
    const late = samples.at(-1);
    assert.equal(late.sessions, sessions);
    figure('log and exec sessions', sessions / ((performance.now() - began) / 1000), '/s');
    for (const { sessions: after, sockets, heapUsed, rss } of samples) {
      figure(`sockets after ${after} sessions`, sockets, '');
      figure(`heap after ${after} sessions`, heapUsed / 2 ** 20, 'MiB');
      figure(`memory after ${after} sessions`, rss / 2 ** 20, 'MiB');
    }
    assert.ok(late.sockets <= early.sockets + 2, JSON.stringify(samples));
    assert.ok(late.resources <= early.resources + 4, JSON.stringify(samples));
    // What a session held would be some kilobytes at least.
    const growth = late.heapUsed - early.heapUsed;
    assert.ok(growth < 2 * 2 ** 20 + (late.sessions - early.sessions) * 200, `the heap grew by ${growth} bytes`);
  });
});
