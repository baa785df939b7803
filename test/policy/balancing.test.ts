import type { BalancingStrategy } from '../../lib/model/balancing';
import { BALANCING_STRATEGIES } from '../../lib/model/balancing';
import { compileBalancing } from '../../lib/policy/balancing';
import type { BalancingTarget } from '../../lib/policy/balancing-subject';

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
    expect(report.map(({ field }) => field)).toEqual(target === 'nginx' ? ['strategy', 'names'] : ['strategy']);
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
  ['nginx', 'weighted', 'approximate'],
  ['nginx', 'round-robin', 'exact'],
  ['ingress-nginx', 'round-robin', 'unsupported'],
  ['http-route', 'weighted', undefined],
  ['http-route', 'round-robin', 'exact'],
  ['http-route', 'least-connections', 'unsupported'],
  ['nginx-gateway-fabric', 'least-connections', 'unsupported'],
  ['envoy-gateway', 'random', 'unsupported'],
  ['service', 'ip-hash', 'unsupported'],
])('%s, %s: weights that differ are %s', (target, strategy, fidelity) => {
  const { report } = compileBalancing(strategy, target, SHARES);
  expect(report.find(({ field }) => field === 'weights')?.fidelity).toBe(fidelity);
});

test.each(TARGETS)('%s: a report says what becomes of weights that are all 0', (target) => {
  const backends = [{ name: 'a', port: 80, weight: 0 }];
  const { report } = compileBalancing('random', target, { name: 'api', backends });
  expect(report.map(({ field }) => field)).toContain('weights');
});

describe('outputs', () => {
  const HEALTH = 'max_fails=1 fail_timeout=10s';
  const NAMES = ['resolver 127.0.0.11 valid=5s ipv6=off;', 'resolver_timeout 2s;'];
  const WEIGHTED = [
    ...NAMES,
    `server a:80 resolve weight=5 ${HEALTH};`,
    `server b:80 resolve ${HEALTH};`,
    `server c:80 resolve ${HEALTH} down;`,
  ];
  test.each<[BalancingStrategy, readonly string[]]>([
    ['round-robin', WEIGHTED.map((line) => line.replace(' weight=5', ''))],
    ['weighted', WEIGHTED],
    ['least-connections', ['least_conn;', ...WEIGHTED]],
    ['random', ['random;', ...WEIGHTED]],
    ['ip-hash', ['ip_hash;', ...WEIGHTED]],
  ])('nginx, %s', (strategy, lines) => {
    const { output } = compileBalancing(strategy, 'nginx', SHARES);
    expect(output).toBe(`upstream api {\n${['zone api 192k;', ...lines].map((line) => `  ${line}\n`).join('')}}\n`);
  });

  test('nginx: addresses stay as they are, and need no name server', () => {
    const backends = ['10.0.0.1', '::1', '[::2]'].map((name) => ({ name, port: 80, weight: 2 }));
    const { output, report } = compileBalancing('weighted', 'nginx', { name: 'api', backends });
    const servers = ['10.0.0.1', '[::1]', '[::2]'].map((host) => `  server ${host}:80 weight=2 ${HEALTH};\n`);
    expect(output).toBe(`upstream api {\n  zone api 64k;\n${servers.join('')}}\n`);
    expect(report.map(({ field }) => field)).toEqual(['strategy']);
  });

  test('nginx: another name server', () => {
    const { output } = compileBalancing('weighted', 'nginx', { ...ALIKE, resolver: '[::1]:5353' });
    expect(output).toContain('  resolver [::1]:5353 valid=5s ipv6=off;\n');
  });

  test('a Service with two ports is named once by the policy of NGINX Gateway Fabric', () => {
    const backends = [80, 81].map((port) => ({ name: 'a', port }));
    const { output } = compileBalancing('random', 'nginx-gateway-fabric', { name: 'api', backends });
    expect(output).toMatchObject({ spec: { targetRefs: [{ group: '', kind: 'Service', name: 'a' }] } });
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
