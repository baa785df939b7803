import type { Attempt } from './attempt';
import type { Backend } from './backend';
import type { Member } from './member';

/** How a request ended. */
export interface RequestOutcome {
  /**
   * Whether the backend did its part; false counts against it.
   * @default true
   */
  readonly success?: boolean;
  /**
   * Milliseconds that it took.
   * @default - since the lease was given
   */
  readonly responseTimeMs?: number;
}

/** One request that a backend was chosen for. It has to be released, once. */
export class Lease {
  /** Those given before and after it, of the ones that are under way. @internal */
  public older: Lease | undefined = undefined;
  /** @internal */
  public newer: Lease | undefined = undefined;
  private open = true;

  /** @internal */
  public constructor(
    /** @internal */
    public readonly member: Member,
    /** @internal */
    public readonly attempt: Attempt,
    /** @internal */
    public readonly startedAt: number,
    private readonly onRelease: (lease: Lease, outcome: RequestOutcome) => void,
  ) {}

  /** The chosen one. */
  public get backend(): Backend {
    return this.member.backend;
  }

  /**
   * Says that the request has ended.
   * @returns false when it was released before, or had timed out: then nothing is counted
   */
  public release(outcome: RequestOutcome = {}): boolean {
    if (!this.close()) return false;
    this.onRelease(this, outcome);
    return true;
  }

  /** @internal */
  public close(): boolean {
    const wasOpen = this.open;
    this.open = false;
    return wasOpen;
  }
}
