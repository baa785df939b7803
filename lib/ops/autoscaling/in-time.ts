import { Deadline, unlessAborted } from '../cluster-client/deadline';

/** How long a source, or a target that is only looked at, may take in a check, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * What `read` finds, in time, also where it does not heed its signal.
 *
 * @param what is read, for the message
 * @throws ClusterError Timeout, Aborted; whatever `read` throws before
 */
export async function inTime<T>(
  what: string,
  {
    timeoutMs = TIMEOUT_MS,
    signal,
  }: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined },
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(what, timeoutMs, signal);
  try {
    return await unlessAborted(read(deadline.signal), deadline.signal);
  } catch (error) {
    if (deadline.signal.aborted) throw deadline.error(error);
    throw error;
  } finally {
    deadline.end();
  }
}
