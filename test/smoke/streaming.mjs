// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askEvents, openSocket } from './client.mjs';

/** @typedef {import('./client.mjs').Target} Target */

/**
 * Whether an answer arrives while it is made. The system stores an answer when it is whole: a client that
 * has the first word, and finds that no answer is stored, has it from a stream that nobody on the way has
 * gathered. The model has to give long answers.
 *
 * @param {() => Target} where
 */
export function testStreaming(where) {
  test('a streamed answer arrives while it is made', async () => {
    const target = where();
    const question = { method: 'POST', body: { message: 'tell me all' } };
    const events = askEvents(target, `${target.page}/api/chat`, question);
    await assertArrivesEarly(target, events);
  });

  test('so does an answer over the WebSocket', async () => {
    const target = where();
    const socket = await openSocket(target, `${target.page}/ws/chat`);
    try {
      socket.send({ message: 'tell me all' });
      await assertArrivesEarly(target, messagesOf(socket));
    } finally {
      socket.close();
    }
  });
}

/**
 * @param {Target} target
 * @param {AsyncGenerator<any>} events
 */
async function assertArrivesEarly(target, events) {
  let conversation = '';
  let tokens = 0;
  /** @type {string[] | undefined} */
  let storedAtFirst;
  for await (const event of events) {
    if (event.type === 'start') {
      conversation = `${target.api}/api/conversations/${event.conversation_id}`;
    } else if (event.type === 'token') {
      tokens += 1;
      storedAtFirst ??= await rolesIn(target, conversation);
    } else {
      assert.equal(event.type, 'done', JSON.stringify(event));
    }
  }
  assert.ok(tokens > 1, `${tokens} tokens`);
  assert.deepEqual(storedAtFirst, ['user'], 'with the first token there is no answer yet');
  assert.deepEqual(await rolesIn(target, conversation), ['user', 'assistant']);
}

/**
 * @param {Target} target
 * @param {string} conversation
 * @returns {Promise<string[]>}
 */
async function rolesIn(target, conversation) {
  const { body } = await ask(target, conversation);
  return JSON.parse(body).messages.map((/** @type {{ role: string }} */ { role }) => role);
}

/**
 * @param {Awaited<ReturnType<typeof openSocket>>} socket
 * @returns {AsyncGenerator<any>} up to the end of an answer
 */
async function* messagesOf(socket) {
  for (;;) {
    const message = await socket.receive();
    yield message;
    if (message.type !== 'start' && message.type !== 'token') {
      return;
    }
  }
}
