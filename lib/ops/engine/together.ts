/** Calls at the same time: each listens to one signal, which warns of more listeners than ten. */
const MOST = 8;

/** Does the same with all of them, a few at a time; in their order. @throws what the first that fails throws */
export async function together<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const next = all.entries();
  const worker = async (): Promise<void> => {
    for (const [at, one] of next) results[at] = await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(MOST, all.length) }, worker));
  return results;
}
