// @ts-check
// Whether a system serves, seen from outside. It knows a URL and nothing of what is behind it.
//   TARS_SMOKE_PAGE=https://tars.local TARS_SMOKE_API=https://api.tars.local node --test test/smoke/smoke.test.mjs
// TARS_SMOKE_ADDRESS connects to that address whatever the name; TARS_SMOKE_INSECURE=1 takes any
// certificate; TARS_SMOKE_PICTURE is where the picture of the page goes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ask, openSocket } from './client.mjs';
import { countOf, sampleMetrics } from './metrics.mjs';
import { chatInBrowser } from './page.mjs';

const page = process.env.TARS_SMOKE_PAGE ?? '';
const target = {
  page,
  api: process.env.TARS_SMOKE_API ?? page,
  address: process.env.TARS_SMOKE_ADDRESS,
  insecure: process.env.TARS_SMOKE_INSECURE === '1',
};
const chromium = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/** @param {object} answer */
function assertAnswered(answer) {
  const { content, model } = /** @type {any} */ (answer);
  assert.ok(content.trim().length > 0, 'the answer has words');
  assert.ok(model.length > 0, 'it says the model');
}

describe('the system', { skip: page === '' && 'TARS_SMOKE_PAGE is not set' }, () => {
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
    await ask(target, url);
    const again = await ask(target, url);
    assert.equal(again.headers['x-cache'], 'hit');
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
    const { status } = await ask(target, `${target.api}/api/chat`, { method: 'POST', body: { message: 'count this' } });
    assert.equal(status, 200);
    const after = await sampleMetrics(target);
    assert.ok(countOf(after) > countOf(before), `${countOf(before)}, then ${countOf(after)}`);
  });

  test('shows a page on which a message is answered', { skip: !chromium && 'there is no Chromium' }, async () => {
    const { badge, answer, problems } = await chatInBrowser(target, chromium ?? '', process.env.TARS_SMOKE_PICTURE);
    assert.equal(badge, 'open');
    assert.ok(answer.trim().length > 0);
    assert.deepEqual(problems, []);
  });
});
