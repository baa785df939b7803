import { isIPv4, isIPv6 } from 'node:net';
import type { BalancingStrategy } from '../model/balancing';
import { NGINX_METHODS } from '../model/balancing';
import type { BalancedBackend } from './balancing-subject';
import type { Directive } from './nginx-syntax';
import { block, directive } from './nginx-syntax';

/** Docker's own name server, the same in every container on a network of one's own. */
const DOCKER_DNS = '127.0.0.11';
/** How long the addresses of a name are taken for true: after it, new replicas are found and old ones forgotten. */
export const NAMES_SECONDS = 5;
/**
 * How long a replica that refused is left alone. Longer than its address is known after its end: else it would
 * be tried again in the very moment in which the list changes.
 */
const FAILED_SECONDS = 2 * NAMES_SECONDS;
/** Kilobytes of shared memory that hold some fifty servers. */
const ZONE_KB = 64;
const ADDRESSES_PER_ZONE = 16;

/** What an upstream is made of. */
export interface Upstream {
  readonly name: string;
  readonly strategy: BalancingStrategy;
  readonly servers: readonly BalancedBackend[];
  /** Directives that stand before the servers. */
  readonly settings?: readonly Directive[];
}

/**
 * An `upstream` whose names are resolved while nginx runs: 1.27.3 or later. A `resolver` has to be told, in it or around
 * it. One worker counts for all in its `zone`; a weight of 0 is no weight for nginx, but `down`.
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server
 */
export function upstreamBlock({ name, strategy, servers, settings = [] }: Upstream): Directive {
  const method = NGINX_METHODS[strategy];
  return block(
    'upstream',
    [name],
    [
      directive('zone', name, `${zoneKilobytes(servers)}k`),
      ...(method === undefined ? [] : [directive(method)]),
      ...settings,
      ...servers.map((one) => server(one, strategy)),
    ],
  );
}

/** Addresses are found and forgotten by asking this name server. One of each kind would count twice: IPv4 only. */
export function resolverDirectives(address = DOCKER_DNS): Directive[] {
  return [directive('resolver', address, `valid=${NAMES_SECONDS}s`, 'ipv6=off'), directive('resolver_timeout', '2s')];
}

/** Whether a server is told by a name, which may have other addresses tomorrow. */
export function isResolved({ name }: BalancedBackend): boolean {
  return !isIPv4(name) && !isIPv6(withoutBrackets(name));
}

/** `[::1]` without its brackets, anything else as it is. */
export function withoutBrackets(host: string): string {
  return /^\[(.*)\]$/.exec(host)?.[1] ?? host;
}

function server(backend: BalancedBackend, strategy: BalancingStrategy): Directive {
  const { name, port, weight = 1 } = backend;
  const share = strategy === 'round-robin' || weight <= 1 ? [] : [`weight=${weight}`];
  return directive(
    'server',
    `${isIPv6(name) ? `[${name}]` : name}:${port}`,
    ...(isResolved(backend) ? ['resolve'] : []),
    ...share,
    'max_fails=1',
    `fail_timeout=${FAILED_SECONDS}s`,
    ...(weight === 0 ? ['down'] : []),
  );
}

/** A name may have as many addresses as it likes. nginx does not start when its servers do not fit. */
function zoneKilobytes(servers: readonly BalancedBackend[]): number {
  const names = servers.filter(isResolved).length;
  return ZONE_KB * Math.max(1, names + Math.ceil((servers.length - names) / ADDRESSES_PER_ZONE));
}
