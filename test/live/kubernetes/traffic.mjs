// @ts-check
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from '../../smoke/client.mjs';

/** @typedef {import('../../smoke/client.mjs').Target} Target */
/** @typedef {{ at: string, what: string, problem: string }} Failure */

/**
 * A request that is made over and over.
 *
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} url
 * @property {Parameters<typeof ask>[2]} [options]
 * @property {boolean} [reuses] whether its connection is kept and used again, as a browser's is
 * @property {(body: string) => boolean} [isWhole] whether the body is all of the answer
 */

/**
 * @param {Target} target
 * @returns {readonly Kind[]}
 */
const kindsOf = ({ page, api }) => [
  { name: 'the page', url: `${page}/`, reuses: true },
  { name: 'the page, a new connection', url: `${page}/` },
  { name: 'information', url: `${page}/api/info`, reuses: true },
  { name: 'the history, from the database', url: `${api}/api/conversations?limit=1`, reuses: true },
  { name: 'the history, a new connection', url: `${api}/api/conversations?limit=1` },
  {
    name: 'an answer',
    url: `${api}/api/chat`,
    options: { method: 'POST', body: { message: 'steady' } },
  },
  {
    name: 'a streamed answer',
    url: `${page}/api/chat`,
    options: { method: 'POST', body: { message: 'steady stream' }, headers: { accept: 'text/event-stream' } },
    isWhole: (body) => body.includes('"type":"done"') || body.includes('"type": "done"'),
  },
];

/** Between two requests of a kind: steady, and within what two processors do beside everything else. */
const paceMs = 150;

/**
 * Requests of every kind, each kind one after the other, until they are stopped. Nothing is tried again.
 *
 * @param {Target} target
 * @returns {{ failures: readonly Failure[], count: () => number, stop: () => Promise<void> }}
 */
export function startTraffic(target) {
  const agent = new https.Agent({ keepAlive: true });
  const stopping = new AbortController();
  /** @type {Failure[]} */
  const failures = [];
  let count = 0;

  /** @param {Kind} kind */
  async function repeat({ name, url, options, reuses, isWhole = () => true }) {
    while (!stopping.signal.aborted) {
      count += 1;
      const at = new Date().toISOString();
      try {
        const { status, body } = await ask({ ...target, ...(reuses && { agent }) }, url, options);
        if (status !== 200 || !isWhole(body)) {
          failures.push({ at, what: name, problem: `${status} ${body.slice(0, 200)}` });
        }
      } catch (error) {
        failures.push({ at, what: name, problem: String(error) });
      }
      await pause(paceMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const running = Promise.all(kindsOf(target).map(repeat));
  return {
    failures,
    count: () => count,
    async stop() {
      stopping.abort();
      await running;
      agent.destroy();
    },
  };
}
