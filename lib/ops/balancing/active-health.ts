import { setMaxListeners } from 'node:events';

/** Asks a backend for a connection: resolves once it is there, rejects when it is refused or aborted. */
export type Connector = (host: string, port: number, signal: AbortSignal) => Promise<void>;

/** How backends are checked; the time-outs are per check. */
export interface HealthCheckOptions {
  /** Milliseconds from the end of one round to the next, at most a day. @default 2000 */
  readonly intervalMs?: number;
  /** Milliseconds that a connection may take, at most a day. @default 1000 */
  readonly timeoutMs?: number;
  /** Successes in a row after which one that is down is up. @default 2 */
  readonly rise?: number;
  /** Failures in a row after which one that is up is down. @default 3 */
  readonly fall?: number;
  /** Share of the interval by which a pause is longer or shorter, by chance: several balancers do not ask in step. @default 0.1 */
  readonly jitter?: number;
  /** Checks at the same time, at most. @default 16 */
  readonly concurrency?: number;
  /** @default - a TCP connection */
  readonly connect?: Connector;
  /** Waits; resolves early when aborted. @default - a timer */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What checks have said of one backend lately. */
export interface HealthState {
  up: boolean;
  /** Answers in a row that contradict `up`. */
  contrary: number;
}

export function newHealthState(): HealthState {
  return { up: true, contrary: 0 };
}

/**
 * Takes one answer into account.
 * @returns whether the backend went up or down by it
 */
export function noteCheck(state: HealthState, ok: boolean, { rise, fall }: { rise: number; fall: number }): boolean {
  if (ok === state.up) {
    state.contrary = 0;
    return false;
  }
  state.contrary++;
  if (state.contrary < (ok ? rise : fall)) return false;
  state.up = ok;
  state.contrary = 0;
  return true;
}

/**
 * Asks all targets once, at most `concurrency` at a time.
 * @returns for each target why it failed; undefined when it answered
 */
export async function checkAll(
  targets: readonly { readonly host: string; readonly port: number }[],
  options: { readonly connect: Connector; readonly timeoutMs: number; readonly concurrency: number },
  signal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const results: (string | undefined)[] = [];
  // What listens to it goes with the round. Not AbortSignal.any: that leaves something behind with a signal that
  // lives as long as the balancer.
  const round = new AbortController();
  setMaxListeners(0, round.signal);
  const end = (): void => {
    round.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < targets.length && !signal.aborted; index = next++) {
      const target = targets[index];
      if (target !== undefined) results[index] = await check(target, options, round.signal);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(options.concurrency, targets.length) }, worker));
  } finally {
    signal.removeEventListener('abort', end);
  }
  return targets.map((_, index) => (index in results ? results[index] : 'aborted'));
}

async function check(
  { host, port }: { readonly host: string; readonly port: number },
  { connect, timeoutMs }: { readonly connect: Connector; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  const limit = new AbortController();
  const end = (): void => {
    limit.abort();
  };
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener('abort', end, { once: true });
  // A connector that does not heed the signal may not hold up the round.
  const late = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => {
      reject(new Error(signal.aborted ? 'aborted' : `no answer within ${timeoutMs} ms`));
    });
  });
  try {
    await Promise.race([connect(host, port, limit.signal), late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    late.catch(() => undefined);
  }
}
