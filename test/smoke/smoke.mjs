// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { until } from '../testbed/wait.mjs';
import { browserPath } from './browser.mjs';
import { ask, openSocket } from './client.mjs';
import { hasCounted, sampleMetrics } from './metrics.mjs';
import { chatInBrowser } from './page.mjs';

/** @typedef {import('./client.mjs').Target} Target */

/** @param {object} answer */
function assertAnswered(answer) {
  const { content, model } = /** @type {any} */ (answer);
  assert.ok(content.trim().length > 0, 'the answer has words');
  assert.ok(model.length > 0, 'it says the model');
}

/**
 * The smoke test, of one system.
 *
 * @param {string} name
 * @param {Target | (() => Target)} where a function is asked when the tests run
 * @param {{ hasPage?: boolean, picture?: string | undefined }} [options] whether a page is served there,
 *   beside the API, and a file for its picture
 */
export function describeSystem(name, where, { hasPage = true, picture } = {}) {
  describe(name, () => {
    /** @type {Target} */
    let target;
    before(() => {
      target = typeof where === 'function' ? where() : where;
    });

    test('is ready', async () => {
      const { status, body } = await ask(target, `${target.api}/ready`);
      assert.equal(status, 200, body);
    });

    test('answers over HTTP, stores the answer, and caches it', async () => {
      const message = `smoke ${randomUUID()}`;
      const { status, body } = await ask(target, `${target.api}/api/chat`, { method: 'POST', body: { message } });
      assert.equal(status, 200, body);
      const answer = JSON.parse(body);
      assertAnswered(answer);
      const url = `${target.api}/api/conversations/${answer.conversation_id}`;
      // A cache that does not answer in time is left alone for a moment.
      const again = await until('a read comes from the cache', async () => {
        const read = await ask(target, url);
        return read.headers['x-cache'] === 'hit' && read;
      });
      const { messages } = JSON.parse(again.body);
      assert.deepEqual(
        messages.map((/** @type {any} */ { role, content }) => [role, content]),
        [
          ['user', message],
          ['assistant', answer.content],
        ],
      );
    });

    test('streams over HTTP, by the page’s own host, unbuffered', async () => {
      const { status, headers, body, times } = await ask(target, `${target.page}/api/chat`, {
        method: 'POST',
        headers: { accept: 'text/event-stream' },
        body: { message: 'tell me more' },
      });
      assert.equal(status, 200, body);
      assert.match(headers['content-type'] ?? '', /^text\/event-stream/);
      const events = [...body.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ''));
      assert.deepEqual([...new Set(events.map(({ type }) => type))], ['start', 'token', 'done']);
      assert.equal(
        events.filter(({ type }) => type === 'token').reduce((text, { content }) => text + content, ''),
        events.at(-1).content,
      );
      assert.ok(times.length > 1, 'it comes in pieces');
    });

    test('answers over WebSocket, by the page’s own host', async () => {
      const socket = await openSocket(target, `${target.page}/ws/chat`);
      try {
        socket.send({ type: 'ping' });
        assert.deepEqual(await socket.receive(), { type: 'pong' });
        const id = randomUUID();
        socket.send({ message: 'hello', message_id: id });
        const types = [];
        for (let event = await socket.receive(); ; event = await socket.receive()) {
          types.push(event.type);
          assert.equal(event.message_id, id);
          if (event.type !== 'start' && event.type !== 'token') {
            assert.equal(event.type, 'done', JSON.stringify(event));
            assertAnswered(event);
            break;
          }
        }
        assert.deepEqual([...new Set(types)], ['start', 'token', 'done']);
      } finally {
        socket.close();
      }
    });

    test('counts what it answers', async () => {
      const before = await sampleMetrics(target);
      const { status } = await ask(target, `${target.api}/api/chat`, {
        method: 'POST',
        body: { message: 'count this' },
      });
      assert.equal(status, 200);
      // Each question is answered by some replica: the one that counted may not have been asked yet.
      await until('the answer is counted', async () => hasCounted(before, await sampleMetrics(target)));
    });

    if (hasPage) {
      test(
        'shows a page on which a message is answered',
        { skip: !browserPath && 'there is no Chromium' },
        async () => {
          const { badge, answer, problems } = await chatInBrowser(target, picture);
          assert.equal(badge, 'open');
          assert.ok(answer.trim().length > 0);
          assert.deepEqual(problems, []);
        },
      );
    }
  });
}
