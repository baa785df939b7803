// @ts-check
// A service dies of SIGKILL. It comes back, and the rest goes on with it; nobody restarts anything.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ask } from '../../smoke/client.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { containerOf, containers, isHealthy, killFirstProcess, startOf } from './containers.mjs';
import { allHealthy, places, target, up } from './stack.mjs';

const deadline = { timeoutMs: 600_000 };

describe('a killed service', () => {
  before(() => up());

  for (const service of ['postgres', 'cache', 'ollama', 'backend', 'frontend', 'gateway']) {
    test(`${service} comes back, and the rest recovers without help`, async () => {
      const victim = await containerOf(service);
      const others = await startsWithout(service);
      const began = performance.now();
      const seconds = () => (performance.now() - began) / 1000;
      await killFirstProcess(victim);
      await until('it has been restarted', async () => {
        const { facts } = await containerOf(service);
        return facts.RestartCount > victim.facts.RestartCount && facts.State.Running;
      });
      await until('a message is answered, stored and cached', isServing, deadline);
      figure(`${service} killed until a message is answered again`, seconds(), 's');
      await until('it is healthy', async () => isHealthy(await containerOf(service)), deadline);
      await until('all are healthy', allHealthy, deadline);
      assert.deepEqual(await startsWithout(service), others, 'nothing else was restarted');
    });
  }
});

/** @param {string} service */
async function startsWithout(service) {
  const all = await containers();
  return all.filter((container) => container.service !== service && container.facts.State.Running).map(startOf);
}

/** Whether everything that a chat needs works, by the way that a person takes. */
async function isServing() {
  const sent = await ask(target, `${places.page}/api/chat`, { method: 'POST', body: { message: 'are you there?' } });
  if (sent.status !== 200) {
    return false;
  }
  const url = `${places.page}/api/conversations/${JSON.parse(sent.body).conversation_id}`;
  await ask(target, url);
  const read = await ask(target, url);
  const page = await ask(target, `${places.page}/`);
  return read.headers['x-cache'] === 'hit' && page.status === 200;
}
