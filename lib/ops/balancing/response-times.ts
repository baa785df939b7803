/** Each bucket is so much wider than the one before. */
const GROWTH = 1.05;
const SMALLEST_MS = 0.1;
const LARGEST_MS = 3_600_000;
const BUCKETS = bucketOf(LARGEST_MS) + 1;

/**
 * How long requests took, in buckets that grow by 5 %: a percentile is at most 2.5 % off, from 0.1 ms to an
 * hour, in 1.5 kB however many there were.
 */
export class ResponseTimes {
  private readonly counts = new Uint32Array(BUCKETS);
  private number = 0;
  private sum = 0;

  public get count(): number {
    return this.number;
  }

  /** Milliseconds; undefined when nothing was recorded. */
  public get meanMs(): number | undefined {
    return this.number === 0 ? undefined : this.sum / this.number;
  }

  public record(ms: number): void {
    const index = bucketOf(Math.min(ms, LARGEST_MS));
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.number++;
    this.sum += ms;
  }

  public add(other: ResponseTimes): void {
    other.counts.forEach((count, index) => {
      this.counts[index] = (this.counts[index] ?? 0) + count;
    });
    this.number += other.number;
    this.sum += other.sum;
  }

  /**
   * The time that a share of the requests did not exceed.
   * @param share above 0, at most 1
   * @returns milliseconds; undefined when nothing was recorded
   */
  public percentileMs(share: number): number | undefined {
    if (this.number === 0) return undefined;
    let left = Math.ceil(share * this.number);
    const index = this.counts.findIndex((count) => (left -= count) <= 0);
    // The value from which both ends of the bucket are equally far, by proportion.
    return (SMALLEST_MS * GROWTH ** index * 2) / (1 + GROWTH);
  }
}

/** Bucket n holds what is above SMALLEST × GROWTH^(n-1), up to SMALLEST × GROWTH^n. */
function bucketOf(ms: number): number {
  return ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / Math.log(GROWTH));
}
