// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

/** The condition did not come true in time. */
export class WaitTimeoutError extends Error {
  /**
   * @param {string} what
   * @param {number} timeoutMs
   * @param {unknown} lastError what the last try threw, if it did
   */
  constructor(what, timeoutMs, lastError) {
    super(`${what}: not within ${timeoutMs / 1000} s`, { cause: lastError });
    this.name = 'WaitTimeoutError';
  }
}

/** Ends the wait at once: trying again cannot help. */
export class TerminalError extends Error {}

/**
 * Longer than anything takes on a machine that is ten times as slow as usual: what is waited for comes, or it
 * never does.
 */
const usualTimeoutMs = 120_000;

/**
 * Tries until `attempt` gives something truthy, and returns it. What `attempt` throws counts as
 * "not yet", but for a TerminalError.
 *
 * @template T
 * @param {string} what is waited for, as the error shall say
 * @param {() => T | undefined | false | Promise<T | undefined | false>} attempt
 * @param {{ timeoutMs?: number, intervalMs?: number, signal?: AbortSignal | undefined }} [options]
 *   two minutes and 50 ms by default
 * @returns {Promise<T>}
 * @throws {WaitTimeoutError}
 */
export async function until(what, attempt, { timeoutMs = usualTimeoutMs, intervalMs = 50, signal } = {}) {
  const deadline = Date.now() + timeoutMs;
  /** @type {unknown} */
  let lastError;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const value = await attempt();
      if (value) {
        return value;
      }
      lastError = undefined;
    } catch (error) {
      if (error instanceof TerminalError) {
        throw error;
      }
      lastError = error;
    }
    if (Date.now() > deadline) {
      throw new WaitTimeoutError(what, timeoutMs, lastError);
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => {}); // the next turn tells why
  }
}
