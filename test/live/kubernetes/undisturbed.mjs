// @ts-check
import assert from 'node:assert/strict';
import { figure } from '../figures.mjs';
import { drained } from './changes.mjs';
import { startChats } from './chats.mjs';
import { ingress, serves } from './ingress.mjs';
import { startTraffic } from './traffic.mjs';

/** Chats that go on at the same time. */
const people = 4;

/**
 * Lets something happen to the system while requests and chats go on, until all that it replaces is gone,
 * and expects that nobody notices: no request fails, and every message is answered and kept, once.
 *
 * @param {string} name for the figures
 * @param {() => Promise<void>} event
 */
export async function undisturbed(name, event) {
  await serves(ingress); // what was tested before may have taken the Ingress away
  const traffic = startTraffic(ingress);
  const { chats, stop } = await startChats(ingress, people);
  const startedAt = performance.now();
  try {
    await event();
    await drained();
  } finally {
    figure(`${name}: took`, (performance.now() - startedAt) / 1000, 's');
    await traffic.stop();
    await stop();
  }
  const closes = chats.flatMap((chat) => chat.closes);
  const messages = chats.reduce((sum, { sent }) => sum + sent.length, 0);
  figure(`${name}: requests`, traffic.count(), 'requests');
  figure(`${name}: requests that failed`, traffic.failures.length, 'requests');
  figure(`${name}: messages over WebSocket`, messages, 'messages');
  figure(`${name}: WebSockets closed with 1001 and opened again`, closes.length, 'connections');

  assert.deepEqual(traffic.failures, []);
  assert.deepEqual(
    closes.filter((code) => code !== 1001),
    [],
    'servers close a WebSocket with 1001 and in no other way',
  );
  for (const chat of chats) {
    assert.deepEqual(chat.refused, [], 'each connection comes about at once');
    assert.deepEqual(chat.errors, []);
    assert.deepEqual(
      [...chat.answers].filter(([, contents]) => contents.length !== 1),
      [],
      'no message is answered twice',
    );
    assert.deepEqual(
      (await chat.stored()).map((/** @type {any} */ { role, message_id, content }) =>
        role === 'user' ? [role, message_id] : [role, message_id, content],
      ),
      chat.sent.flatMap((id) => [
        ['user', id],
        ['assistant', id, chat.answers.get(id)?.[0]],
      ]),
      'the database has each message with the answer that was given, once',
    );
  }
}
