// @ts-check
import { ask } from './client.mjs';

/** @typedef {import('./client.mjs').Target} Target */

/** So many questions reach each of a few replicas. */
const samples = 24;

/**
 * Asks for metrics again and again, since each answer is of one replica.
 *
 * @param {Target} target
 * @returns {Promise<Map<string, number>>} answered messages of each replica, by the time of its start
 */
export async function sampleMetrics(target) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (let sample = 0; sample < samples; sample += 1) {
    const { status, body } = await ask(target, `${target.api}/metrics`);
    if (status !== 200) {
      throw new Error(`/metrics answers ${status}`);
    }
    const started = /^tars_start_time_seconds(?:\{[^}]*\})? (\S+)$/m.exec(body)?.[1] ?? 'unknown';
    counts.set(started, sum(body, 'tars_chat_messages_total', 'outcome="answered"'));
  }
  return counts;
}

/**
 * Whether one of the replicas has answered more than it had then. One that has not been asked both times says
 * nothing: it may have come or gone meanwhile.
 *
 * @param {Map<string, number>} before
 * @param {Map<string, number>} after
 */
export function hasCounted(before, after) {
  return [...after].some(([started, count]) => count > (before.get(started) ?? Infinity));
}

/**
 * @param {string} text
 * @param {string} name
 * @param {string} label
 */
function sum(text, name, label) {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
