import { ResponseTimes } from './response-times';

/** What was measured of requests. */
export interface RequestSummary {
  /** Requests that ended, since the start. */
  readonly requests: number;
  /** Those of them that failed. */
  readonly failures: number;
  /** Leases that were never released, and timed out. */
  readonly leaked: number;
  /** Failures among the requests of the window, 0 to 1; 0 without requests. */
  readonly errorRate: number;
  /** Mean of the window, in milliseconds; undefined without requests. */
  readonly meanResponseMs: number | undefined;
  /** Percentiles of the window, in milliseconds, at most 2.5 % off; undefined without requests. */
  readonly p50ResponseMs: number | undefined;
  readonly p95ResponseMs: number | undefined;
  readonly p99ResponseMs: number | undefined;
}

interface Slot {
  readonly times: ResponseTimes;
  failures: number;
}

/**
 * Requests of one backend: totals since the start, rates and times of a window. The window is two slots that
 * take turns, so that it holds between one and two of its lengths, in memory that does not grow.
 */
export class RequestStatistics {
  private requests = 0;
  private failures = 0;
  private leaked = 0;
  private current: Slot | undefined;
  private previous: Slot | undefined;
  private startedAt = 0;

  public constructor(private readonly windowMs: number) {}

  public record(now: number, responseMs: number, success: boolean): void {
    this.requests++;
    const slot = this.slotAt(now);
    slot.times.record(responseMs);
    if (success) return;
    this.failures++;
    slot.failures++;
  }

  public recordLeak(): void {
    this.leaked++;
  }

  /** Requests in the window. */
  public recent(now: number): number {
    return this.slots(now).reduce((sum, { times }) => sum + times.count, 0);
  }

  public summary(now: number): RequestSummary {
    return summarize([this], now);
  }

  /** The summary of several, as if they were one. */
  public static summaryOf(all: readonly RequestStatistics[], now: number): RequestSummary {
    return summarize(all, now);
  }

  /** Totals, in the order requests, failures, leaked. */
  public get totals(): readonly [number, number, number] {
    return [this.requests, this.failures, this.leaked];
  }

  /** What the window holds. */
  public slots(now: number): readonly Slot[] {
    this.turn(now);
    return [this.previous, this.current].filter((slot) => slot !== undefined);
  }

  private slotAt(now: number): Slot {
    this.turn(now);
    return (this.current ??= { times: new ResponseTimes(), failures: 0 });
  }

  private turn(now: number): void {
    const age = now - this.startedAt;
    if (age < this.windowMs) return;
    this.previous = age < 2 * this.windowMs ? this.current : undefined;
    this.current = undefined;
    this.startedAt = age < 2 * this.windowMs ? this.startedAt + this.windowMs : now;
  }
}

function summarize(all: readonly RequestStatistics[], now: number): RequestSummary {
  const sums = [0, 0, 0];
  const times = new ResponseTimes();
  let failures = 0;
  for (const one of all) {
    one.totals.forEach((value, index) => (sums[index] = (sums[index] ?? 0) + value));
    for (const slot of one.slots(now)) {
      times.add(slot.times);
      failures += slot.failures;
    }
  }
  const [requests = 0, failed = 0, leaked = 0] = sums;
  return {
    requests,
    failures: failed,
    leaked,
    errorRate: times.count === 0 ? 0 : failures / times.count,
    meanResponseMs: times.meanMs,
    p50ResponseMs: times.percentileMs(0.5),
    p95ResponseMs: times.percentileMs(0.95),
    p99ResponseMs: times.percentileMs(0.99),
  };
}
