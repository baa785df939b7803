/** Joins many writers to one reader. Writers wait while it is full, so a slow reader slows them down. */
export class Channel<T> {
  private readonly items: T[] = [];
  private readonly blocked: (() => void)[] = [];
  private wake: (() => void) | undefined;
  private end: { readonly error?: unknown } | undefined;

  public constructor(private readonly capacity: number) {}

  /** Waits for room. False: nobody reads any more. */
  public async put(item: T): Promise<boolean> {
    while (this.items.length >= this.capacity && this.end === undefined) {
      await new Promise<void>((resolve) => {
        this.blocked.push(resolve);
      });
    }
    if (this.end !== undefined) return false;
    this.items.push(item);
    this.wake?.();
    return true;
  }

  /** Nothing more comes; what is there is still read. */
  public close(error?: { readonly error: unknown }): void {
    this.end ??= error ?? {};
    this.wake?.();
    for (const go of this.blocked.splice(0)) go();
  }

  /** @throws what it was closed with, after what came before */
  public async *read(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const item = this.items.shift();
      if (item !== undefined) {
        this.blocked.shift()?.();
        yield item;
      } else if (this.end !== undefined) {
        if ('error' in this.end) throw this.end.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        this.wake = undefined;
      }
    }
  }
}

/**
 * What some work puts into a channel, as it is read. The work is called off by the signal and when the reader stops, and
 * has ended when this has.
 *
 * @param capacity items that wait for a slow reader
 * @throws what the work fails with, after what it had put in
 */
export async function* readingFrom<T>(
  capacity: number,
  signal: AbortSignal | undefined,
  work: (channel: Channel<T>, abort: AbortController) => Promise<void>,
): AsyncGenerator<T, void, undefined> {
  const abort = new AbortController();
  const end = (): void => {
    abort.abort(signal?.reason);
  };
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  const channel = new Channel<T>(capacity);
  const done = work(channel, abort).then(
    () => {
      channel.close();
    },
    (error: unknown) => {
      channel.close({ error });
    },
  );
  try {
    yield* channel.read();
  } finally {
    signal?.removeEventListener('abort', end);
    abort.abort();
    channel.close();
    await done;
  }
}
