import { ClusterError } from './cluster-error';

/** The longest that a timer of Node waits, in milliseconds; one that should wait longer would end at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What to do about a call that has a time of its own. */
const TIMEOUT_REMEDIES = {
  cluster: 'see whether the cluster is busy: `kubectl version`, `tars events`',
  engine: 'see whether the engine is busy: `docker version`, `tars events --target compose`',
} as const;

/** What to do about a time-out that whoever waits has chosen: commands call it --timeout. */
export const WAIT_LONGER = {
  cluster: 'wait longer with --timeout, or look at `tars status` and `tars events`',
  engine: 'wait longer with --timeout, or look at `tars status --target compose`',
} as const;

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
   * @param remedy of its time-out @default what the kind says
   */
  public constructor(
    private readonly what: string,
    private readonly timeoutMs: number | undefined,
    private readonly parent: AbortSignal | undefined,
    private readonly system: ClusterError['system'] = 'cluster',
    private readonly remedy: string | undefined = TIMEOUT_REMEDIES[system],
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
      remedy: this.remedy,
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
