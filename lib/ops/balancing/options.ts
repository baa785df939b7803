import { setTimeout as wait } from 'node:timers/promises';
import type { HealthCheckOptions } from './active-health';
import type { Refusal } from './balancing-error';
import { refuseAll } from './balancing-error';
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

/** A timer cannot wait longer than 24 days, and would not wait at all. */
const A_DAY_MS = 86_400_000;

/** @throws BalancingError `InvalidOption`, with everything that is wrong */
export function readOptions(strategy: BalancingStrategy, options: LoadBalancerOptions): BalancerSettings {
  // JavaScript may leave it out.
  const given = (options as LoadBalancerOptions | undefined) ?? ({} as Partial<LoadBalancerOptions>);
  const { clock, random, hash = 'network', maxFails = 1, failTimeoutSeconds = 10 } = given;
  const { leaseTimeoutMs = 3_600_000, windowMs = 60_000 } = given;
  refuseAll('InvalidOption', [
    ...oneOf('strategy', strategy, BALANCING_STRATEGIES),
    ...functions({ clock, random }),
    ...oneOf('hash', hash, ADDRESS_HASHES),
    ...whole('maxFails', maxFails, 0),
    ...whole('failTimeoutSeconds', failTimeoutSeconds, 0),
    ...whole('leaseTimeoutMs', leaseTimeoutMs, 1),
    ...whole('windowMs', windowMs, 1),
  ]);
  return { random: options.random, hash, maxFails, failTimeoutSeconds, leaseTimeoutMs, windowMs };
}

/**
 * The settings of health checks with their defaults.
 * @throws BalancingError `InvalidOption`, with everything that is wrong
 */
export function readHealthOptions(options: HealthCheckOptions): HealthSettings {
  const { intervalMs = 2000, timeoutMs = 1000, rise = 2, fall = 3, jitter = 0.1, concurrency = 16 } = options;
  const { connect = tcpConnector, sleep = pause } = options;
  const isShare = typeof jitter === 'number' && jitter >= 0 && jitter < 1;
  refuseAll('InvalidOption', [
    ...whole('intervalMs', intervalMs, 1, A_DAY_MS),
    ...whole('timeoutMs', timeoutMs, 1, A_DAY_MS),
    ...whole('rise', rise, 1),
    ...whole('fall', fall, 1),
    ...(isShare ? [] : [['jitter is none', jitter, 'a number from 0 to below 1', 'correct it'] as const]),
    ...whole('concurrency', concurrency, 1),
    ...functions({ connect, sleep }),
  ]);
  return { intervalMs, timeoutMs, rise, fall, jitter, concurrency, connect, sleep };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, undefined, { signal }).catch(() => undefined);
}

function oneOf(name: string, given: string, allowed: readonly string[]): readonly Refusal[] {
  return allowed.includes(given)
    ? []
    : [[`${name} is unknown`, given, `one of ${allowed.join(', ')}`, 'choose one of them']];
}

function whole(name: string, given: number, least: number, most = Number.MAX_SAFE_INTEGER): readonly Refusal[] {
  if (Number.isSafeInteger(given) && given >= least && given <= most) return [];
  const allowed = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  return [[`${name} is no whole number in its range`, given, allowed, 'correct it']];
}

function functions(given: Readonly<Record<string, unknown>>): readonly Refusal[] {
  return Object.entries(given).flatMap(([name, value]): Refusal[] =>
    typeof value === 'function' ? [] : [[`${name} is no function`, value, 'a function', 'hand one in']],
  );
}
