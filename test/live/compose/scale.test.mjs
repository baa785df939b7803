// @ts-check
// Three replicas of the backend behind the gateway, which is not restarted for it.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ask } from '../../smoke/client.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { containerOf, containers, isHealthy, killFirstProcess, startOf } from './containers.mjs';
import { docker } from './docker.mjs';
import { load } from './load.mjs';
import { places, target, up } from './stack.mjs';

/** @typedef {import('./containers.mjs').Container} Container */

const replicas = 3;
const deadline = { timeoutMs: 300_000 };

/**
 * Requests that may be sent twice, and one that may not, all of them through the gateway. The latter is
 * answered at once: under hot reload a replica that stops has three seconds for what is under way, and an
 * answer of the model may take longer.
 */
const clients = [
  { what: 'GET by the backend’s port', url: `${places.backend}/api/info` },
  { what: 'GET by host name', url: `${places.api}/api/conversations` },
  { what: 'POST by host name', url: `${places.api}/api/chat`, body: { message: '' }, status: 422 },
];

describe('--scale backend=3', () => {
  /** @type {string} */
  let gateway;

  before(async () => {
    await up();
    gateway = startOf(await containerOf('gateway'));
    await up(['--scale', `backend=${replicas}`]);
  });

  test('starts three, all healthy', async () => {
    const all = await containers('backend');
    assert.deepEqual(
      all.map((container) => isHealthy(container)),
      Array(replicas).fill(true),
    );
  });

  test('the gateway finds all of them while it runs, and spreads over them', async () => {
    const began = performance.now();
    await until('all replicas are asked', async () => (await asked(30)).size === replicas, deadline);
    figure('replicas healthy until the gateway asks all of them', (performance.now() - began) / 1000, 's');
    // One that has let a connection wait for a second is left alone for ten.
    const counts = await until('90 requests are spread', async () => {
      const found = [...(await asked(90)).values()].sort((a, b) => a - b);
      assert.ok((found[0] ?? 0) >= 20, `90 requests were spread as ${found.join(', ')}`);
      return found;
    });
    figure('of 90 requests, at the replica with the fewest', counts[0] ?? 0, 'requests');
  });

  test('a replica that is stopped is dropped, and no request fails', async () => {
    const { id } = lastOf(await containers('backend'));
    await disturbed('a replica stopped and started', clients, async () => {
      await docker(['stop', id]);
      await until('the rest is asked', async () => (await asked(30)).size === replicas - 1, deadline);
      await docker(['start', id]);
      await until('it is asked again', async () => (await asked(30)).size === replicas, deadline);
    });
  });

  test('a replica that is killed comes back, and no request that may be repeated fails', async () => {
    const victim = lastOf(await containers('backend'));
    const repeatable = clients.filter(({ body }) => !body);
    await disturbed('a replica killed', repeatable, async () => {
      await killFirstProcess(victim);
      await until('it has been restarted', async () => {
        const { facts } = lastOf(await containers('backend'));
        return facts.RestartCount > victim.facts.RestartCount;
      }, deadline);
      await until('it is asked again', async () => (await asked(30)).size === replicas, deadline);
    });
  });

  test('scaling down loses no request', async () => {
    await disturbed('three replicas made one', clients, async () => {
      await up();
      await until('one is left', async () => (await containers('backend')).length === 1, deadline);
      await until('it is asked alone', async () => (await asked(30)).size === 1, deadline);
    });
  });

  test('the gateway has not been restarted', async () => {
    assert.equal(startOf(await containerOf('gateway')), gateway);
  });
});

/**
 * Asserts that what is asked meanwhile is answered.
 *
 * @param {string} name
 * @param {readonly import('./load.mjs').Client[]} asking
 * @param {() => Promise<void>} disturb
 */
async function disturbed(name, asking, disturb) {
  const { stop } = load(asking);
  await disturb().finally(() => stop());
  const outcomes = await stop();
  assert.deepEqual(
    outcomes.filter(({ failure }) => failure),
    [],
  );
  for (const { what } of asking) {
    assert.ok(outcomes.filter((outcome) => outcome.what === what).length > 20, `${what} was asked often enough`);
  }
  figure(`${name}: requests meanwhile, none failed`, outcomes.length, 'requests');
  figure(`${name}: longest of them`, Math.max(...outcomes.map(({ ms }) => ms)) / 1000, 's');
}

/**
 * Asks for metrics and looks who answers: each replica says when it was started.
 *
 * @param {number} times
 * @returns {Promise<Map<string, number>>} answers of each replica
 */
async function asked(times) {
  /** @type {Map<string, number>} */
  const answers = new Map();
  for (let count = 0; count < times; count += 1) {
    const { status, body } = await ask(target, `${places.backend}/metrics`);
    assert.equal(status, 200, body);
    const started = /^tars_start_time_seconds(?:\{[^}]*\})? (\S+)$/m.exec(body)?.[1] ?? 'unknown';
    answers.set(started, (answers.get(started) ?? 0) + 1);
  }
  return answers;
}

/**
 * @param {readonly Container[]} all
 * @returns {Container}
 */
function lastOf(all) {
  const last = all.at(-1);
  assert.ok(last, 'there is a replica');
  return last;
}
