// @ts-check
// `tars autoscale run` on the stack: a load comes and goes, and the replicas of the backend with it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { makeProject } from '../project.mjs';
import { containerOf, containers, isHealthy, startOf } from './containers.mjs';
import { load } from './load.mjs';
import { places, up } from './stack.mjs';
import { startTars, tars } from './tars.mjs';

/**
 * Waits that a test can wait for, and a target that a share of two very busy processors can pass several times over:
 * where ten others wanted them as well, the load brought one replica to 30 % of its request. Idle it uses 1 %.
 */
const impatient =
  '{ minReplicas: 1, maxReplicas: 4, cpuTarget: 8, scaleUpThreshold: 10, scaleDownThreshold: 6, scaleUpCooldownSecs: 5, scaleDownCooldownSecs: 5 }';
const deadline = { timeoutMs: 600_000 };

/** What is asked throughout, and what makes the load; all of it goes through the gateway. */
const steady = [
  { what: 'GET by host name', url: `${places.api}/api/conversations` },
  { what: 'POST by host name', url: `${places.api}/api/chat`, body: { message: '' }, status: 422 },
];
const heavy = Array.from({ length: 12 }, () => ({ what: 'the load', url: `${places.backend}/metrics` }));

describe('the backend, scaled by tars autoscale run', () => {
  /** @type {ReturnType<typeof makeProject>} */
  let project;
  /** @type {ReturnType<typeof startTars>} */
  let run;
  /** @type {ReturnType<typeof load>} */
  let asking;
  /** @type {string} */
  let gateway;
  /** @type {string[]} */
  let words;

  before(async () => {
    await up();
    gateway = startOf(await containerOf('gateway'));
    project = makeProject(`{ autoscalingPolicy: ${impatient} }`);
    words = ['autoscale', 'run', 'backend', '--app', join(project.directory, 'main.ts'), '--interval', '3s', '--yes'];
    run = startTars([...words, '-o', 'json']);
    asking = load(steady, 1000); // so little that one replica is enough for it
    await run.says('until Ctrl-C');
    await until('it has looked', async () => /Replicas|Thresholds?:/.test(run.err() + run.out()), deadline);
  });
  after(async () => {
    await asking?.stop();
    run?.interrupt();
    await run?.done;
    project?.remove();
    await up();
  });

  test('a second one is refused as long as this one runs', async () => {
    const second = await tars(words);
    assert.equal(second.code, 5, second.stdout + second.stderr);
    assert.match(second.stderr, /scales backend already/);
  });

  test('under load there are three replicas and more', async () => {
    const began = performance.now();
    const burden = load(heavy);
    await until('three are healthy', async () => (await healthy()) >= 3, deadline).finally(() => burden.stop());
    figure('load to three healthy replicas', (performance.now() - began) / 1000, 's');
    const outcomes = await burden.stop();
    assert.deepEqual(failures(outcomes), []);
    figure('requests of the load, none failed', outcomes.length, 'requests');
  });

  test('after it there is one again', async () => {
    const began = performance.now();
    await until('one is left', async () => (await containers('backend')).length === 1, deadline);
    figure('end of the load to one replica', (performance.now() - began) / 1000, 's');
  });

  test('no request has failed meanwhile, and the gateway is the same', async () => {
    const outcomes = await asking.stop();
    assert.deepEqual(failures(outcomes), []);
    assert.ok(outcomes.length > 30, `${outcomes.length} requests`);
    figure('requests meanwhile, none failed', outcomes.length, 'requests');
    figure('the longest of them', Math.max(...outcomes.map(({ ms }) => ms)) / 1000, 's');
    assert.equal(startOf(await containerOf('gateway')), gateway);
  });

  test('it has said each change, and ends by Ctrl-C', async () => {
    run.interrupt();
    const { code, stdout, stderr } = await run.done;
    assert.equal(code, 130, stderr);
    const changes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const [index, { from, to }] of changes.entries()) {
      assert.notEqual(from, to);
      assert.equal(from, changes[index - 1]?.to ?? 1, stdout);
    }
    assert.equal(changes.at(-1)?.to, 1, stdout);
    figure('replicas at most', Math.max(...changes.map(({ to }) => to)), 'replicas');
  });
});

async function healthy() {
  return (await containers('backend')).filter((container) => isHealthy(container)).length;
}

/** @param {readonly import('./load.mjs').Outcome[]} outcomes */
function failures(outcomes) {
  return outcomes.flatMap(({ what, failure }) => (failure ? [`${what}: ${failure}`] : []));
}
