// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../smoke/client.mjs';
import { target } from './stack.mjs';

/**
 * One request of the load.
 *
 * @typedef {object} Outcome
 * @property {string} what
 * @property {string | undefined} failure undefined: it was answered with 200
 * @property {number} ms
 */

/** Pause between two requests of one client. */
const pauseMs = 20;

/**
 * Clients that ask, one request after the other, until they are stopped.
 *
 * @param {readonly { what: string, url: string, body?: () => unknown }[]} clients a body makes it a POST
 * @returns {{ stop: () => Promise<Outcome[]>, outcomes: readonly Outcome[] }}
 */
export function load(clients) {
  /** @type {Outcome[]} */
  const outcomes = [];
  let stopped = false;
  const running = clients.map(async ({ what, url, body }) => {
    while (!stopped) {
      const began = performance.now();
      const failure = await request(url, body?.());
      outcomes.push({ what, failure, ms: performance.now() - began });
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
 * @param {string} url
 * @param {unknown} body
 * @returns {Promise<string | undefined>} what went wrong
 */
async function request(url, body) {
  try {
    const { status, body: text } = await ask(target, url, body === undefined ? {} : { method: 'POST', body });
    return status === 200 ? undefined : `${status} ${text.slice(0, 200)}`;
  } catch (error) {
    return String(error);
  }
}
