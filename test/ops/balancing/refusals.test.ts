import { LoadBalancer } from 'cdk8s-tars/ops';
import type { BalancingStrategy, Connector, HealthCheckOptions, LoadBalancerOptions } from 'cdk8s-tars/ops';
import { codeOf, seeded, TestBench } from './support';

describe('backends that cannot be', () => {
  test.each<[string, () => unknown, string, string]>([
    ['NaN', () => new TestBench('weighted', { a: NaN }), 'InvalidBackend', 'given NaN'],
    ['negative', () => new TestBench('weighted', { a: -1 }), 'InvalidBackend', 'given -1'],
    [
      'fractional',
      () => new TestBench('weighted', { a: 1.5 }),
      'InvalidBackend',
      'use weights in proportion, as 3 and 2',
    ],
    ['infinite', () => new TestBench('weighted', { a: Infinity }), 'InvalidBackend', 'from 0 to 65535'],
    [
      'NaN live',
      () => {
        new TestBench('weighted', { a: 1 }).balancer.setWeight('a', NaN);
      },
      'InvalidBackend',
      'given NaN',
    ],
    [
      'nobody',
      () => {
        new TestBench('weighted', { a: 1 }).balancer.setWeight('z', 1);
      },
      'UnknownBackend',
      'there are: a',
    ],
    [
      'twice',
      () => new TestBench('weighted', { a: 1 }).balancer.addBackend('a', 'h', 1),
      'DuplicateBackend',
      'remove it first',
    ],
    [
      'no id',
      () => new TestBench('random').balancer.addBackend('', 'h', 1),
      'InvalidBackend',
      'the id of a backend is empty',
    ],
    [
      'a URL',
      () => new TestBench('random').balancer.addBackend('a', 'http://h', 1),
      'InvalidBackend',
      'leave out scheme',
    ],
    ['no port', () => new TestBench('random').balancer.addBackend('a', 'h', 0), 'InvalidBackend', 'from 1 to 65535'],
    ...['h;', 'h\n', 'h{', 'h:80', 'a..b', '[::1]', '10.0.0', '', 'é'].map(
      (host): [string, () => unknown, string, string] => [
        `the host ${JSON.stringify(host)}`,
        () => new TestBench('random').balancer.addBackend('a', host, 1),
        'InvalidBackend',
        'the host of backend "a" is none',
      ],
    ),
    [
      'a host that is no text',
      () => new TestBench('random').balancer.addBackend('a', undefined as unknown as string, 1),
      'InvalidBackend',
      'given undefined',
    ],
    [
      'an id that is no text',
      () => new TestBench('random').balancer.addBackend(7 as unknown as string, 'h', 1),
      'InvalidBackend',
      'the id of a backend is no text, given 7',
    ],
    ['half a port', () => new TestBench('random').balancer.addBackend('a', 'h', 80.5), 'InvalidBackend', 'given 80.5'],
  ])('%s', (_, action, code, message) => {
    expect(codeOf(action)).toBe(code);
    expect(action).toThrow(message);
  });

  test.each<[string, object]>([
    ['hash', { hash: 'md5' }],
    ['maxFails', { maxFails: -1 }],
    ['failTimeoutSeconds', { failTimeoutSeconds: NaN }],
    ['leaseTimeoutMs', { leaseTimeoutMs: 0 }],
    ['windowMs', { windowMs: 0.5 }],
  ])('option %s', (name, options) => {
    const action = (): unknown => new TestBench('weighted', {}, options);
    expect(codeOf(action)).toBe('InvalidOption');
    expect(action).toThrow(name);
  });

  test.each(['h', 'A_b', 'a.b.example', '10.0.0.1', '::1', 'fe80::1%eth0'])('the host %s is one', (host) => {
    expect(new TestBench('random').balancer.addBackend('a', host, 65_535, 65_535).host).toBe(host);
  });

  test('all of it at once', () => {
    const backend = (): unknown => new TestBench('random').balancer.addBackend('', ' ', 0, NaN);
    const options = (): unknown => new TestBench('weighted', {}, { maxFails: -1, windowMs: NaN });
    for (const [action, said] of [
      [backend, ['the id', 'the host', 'the port', 'the weight']],
      [options, ['maxFails', 'windowMs']],
    ] as const) {
      for (const one of said) expect(action).toThrow(one);
    }
  });

  test('no clock and no chance', () => {
    const action = (): unknown => new LoadBalancer('random', undefined as unknown as LoadBalancerOptions);
    expect(codeOf(action)).toBe('InvalidOption');
    expect(action).toThrow(/clock is no function.*\n.*random is no function/);
  });

  test('a client that is no text', () => {
    const { balancer } = new TestBench('ip-hash', { a: 1, b: 1 });
    for (const clientIp of [null, 7, {}]) {
      expect(codeOf(() => balancer.acquire({ clientIp: clientIp as unknown as string }))).toBe('InvalidClientAddress');
    }
  });

  test.each<[string, HealthCheckOptions]>([
    ['intervalMs', { intervalMs: 2 ** 31 }],
    ['timeoutMs', { timeoutMs: 2 ** 31 }],
    ['jitter', { jitter: NaN }],
    ['jitter', { jitter: 1 }],
    ['rise', { rise: 0 }],
    ['fall', { fall: 1.5 }],
    ['concurrency', { concurrency: -1 }],
    ['connect', { connect: 'tcp' as unknown as Connector }],
  ])('health checks with another %s', async (name, options) => {
    const { balancer } = new TestBench('random', { a: 1 });
    await expect(balancer.healthCheck(options)).rejects.toMatchObject({
      code: 'InvalidOption',
      message: expect.stringContaining(name) as unknown,
    });
  });

  test('a strategy that there is not', () => {
    const action = (): unknown =>
      new LoadBalancer('fastest' as BalancingStrategy, { clock: Date.now, random: seeded(1) });
    expect(action).toThrow('strategy is unknown, given "fastest", allowed is one of round-robin, weighted');
  });
});
