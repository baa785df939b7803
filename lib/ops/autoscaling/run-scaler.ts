import { Deadline, pause } from '../cluster-client/deadline';
import type { AutoScaler, ScalingDecision } from './auto-scaler';
import { readRunOptions } from './read-options';

/** How an AutoScaler is run. */
export interface RunOptions {
  /** Milliseconds between the beginnings of two checks, 1 or more; 24 days at most. */
  readonly intervalMs: number;
  /** Ends it; a check that is under way is called off. */
  readonly signal: AbortSignal;
}

/**
 * Every decision of an AutoScaler, at once and then at each interval, until the signal ends it.
 * @throws TarsError TARS1001, TARS1002, TARS1006 for options that it does not take, all of them at once
 */
export async function* runScaler(
  scaler: AutoScaler,
  options: RunOptions,
): AsyncGenerator<ScalingDecision, void, undefined> {
  const { intervalMs, signal } = readRunOptions(options);
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const interval = new Deadline('interval', undefined, signal);
    const next = pause(intervalMs, interval.signal);
    try {
      const decision = await scaler.checkAndScale(signal);
      // one that was called off says nothing, but for what it had done by then
      if (isOver() && !decision.isScaled) return;
      yield decision;
      await next;
    } finally {
      interval.close(); // also of one that nobody waits for any more
    }
  }
}
