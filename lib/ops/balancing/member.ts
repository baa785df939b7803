import type { HealthState } from './active-health';
import { newHealthState } from './active-health';
import type { Backend } from './backend';
import { addressOf } from './backend';
import type { Lease } from './lease';
import { Peer } from './peer';
import { RequestStatistics } from './request-statistics';

/** What members of one balancer have in common. */
export interface MemberOptions {
  readonly maxFails: number;
  readonly failTimeoutSeconds: number;
  readonly windowMs: number;
}

/** A backend inside the balancer: how it is chosen, how it is, and what was measured of it. */
export class Member extends Peer {
  /** What rebalancing makes of the weight. */
  public factor = 1;
  public readonly health: HealthState = newHealthState();
  public readonly statistics: RequestStatistics;
  /** Leases that `recordRequest` will release, the oldest first. */
  public readonly unrecorded = new Set<Lease>();

  public constructor(
    public readonly backend: Backend,
    /** The weight as it was given. */
    public configuredWeight: number,
    { maxFails, failTimeoutSeconds: failTimeout, windowMs }: MemberOptions,
  ) {
    super(configuredWeight, { maxFails, failTimeout, address: addressOf(backend) });
    this.statistics = new RequestStatistics(windowMs);
  }
}
