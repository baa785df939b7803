import type { HealthCheckOptions } from './active-health';
import { checkAll, noteCheck } from './active-health';
import { newAttempt } from './attempt';
import type { Backend } from './backend';
import { checkBackend, checkWeight } from './backend';
import { BalancingError } from './balancing-error';
import { readClientAddress } from './client-address';
import type { ClusterStats } from './cluster-stats';
import { clusterStats, stateOf } from './cluster-stats';
import type { RequestOutcome } from './lease';
import { Lease } from './lease';
import { Member } from './member';
import { MonotonicClock } from './monotonic-clock';
import { OpenLeases } from './open-leases';
import type { BalancerSettings, LoadBalancerOptions } from './options';
import { readHealthOptions, readOptions } from './options';
import { noteFailure, notePicked, noteSuccess } from './passive-health';
import { Pool } from './pool';
import { rebalancedFactors } from './rebalance';
import type { BalancingStrategy } from '../../model/balancing';
import { choose } from './strategy';
import { applyWeights, startWeight } from './weights';

/** For which request a backend is wanted. */
export interface AcquireOptions {
  /** Address of the client, for `ip-hash`. @default - none: all such clients are one */
  readonly clientIp?: string | undefined;
  /** The lease of the same request that failed: its backends are not asked again. @default - a new request */
  readonly retryOf?: Lease;
}

/** What the last check said of a backend. */
export interface HealthReport {
  readonly id: string;
  readonly up: boolean;
  /** Whether this check brought it up or down. */
  readonly changed: boolean;
  /** Why the check failed; undefined when it did not. */
  readonly reason: string | undefined;
}

/** What rebalancing did to a backend. */
export interface WeightChange {
  readonly id: string;
  /** What its weight is multiplied with: before, and now. */
  readonly from: number;
  readonly to: number;
}

/**
 * Gives requests to backends as nginx does: the same sequence for the same weights and the same failures.
 * It opens no connection but those of health checks, and reads no clock and no chance but those handed in.
 *
 * @example
 * const balancer = new LoadBalancer('least-connections', { clock: Date.now, random: Math.random });
 * balancer.addBackend('a', '10.0.0.1', 8000);
 * const lease = balancer.acquire();
 * lease.release({ success: true });
 *
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html
 */
export class LoadBalancer {
  private readonly settings: BalancerSettings;
  private readonly clock: MonotonicClock;
  private readonly pool = new Pool<Member>();
  private readonly byId = new Map<string, Member>();
  /** Also those that were removed, whose requests are still under way. */
  private readonly byBackend = new WeakMap<Backend, Member>();
  /** Leases that are open, the oldest first. */
  private readonly open = new OpenLeases();

  /** @throws BalancingError `InvalidOption` */
  public constructor(
    public readonly strategy: BalancingStrategy,
    options: LoadBalancerOptions,
  ) {
    this.settings = readOptions(strategy, options);
    this.clock = new MonotonicClock(options.clock);
  }

  /** The backends, in the order in which they were added. */
  public get backends(): readonly Backend[] {
    return this.pool.peers.map(({ backend }) => backend);
  }

  /**
   * Adds a backend; it is asked from the next request on.
   * @param weight its share, a whole number; 0: it is there, and gets no requests
   * @throws BalancingError `InvalidBackend`, `DuplicateBackend`
   */
  public addBackend(id: string, host: string, port: number, weight = 1): Backend {
    const backend: Backend = Object.freeze({ id, host, port });
    checkBackend(backend, weight);
    if (this.byId.has(id)) {
      throw new BalancingError(
        'DuplicateBackend',
        `a backend "${id}" is there already: remove it first, or use setWeight`,
      );
    }
    const member = new Member(backend, weight, this.settings);
    this.byId.set(id, member);
    this.byBackend.set(backend, member);
    this.pool.add(member);
    startWeight(member, this.pool.peers, this.strategy);
    return backend;
  }

  /**
   * Takes a backend out. Requests that are under way end as they would have.
   * @returns whether it was there
   */
  public removeBackend(id: string): boolean {
    const member = this.byId.get(id);
    if (member === undefined) return false;
    this.byId.delete(id);
    this.pool.remove(member);
    this.applyWeights();
    return true;
  }

  /**
   * Changes a weight while requests are under way.
   * @throws BalancingError `UnknownBackend`, `InvalidBackend`
   */
  public setWeight(id: string, weight: number): void {
    const member = this.byId.get(id);
    if (member === undefined) {
      throw new BalancingError('UnknownBackend', `there is no backend "${id}", there are: ${this.ids()}`);
    }
    checkWeight(id, weight);
    member.configuredWeight = weight;
    this.applyWeights();
  }

  /**
   * Chooses a backend for a request. The lease has to be released.
   * @throws BalancingError `NoBackendAvailable`, `InvalidClientAddress`
   */
  public acquire({ clientIp, retryOf }: AcquireOptions = {}): Lease {
    const now = this.clock.now();
    this.expire(now);
    const attempt = retryOf?.attempt ?? newAttempt();
    if (retryOf !== undefined) (attempt.tried ??= new Set()).add(retryOf.member);
    const seconds = Math.floor(now / 1000);
    const member = choose(this.strategy, this.settings.hash, {
      pool: this.pool,
      now: seconds,
      attempt,
      client: () => readClientAddress(clientIp),
      random: this.settings.random,
    });
    if (member === undefined) throw this.nobody();
    notePicked(member, seconds);
    const lease = new Lease(member, attempt, now, this.onRelease);
    this.open.add(lease);
    return lease;
  }

  /**
   * Chooses a backend; `recordRequest` says later how it went.
   * @throws BalancingError `NoBackendAvailable`, `InvalidClientAddress`
   */
  public selectBackend(clientIp?: string): Backend {
    const lease = this.acquire({ clientIp });
    lease.member.unrecorded.add(lease);
    return lease.backend;
  }

  /**
   * Says how a request went that `selectBackend` chose the backend for.
   * @param backend what `selectBackend` returned: after it was removed and added again it is another
   * @returns false when no such request is under way: it was recorded before, or had timed out
   */
  public recordRequest(backend: Backend, responseTimeMs: number, success: boolean): boolean {
    const [lease] = this.byBackend.get(backend)?.unrecorded ?? [];
    return lease?.release({ responseTimeMs, success }) ?? false;
  }

  /** What was measured, of each and of all. */
  public getClusterStats(): ClusterStats {
    const now = this.clock.now();
    this.expire(now);
    return clusterStats(this.strategy, this.pool.peers, now);
  }

  /**
   * Adapts the weights to what was measured in the window: more for the fast and sound, less for others.
   * Nothing changes with `round-robin`, which has no weights, and with `ip-hash`, where clients would move.
   * @returns what changed
   */
  public rebalance(): readonly WeightChange[] {
    if (this.strategy === 'round-robin' || this.strategy === 'ip-hash') return [];
    const now = this.clock.now();
    const members = this.pool.peers;
    const loads = members.map(({ factor, statistics }) => ({
      ...statistics.summary(now),
      factor,
      requests: statistics.recent(now),
    }));
    const factors = rebalancedFactors(loads);
    const changes = members.flatMap((member, index): WeightChange[] => {
      const to = factors[index] ?? member.factor;
      const from = member.factor;
      member.factor = to;
      return from === to ? [] : [{ id: member.backend.id, from, to }];
    });
    if (changes.length > 0) this.applyWeights();
    return changes;
  }

  /** Asks every backend once for a TCP connection, and takes the answers into account. @throws BalancingError `InvalidOption` */
  public async healthCheck(
    options: HealthCheckOptions = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<readonly HealthReport[]> {
    const { timeoutMs, rise, fall, concurrency, connect } = readHealthOptions(options);
    const members = [...this.pool.peers];
    const reasons = await checkAll(
      members.map(({ backend }) => backend),
      { connect, timeoutMs, concurrency },
      signal,
    );
    if (signal.aborted) return [];
    return members.flatMap((member, index): HealthReport[] => {
      const { id } = member.backend;
      if (this.byId.get(id) !== member) return [];
      const reason = reasons[index];
      const changed = noteCheck(member.health, reason === undefined, { rise, fall });
      const { up } = member.health;
      member.out = !up || member.weight === 0;
      // It has answered several times in a row: what failed before does not count any more.
      if (changed && up) member.fails = 0;
      return [{ id, up, changed, reason }];
    });
  }

  /** Asks all backends again and again, until aborted. @throws BalancingError `InvalidOption` */
  public async watchHealth(signal: AbortSignal, options: HealthCheckOptions = {}): Promise<void> {
    const { intervalMs, jitter, sleep } = readHealthOptions(options);
    while (!signal.aborted) {
      await this.healthCheck(options, signal);
      await sleep(intervalMs * (1 + jitter * (2 * this.settings.random() - 1)), signal);
    }
  }

  private readonly onRelease = (lease: Lease, { success = true, responseTimeMs }: RequestOutcome): void => {
    const now = this.clock.now();
    const { member } = lease;
    this.forget(lease);
    const known = responseTimeMs !== undefined && Number.isFinite(responseTimeMs) && responseTimeMs >= 0;
    member.statistics.record(now, known ? responseTimeMs : now - lease.startedAt, success);
    // Of one that is alone failures are not counted: it is asked in any case.
    if (this.pool.peers.length === 1) return;
    if (success) noteSuccess(member);
    else noteFailure(member, Math.floor(now / 1000));
  };

  /** Gives up leases that nobody released. */
  private expire(now: number): void {
    let { oldest } = this.open;
    while (oldest !== undefined && now - oldest.startedAt >= this.settings.leaseTimeoutMs) {
      oldest.close();
      this.forget(oldest);
      oldest.member.statistics.recordLeak();
      ({ oldest } = this.open);
    }
  }

  private forget(lease: Lease): void {
    this.open.remove(lease);
    lease.member.unrecorded.delete(lease);
    lease.member.connections--;
  }

  private applyWeights(): void {
    applyWeights(this.pool.peers, this.strategy);
    this.pool.changed();
  }

  private nobody(): BalancingError {
    const members = this.pool.peers;
    const seconds = Math.floor(this.clock.now() / 1000);
    const states = members.slice(0, 10).map((one) => `${one.backend.id} ${stateOf(one, seconds)}`);
    const more = members.length > states.length ? ` and ${members.length - states.length} more` : '';
    const who = states.length === 0 ? 'there are none' : `${states.join(', ')}${more}`;
    return new BalancingError(
      'NoBackendAvailable',
      `no backend may be asked (${who}): add one, or wait until one is up again`,
    );
  }

  private ids(): string {
    return [...this.byId.keys()].join(', ') || 'none';
  }
}
