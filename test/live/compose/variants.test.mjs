// @ts-check
// What main.ts may choose, brought up from nothing: every two choices meet in some run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ask } from '../../smoke/client.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { makeProject } from '../project.mjs';
import { containers } from './containers.mjs';
import { compose, tryDocker } from './docker.mjs';
import { stackModel } from './model.mjs';
import { allHealthy, places, removeAll, target, up } from './stack.mjs';

/** @typedef {import('./containers.mjs').Container} Container */

/** The second of two values of each choice; the first is what main.ts ships. */
const choices = {
  production: { environment: 'production' },
  certificate: { tls: { selfSigned: true } },
  withoutOptional: { adminer: false, monitoring: false },
  models: { models: ['there-is-no-such-model'] },
};

/** @typedef {keyof typeof choices} Choice */

/**
 * Every two choices with every two values of theirs.
 *
 * @type {readonly (readonly Choice[])[]}
 */
const runs = [
  ['certificate', 'withoutOptional', 'models'],
  ['production', 'withoutOptional', 'models'],
  ['production', 'certificate', 'models'],
  ['production', 'certificate', 'withoutOptional'],
];

describe('the stack with other choices', () => {
  after(() => up());

  for (const run of runs) {
    test(run.join(', '), async (t) => {
      const props = Object.assign({}, ...run.map((choice) => choices[choice]));
      const project = makeProject(JSON.stringify(props));
      const options = { project: project.directory };
      t.after(async () => {
        await compose(['--profile', '*', 'down', '--volumes', '--remove-orphans'], options);
        project.remove();
      });
      await removeAll();
      const began = performance.now();
      await up([], options);
      figure(`up --wait from nothing: ${run.join(', ')}`, (performance.now() - began) / 1000, 's');

      const found = new Set((await containers()).map(({ service }) => service));
      const expected = stackModel(props).services.map((/** @type {any} */ { composeName }) => composeName);
      assert.deepEqual(
        expected.filter((/** @type {string} */ name) => !found.has(name)),
        [],
      );
      assert.equal(found.has('adminer'), !run.includes('withoutOptional'));
      assert.ok(await allHealthy());
      const sent = await ask(target, `${places.api}/api/chat`, { method: 'POST', body: { message: 'hello' } });
      // Without its model the stack is up all the same, and says what is missing.
      assert.equal(sent.status, run.includes('models') ? 503 : 200, sent.body);
      if (run.includes('models')) {
        assert.equal(JSON.parse(sent.body).error.code, 'NoModel');
      }
      const page = await ask(target, `${places.page}/`);
      assert.equal(page.status, 200);
      assert.equal(page.body.includes('/@vite/client'), !run.includes('production'), page.body);
      if (run.includes('certificate')) {
        const authority = readFileSync(join(project.directory, 'secrets', 'tls', 'ca.crt'), 'utf8');
        for (const url of ['https://tars.local:8443/', 'https://api.tars.local:8443/ready']) {
          assert.equal((await ask({ ...target, authority }, url)).status, 200, url);
        }
      }
      if (run.includes('models')) {
        await assertPullGoesOn();
      }
    });
  }
});

/** A model that cannot be had holds up nothing: its pull says so, and tries again later. */
async function assertPullGoesOn() {
  const pull = (await containers()).find(({ service }) => /^ollama-/.test(service));
  assert.ok(pull?.facts.State.Running, 'the pull is there');
  await until('the pull says that it failed', async () => /the next try is in/.test(await logOf(pull)));
}

/** @param {Container} container */
async function logOf({ id }) {
  const { stdout, stderr } = await tryDocker(['logs', id]);
  return `${stdout}${stderr}`;
}
