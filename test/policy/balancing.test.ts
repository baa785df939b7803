import type { BalancingStrategy } from '../../lib/model/balancing';
import { BALANCING_STRATEGIES } from '../../lib/model/balancing';
import type { BalancingTarget } from '../../lib/policy/balancing';
import { compileBalancing } from '../../lib/policy/balancing';

const ALIKE = {
  name: 'api',
  backends: [
    { name: 'a', port: 80 },
    { name: 'b', port: 80 },
  ],
};
const SHARES = {
  name: 'api',
  backends: [
    { name: 'a', port: 80, weight: 5 },
    { name: 'b', port: 80 },
    { name: 'c', port: 80, weight: 0 },
  ],
};
const TARGETS: readonly BalancingTarget[] = [
  'nginx',
  'ingress-nginx',
  'http-route',
  'nginx-gateway-fabric',
  'envoy-gateway',
  'service',
];

/** The table of docs/load-balancing.md: how closely each target follows each strategy. */
const FIDELITY: Readonly<Record<BalancingTarget, string>> = {
  nginx: 'exact exact exact exact exact',
  'ingress-nginx': 'exact unsupported approximate unsupported approximate',
  'http-route': 'unsupported exact unsupported unsupported unsupported',
  'nginx-gateway-fabric': 'exact unsupported exact exact exact',
  'envoy-gateway': 'exact unsupported approximate exact approximate',
  service: 'approximate unsupported unsupported approximate approximate',
};

test.each(TARGETS)('%s: how closely it follows each strategy', (target) => {
  const fidelities = BALANCING_STRATEGIES.map((strategy) => {
    const { report } = compileBalancing(strategy, target, ALIKE);
    expect(report).toHaveLength(1);
    return report[0]?.fidelity;
  });
  expect(fidelities.join(' ')).toBe(FIDELITY[target]);
});

test.each(TARGETS)('%s: what it supports has an output, and what has none is its default or nothing', (target) => {
  for (const strategy of BALANCING_STRATEGIES) {
    const { output, report } = compileBalancing(strategy, target, ALIKE);
    const isDefault = target === 'service' && ['round-robin', 'random'].includes(strategy);
    const isUnsupported = report[0]?.fidelity === 'unsupported' && target !== 'http-route';
    expect(output === undefined).toBe(isDefault || isUnsupported);
  }
});

test.each<[BalancingTarget, BalancingStrategy, string | undefined]>([
  ['nginx', 'weighted', 'exact'],
  ['nginx', 'round-robin', 'exact'],
  ['ingress-nginx', 'round-robin', 'unsupported'],
  ['http-route', 'weighted', undefined],
  ['nginx-gateway-fabric', 'least-connections', 'unsupported'],
  ['envoy-gateway', 'random', 'unsupported'],
  ['service', 'ip-hash', 'unsupported'],
])('%s, %s: weights that differ are %s', (target, strategy, fidelity) => {
  const { report } = compileBalancing(strategy, target, SHARES);
  expect(report.find(({ field }) => field === 'weights')?.fidelity).toBe(fidelity);
});

describe('outputs', () => {
  test.each<[BalancingStrategy, readonly string[]]>([
    ['round-robin', ['server a:80;', 'server b:80;', 'server c:80 down;']],
    ['weighted', ['server a:80 weight=5;', 'server b:80;', 'server c:80 down;']],
    ['least-connections', ['least_conn;', 'server a:80 weight=5;', 'server b:80;', 'server c:80 down;']],
    ['random', ['random;', 'server a:80 weight=5;', 'server b:80;', 'server c:80 down;']],
    ['ip-hash', ['ip_hash;', 'server a:80 weight=5;', 'server b:80;', 'server c:80 down;']],
  ])('nginx, %s', (strategy, lines) => {
    const { output } = compileBalancing(strategy, 'nginx', SHARES);
    expect(output).toBe(`upstream api {\n${['zone api 64k;', ...lines].map((line) => `  ${line}\n`).join('')}}\n`);
  });

  test.each<[BalancingTarget, BalancingStrategy, object]>([
    ['ingress-nginx', 'round-robin', { 'nginx.ingress.kubernetes.io/load-balance': 'round_robin' }],
    ['ingress-nginx', 'least-connections', { 'nginx.ingress.kubernetes.io/load-balance': 'ewma' }],
    ['ingress-nginx', 'ip-hash', { 'nginx.ingress.kubernetes.io/upstream-hash-by': '$remote_addr' }],
    [
      'service',
      'ip-hash',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } },
    ],
    [
      'http-route',
      'weighted',
      [
        { name: 'a', weight: 5 },
        { name: 'b', weight: 1 },
        { name: 'c', weight: 0 },
      ],
    ],
    ['http-route', 'random', [{ weight: 1 }, { weight: 1 }, { weight: 0 }]],
    ['nginx-gateway-fabric', 'round-robin', { spec: { loadBalancingMethod: 'round_robin' } }],
    [
      'nginx-gateway-fabric',
      'least-connections',
      { spec: { loadBalancingMethod: 'least_conn', targetRefs: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] } },
    ],
    ['nginx-gateway-fabric', 'ip-hash', { kind: 'UpstreamSettingsPolicy', spec: { loadBalancingMethod: 'ip_hash' } }],
    [
      'envoy-gateway',
      'least-connections',
      { kind: 'BackendTrafficPolicy', spec: { loadBalancer: { type: 'LeastRequest' } } },
    ],
    [
      'envoy-gateway',
      'ip-hash',
      { spec: { loadBalancer: { type: 'ConsistentHash', consistentHash: { type: 'SourceIP' } } } },
    ],
  ])('%s, %s', (target, strategy, expected) => {
    expect(compileBalancing(strategy, target, SHARES).output).toMatchObject(expected);
  });
});
