import type { Circle } from './consistent-hash';
import { makeCircle } from './consistent-hash';
import type { Peer } from './peer';

/** All backends of a balancer, with what the strategies look up in them. */
export class Pool<P extends Peer> {
  private members: P[] = [];
  private sums: readonly number[] | undefined;
  private points: Circle<P> | undefined;

  public get peers(): readonly P[] {
    return this.members;
  }

  public add(peer: P): void {
    this.members.push(peer);
    this.changed();
  }

  public remove(peer: P): void {
    // Another list: who goes through the old one goes on as it was.
    this.members = this.members.filter((one) => one !== peer);
    this.changed();
  }

  /** Has to be called after a weight was changed. */
  public changed(): void {
    this.sums = undefined;
    this.points = undefined;
  }

  /** Of all, whether they can be asked or not. */
  public get totalWeight(): number {
    return this.cumulative.at(-1) ?? 0;
  }

  /**
   * The peer in whose share of the weights a number falls.
   * @param at 0 or more, below the total weight
   */
  public byWeight(at: number): P | undefined {
    const sums = this.cumulative;
    let from = 0;
    let to = sums.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((sums[middle] ?? 0) <= at) from = middle + 1;
      else to = middle;
    }
    return this.members[from];
  }

  /** The circle of consistent hashing: made when it is first asked for, since it is large. */
  public get circle(): Circle<P> {
    return (this.points ??= makeCircle(this.members));
  }

  private get cumulative(): readonly number[] {
    if (this.sums === undefined) {
      let sum = 0;
      this.sums = this.members.map((peer) => (sum += peer.weight));
    }
    return this.sums;
  }
}
