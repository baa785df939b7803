import type { Io } from './io';
import { Aborted } from './io';

/**
 * Does work that Ctrl-C ends. Whatever the work comes to, once the signal has ended it was broken off.
 * @throws Aborted when Ctrl-C was pressed
 */
export async function interruptible<T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const release = io.onInterrupt(() => {
    abort.abort();
  });
  try {
    const result = await work(abort.signal);
    // What goes on until Ctrl-C ends with it, and says so.
    if (abort.signal.aborted) throw new Aborted();
    return result;
  } finally {
    release();
  }
}
