import { setTimeout as wait } from 'node:timers/promises';
import type { HealthCheckOptions } from './active-health';
import { BalancingError } from './balancing-error';
import type { BalancingStrategy } from '../../model/balancing';
import { BALANCING_STRATEGIES } from '../../model/balancing';
import type { AddressHash } from './strategy';
import { ADDRESS_HASHES } from './strategy';
import { tcpConnector } from './tcp-connector';

/** What a balancer needs, and how it judges. */
export interface LoadBalancerOptions {
  /** Milliseconds, e.g. `Date.now`; it may be set back. */
  readonly clock: () => number;
  /** From 0 to below 1, e.g. `Math.random`. */
  readonly random: () => number;
  /** What of the client's address decides, for `ip-hash`. @default "network" */
  readonly hash?: AddressHash;
  /** Failures after which a backend is left alone; 0: never. @default 1 */
  readonly maxFails?: number;
  /** Seconds in which they count, and for which it is left alone. @default 10 */
  readonly failTimeoutSeconds?: number;
  /** Milliseconds after which a lease that nobody released is given up. @default 3600000 */
  readonly leaseTimeoutMs?: number;
  /** Milliseconds over which rates and times are measured. @default 60000 */
  readonly windowMs?: number;
}

/** The same with every default stated. */
export interface BalancerSettings {
  readonly random: () => number;
  readonly hash: AddressHash;
  readonly maxFails: number;
  readonly failTimeoutSeconds: number;
  readonly leaseTimeoutMs: number;
  readonly windowMs: number;
}

/** As {@link HealthCheckOptions}, with the defaults. */
type HealthSettings = Required<HealthCheckOptions>;

/** @throws BalancingError `InvalidOption` */
export function readOptions(strategy: BalancingStrategy, options: LoadBalancerOptions): BalancerSettings {
  const { random, hash = 'network', maxFails = 1, failTimeoutSeconds = 10 } = options;
  const { leaseTimeoutMs = 3_600_000, windowMs = 60_000 } = options;
  oneOf('strategy', strategy, BALANCING_STRATEGIES);
  oneOf('hash', hash, ADDRESS_HASHES);
  whole('maxFails', maxFails, 0);
  whole('failTimeoutSeconds', failTimeoutSeconds, 0);
  whole('leaseTimeoutMs', leaseTimeoutMs, 1);
  whole('windowMs', windowMs, 1);
  return { random, hash, maxFails, failTimeoutSeconds, leaseTimeoutMs, windowMs };
}

/**
 * The settings of health checks with their defaults.
 * @throws BalancingError `InvalidOption`
 */
export function readHealthOptions(options: HealthCheckOptions): HealthSettings {
  const { intervalMs = 2000, timeoutMs = 1000, rise = 2, fall = 3, jitter = 0.1, concurrency = 16 } = options;
  const { connect = tcpConnector, sleep = pause } = options;
  whole('intervalMs', intervalMs, 1);
  for (const [name, value] of Object.entries({ timeoutMs, rise, fall, concurrency })) whole(name, value, 1);
  if (!(jitter >= 0 && jitter < 1)) {
    throw new BalancingError('InvalidOption', `jitter is none, given ${jitter}, allowed is 0 to below 1: correct it`);
  }
  return { intervalMs, timeoutMs, rise, fall, jitter, concurrency, connect, sleep };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, undefined, { signal }).catch(() => undefined);
}

function oneOf(name: string, given: string, allowed: readonly string[]): void {
  if (allowed.includes(given)) return;
  throw new BalancingError(
    'InvalidOption',
    `${name} is unknown, given ${JSON.stringify(given)}, allowed are ${allowed.join(', ')}: choose one of them`,
  );
}

function whole(name: string, given: number, least: number): void {
  if (Number.isSafeInteger(given) && given >= least) return;
  throw new BalancingError(
    'InvalidOption',
    `${name} is no whole number in its range, given ${given}, allowed is ${least} or more: correct it`,
  );
}
