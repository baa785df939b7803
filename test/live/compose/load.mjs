// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../smoke/client.mjs';
import { target } from './stack.mjs';

/**
 * Somebody who asks one thing, again and again.
 *
 * @typedef {object} Client
 * @property {string} what for the figures and the messages
 * @property {string} url
 * @property {unknown} [body] makes it a POST
 * @property {number} [status] of the right answer, 200 by default
 */

/**
 * One request of the load.
 *
 * @typedef {object} Outcome
 * @property {string} what
 * @property {string | undefined} failure undefined: it was answered as it should be
 * @property {number} ms
 */

/** Pause between two requests of one client, unless said otherwise. */
const usualPauseMs = 20;

/**
 * Clients that ask, one request after the other, until they are stopped.
 *
 * @param {readonly Client[]} clients
 * @param {number} [pauseMs] between two requests of one client
 * @returns {{ stop: () => Promise<Outcome[]>, outcomes: readonly Outcome[] }}
 */
export function load(clients, pauseMs = usualPauseMs) {
  /** @type {Outcome[]} */
  const outcomes = [];
  let stopped = false;
  const running = clients.map(async (client) => {
    while (!stopped) {
      const began = performance.now();
      const failure = await request(client);
      outcomes.push({ what: client.what, failure, ms: performance.now() - began });
      await sleep(pauseMs);
    }
  });
  return {
    outcomes,
    async stop() {
      stopped = true;
      await Promise.all(running);
      return outcomes;
    },
  };
}

/**
 * @param {Client} client
 * @returns {Promise<string | undefined>} what went wrong
 */
async function request({ url, body, status = 200 }) {
  try {
    const answer = await ask(target, url, body === undefined ? {} : { method: 'POST', body });
    return answer.status === status ? undefined : `${answer.status} ${answer.body.slice(0, 200)}`;
  } catch (error) {
    return String(error);
  }
}
