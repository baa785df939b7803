/** Retries of one call, after its first attempt. */
export const MOST_RETRIES = 5;
const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/**
 * Milliseconds to wait before a retry: full jitter, and never less than the server asked for.
 * @param retry 0 for the first retry
 * @param retryAfterSeconds of the answer
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelay(retry: number, retryAfterSeconds: number | undefined, random: () => number): number {
  const jitter = random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** retry);
  return (retryAfterSeconds ?? 0) * 1000 + jitter;
}

/** Seconds of a Retry-After header, which may be a date. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}
