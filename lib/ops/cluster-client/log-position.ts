/** Timestamps of two streams of one container come in a slightly different order than they were taken. */
const MARGIN_SECONDS = 1;

/**
 * How far a log was read, so that a stream that broke goes on without a lost or doubled line. The server
 * cuts by whole seconds (`sinceTime`), so the lines of the last ones are counted by their timestamps.
 */
export class LogPosition {
  /** By second since 1970: how many lines were given, by their exact timestamp. */
  private readonly given = new Map<number, Map<string, number>>();
  private latest: number | undefined;
  private known = new Map<string, number>();
  private first: Moment | undefined;
  /** Whether the stream has come to a line that was given. */
  private isJoined = true;

  /** Where to ask from, as RFC 3339; undefined: nothing was read. */
  public get since(): string | undefined {
    return this.latest === undefined ? undefined : rfc3339(this.latest - MARGIN_SECONDS);
  }

  /** Called before a stream from {@link since}: its first lines may be known. */
  public resume(): void {
    this.known = new Map([...this.given.values()].flatMap((counts) => [...counts]));
    this.isJoined = this.known.size === 0;
  }

  /** Whether any line was given. */
  public get hasBegun(): boolean {
    return this.first !== undefined;
  }

  /** Whether a line of a resumed stream is older than the first that was given: one that was not asked for (tail). */
  public isLeftOut(timestamp: string): boolean {
    if (this.isJoined || this.first === undefined) return false;
    const moment = momentOf(timestamp);
    return moment !== undefined && isBefore(moment, this.first);
  }

  /**
   * Whether the first line of a resumed stream that is not left out goes on with what was read. One from
   * {@link since} has to begin with a line that was given: another run of the container, or a log that was rotated
   * meanwhile, does not.
   */
  public continues(timestamp: string): boolean {
    return this.known.size === 0 || this.known.has(timestamp);
  }

  /** Whether a line of the stream is new; if so, it counts as given. */
  public take(timestamp: string): boolean {
    const known = this.known.get(timestamp) ?? 0;
    if (known > 0) {
      this.known.set(timestamp, known - 1);
      this.isJoined = true;
      return false;
    }
    if (this.isLeftOut(timestamp)) return false;
    const moment = momentOf(timestamp);
    if (moment === undefined) return true;
    this.first ??= moment;
    const { second } = moment;
    if (second > (this.latest ?? -Infinity)) {
      this.latest = second;
      for (const old of this.given.keys()) if (old < second - MARGIN_SECONDS) this.given.delete(old);
    }
    const counts = this.given.get(second) ?? new Map<string, number>();
    counts.set(timestamp, (counts.get(timestamp) ?? 0) + 1);
    this.given.set(second, counts);
    return true;
  }

  /** Says where a log without a line so far begins. */
  public startAt(milliseconds: number): void {
    this.latest ??= Math.floor(milliseconds / 1000);
  }
}

/** A time to the nanosecond, which a number of milliseconds does not hold. */
interface Moment {
  readonly second: number;
  /** Digits, of any length. */
  readonly fraction: string;
}

function momentOf(timestamp: string): Moment | undefined {
  const second = Math.floor(Date.parse(timestamp) / 1000);
  return Number.isNaN(second) ? undefined : { second, fraction: /\.(\d+)/.exec(timestamp)?.[1] ?? '' };
}

function isBefore(a: Moment, b: Moment): boolean {
  if (a.second !== b.second) return a.second < b.second;
  return a.fraction.padEnd(9, '0') < b.fraction.padEnd(9, '0');
}

function rfc3339(second: number): string {
  return `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
}
