/**
 * Time that only goes forward. A clock that is set back stands still here for the moment of the jump and
 * goes on from there, so that no time-out gets longer by it; a value that is no number changes nothing.
 */
export class MonotonicClock {
  private elapsed: number;
  private last: number;

  /** @param read milliseconds, e.g. `Date.now` */
  public constructor(private readonly read: () => number) {
    const first = read();
    this.last = Number.isFinite(first) ? first : 0;
    this.elapsed = this.last;
  }

  /** Milliseconds. */
  public now(): number {
    const value = this.read();
    if (!Number.isFinite(value)) return this.elapsed;
    if (value > this.last) this.elapsed += value - this.last;
    this.last = value;
    return this.elapsed;
  }
}
