/**
 * How one of several backends is chosen.
 * - `round-robin`: each in turn, whatever its weight
 * - `weighted`: smooth weighted round robin
 * - `least-connections`: the fewest requests under way for its weight
 * - `random`: a weighted draw
 * - `ip-hash`: the client's address decides
 */
export type BalancingStrategy = 'round-robin' | 'weighted' | 'least-connections' | 'random' | 'ip-hash';

/** Strategies among the replicas of one service, which are all alike. */
export type ReplicaBalancing = Exclude<BalancingStrategy, 'weighted'>;

export const REPLICA_BALANCING: readonly ReplicaBalancing[] = ['round-robin', 'least-connections', 'random', 'ip-hash'];

export const BALANCING_STRATEGIES: readonly BalancingStrategy[] = [
  'round-robin',
  'weighted',
  'least-connections',
  'random',
  'ip-hash',
];

/**
 * Directive of an nginx upstream for each strategy; undefined: none, smooth weighted round robin is its default.
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html
 */
export const NGINX_METHODS: Readonly<Record<BalancingStrategy, string | undefined>> = {
  'round-robin': undefined,
  weighted: undefined,
  'least-connections': 'least_conn',
  random: 'random',
  'ip-hash': 'ip_hash',
};
