import { ClusterError } from './cluster-error';

/** The longest that a timer of Node waits, in milliseconds; one that should wait longer would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The end of something that waits: the caller's own, or a time-out. Call {@link Deadline.end} when it is over. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly onAbort = (): void => {
    this.controller.abort();
  };

  /**
   * @param what what waits, for the message
   * @param timeoutMs undefined: no time-out
   * @param parent the caller's signal
   * @param system of which its error speaks
   */
  public constructor(
    private readonly what: string,
    private readonly timeoutMs: number | undefined,
    private readonly parent: AbortSignal | undefined,
    private readonly system: ClusterError['system'] = 'cluster',
  ) {
    // Not AbortSignal.any: with a parent that lives long each call would leave something behind.
    if (parent?.aborted === true) this.controller.abort();
    else parent?.addEventListener('abort', this.onAbort, { once: true });
    if (timeoutMs !== undefined) {
      this.timer = setTimeout(this.onAbort, Math.min(timeoutMs, LONGEST_TIMER_MS));
    }
  }

  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether the time is up, and the caller has not called it off. */
  public get isOver(): boolean {
    return this.signal.aborted && this.parent?.aborted !== true;
  }

  /** Why it ended. */
  public error(cause?: unknown): ClusterError {
    const { system } = this;
    if (this.parent?.aborted === true) {
      return new ClusterError('Aborted', `${this.what}: aborted`, { cause: this.parent.reason, system });
    }
    return new ClusterError('Timeout', `${this.what}: timed out after ${(this.timeoutMs ?? 0) / 1000} s`, {
      retryable: true,
      cause,
      system,
    });
  }

  /** @throws ClusterError Aborted or Timeout, once it has ended */
  public check(): void {
    if (this.signal.aborted) throw this.error();
  }

  /** Ends what still runs by its signal, a watch for instance, and lets go. */
  public close(): void {
    this.end();
    this.controller.abort();
  }

  /** Lets go of the timer and of the caller's signal. */
  public end(): void {
    clearTimeout(this.timer);
    this.parent?.removeEventListener('abort', this.onAbort);
  }
}

/**
 * What a promise resolves to, unless the signal ends first: for what takes no signal itself, and may hang.
 * @throws Error `aborted`; whatever the promise rejects with
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new Error('aborted'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
    if (signal.aborted) onAbort();
  });
}

/** Waits, for 24 days at most; ends early, without an error, when the signal does. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(milliseconds, LONGEST_TIMER_MS));
    signal?.addEventListener('abort', done, { once: true });
  });
}
