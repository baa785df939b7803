import type { Lease } from './lease';

/**
 * Leases that are under way, the oldest first. A list whose links stand in the leases themselves: of a Set the
 * oldest costs a walk over all that have been taken out before it.
 */
export class OpenLeases {
  public oldest: Lease | undefined;
  private newest: Lease | undefined;

  public add(lease: Lease): void {
    lease.older = this.newest;
    if (this.newest === undefined) this.oldest = lease;
    else this.newest.newer = lease;
    this.newest = lease;
  }

  /** The lease has to be in it. */
  public remove(lease: Lease): void {
    const { older, newer } = lease;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    lease.older = undefined;
    lease.newer = undefined;
  }
}
