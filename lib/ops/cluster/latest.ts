/**
 * The latest value of a source that is faster than its reader: what came meanwhile is left out.
 * @param everyMs gives the last value again when nothing has come for so long, for what else may have changed
 * @throws whatever the source throws, when it is asked next
 */
export async function* latest<T>(
  source: AsyncGenerator<T, void, undefined>,
  everyMs?: number,
): AsyncGenerator<T, void, undefined> {
  let value: { readonly of: T } | undefined;
  let last: { readonly of: T } | undefined;
  let end: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const pump = async (): Promise<void> => {
    try {
      for await (const one of source) {
        value = { of: one };
        wake?.();
      }
      end = {};
    } catch (error) {
      end = { error };
    }
    wake?.();
  };
  void pump();
  try {
    for (;;) {
      if (value !== undefined) {
        const { of } = value;
        last = value;
        value = undefined;
        yield of;
      } else if (end !== undefined) {
        if ('error' in end) throw end.error;
        return;
      } else {
        const isTick = await new Promise<boolean>((resolve) => {
          const tick =
            everyMs === undefined || last === undefined
              ? undefined
              : setTimeout(() => {
                  resolve(true);
                }, everyMs);
          wake = () => {
            clearTimeout(tick);
            resolve(false);
          };
        });
        wake = undefined;
        if (isTick) value ??= last;
      }
    }
  } finally {
    void source.return().catch(() => undefined);
  }
}
