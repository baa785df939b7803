// @ts-check
// What is kept when the stack is taken down, and what is left when it is removed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { ask } from '../../smoke/client.mjs';
import { figure } from '../figures.mjs';
import { containerOf, containers, execute, leftovers, madeByStack } from './containers.mjs';
import { compose } from './docker.mjs';
import { stackModel } from './model.mjs';
import { places, target, up } from './stack.mjs';

describe('down', () => {
  before(() => up());

  test('keeps the data: up again, it is there', async () => {
    const message = `kept ${randomUUID()}`;
    const sent = await ask(target, `${places.api}/api/chat`, { method: 'POST', body: { message } });
    assert.equal(sent.status, 200, sent.body);
    const { conversation_id: conversation, content } = JSON.parse(sent.body);
    await inService('cache', ['redis-cli', 'set', 'kept', message]);
    await inService('ollama', ['ollama', 'cp', await modelName(), 'kept']);
    for (const { service, path } of volumePaths()) {
      await inService(service, ['sh', '-c', `echo '${message}' > ${path}/kept.txt`]);
    }

    const began = performance.now();
    await compose(['down']);
    figure('down', (performance.now() - began) / 1000, 's');
    assert.deepEqual(await containers(), []);
    const middle = performance.now();
    await up();
    figure('up --wait after down', (performance.now() - middle) / 1000, 's');

    const { status, body } = await ask(target, `${places.api}/api/conversations/${conversation}`);
    assert.equal(status, 200, body);
    assert.deepEqual(
      JSON.parse(body).messages.map((/** @type {any} */ one) => one.content),
      [message, content],
    );
    assert.equal((await inService('cache', ['redis-cli', 'get', 'kept'])).trim(), message);
    assert.match(await inService('ollama', ['ollama', 'list']), /^kept:latest\b/m);
    for (const { service, path } of volumePaths()) {
      assert.equal((await inService(service, ['cat', `${path}/kept.txt`])).trim(), message, `${service} ${path}`);
    }
    figure('volumes whose content was found again', volumePaths().length, 'volumes');
  });

  test('with --volumes removes all that was made, and nothing else', async () => {
    const before = await leftovers();
    const made = await madeByStack();
    await compose(['down', '--volumes']);
    assert.deepEqual(
      await leftovers(),
      before.filter((one) => !made.includes(one)),
    );
    for (const kind of ['container', 'network', 'volume']) {
      const count = made.filter((one) => one.startsWith(kind)).length;
      assert.ok(count > 0, `up has made a ${kind}`);
      figure(`${kind}s made and removed`, count, `${kind}s`);
    }
  });
});

/**
 * Where every volume of the model that outlives a container is mounted.
 *
 * @returns {{ service: string, path: string }[]}
 */
function volumePaths() {
  return stackModel().services.flatMap((/** @type {any} */ { composeName, volumes }) =>
    volumes
      .filter((/** @type {any} */ { kind, composeStorage }) => kind === 'claim' || composeStorage === 'volume')
      .map((/** @type {any} */ volume) => ({ service: composeName, path: volume.composeMountPath ?? volume.mountPath })),
  );
}

async function modelName() {
  const [, first = ''] = (await inService('ollama', ['ollama', 'list'])).split('\n');
  return first.split(/\s/)[0] ?? '';
}

/**
 * @param {string} service
 * @param {readonly string[]} command
 * @returns {Promise<string>} what it printed
 */
async function inService(service, command) {
  const { code, stdout, stderr } = await execute(await containerOf(service), command);
  assert.equal(code, 0, `${command.join(' ')} in ${service}: ${stderr}`);
  return stdout;
}
