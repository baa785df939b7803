/**
 * A clock that is never set back. When the machine's is, no time has passed, and both go on together from there: what
 * was noted before is as old as it was.
 */
export class SteadyClock {
  private last = -Infinity;
  /** By how much the machine's clock was set back, in all. */
  private ahead = 0;

  /** @param machine milliseconds since 1970 */
  public constructor(private readonly machine: () => number) {}

  /** Milliseconds: since 1970, as long as the machine's clock was never set back. */
  public now(): number {
    return this.ofMachine() + this.ahead;
  }

  /** The moment that the machine's clock, as it goes now, calls so. */
  public momentOf(machine: number): number {
    this.ofMachine(); // which notices that it was set back
    return machine + this.ahead;
  }

  /** What the machine's clock says. */
  public ofMachine(): number {
    const machine = this.machine();
    this.ahead += Math.max(0, this.last - (machine + this.ahead));
    this.last = machine + this.ahead;
    return machine;
  }
}
