import fc from 'fast-check';
import type { MeasuredLoad } from '../../../lib/ops/balancing/rebalance';
import { rebalancedFactors } from '../../../lib/ops/balancing/rebalance';
import { ResponseTimes } from '../../../lib/ops/balancing/response-times';
import { TestBench } from './support';

describe('response times', () => {
  test('percentiles are at most 2.5 % off', () => {
    const times = fc.array(fc.double({ min: 0.1, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.95, 0.99, 1), (all, share) => {
        const measured = new ResponseTimes();
        for (const ms of all) measured.record(ms);
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(share * all.length) - 1] ?? NaN;
        expect(Math.abs((measured.percentileMs(share) ?? NaN) / exact - 1)).toBeLessThanOrEqual(0.02501);
      }),
    );
  });

  test('what is out of range stays in the ends, and nothing is made of nothing', () => {
    const measured = new ResponseTimes();
    expect([measured.meanMs, measured.percentileMs(0.5)]).toEqual([undefined, undefined]);
    for (const ms of [0, 1e12]) measured.record(ms);
    expect(measured.percentileMs(0.5)).toBeLessThan(0.11);
    expect(measured.percentileMs(1)).toBeLessThan(3.7e6);
  });
});

test('of each and of all', () => {
  const bench = new TestBench('round-robin', { a: 1, b: 1 });
  for (let n = 0; n < 100; n++) {
    const backend = bench.balancer.selectBackend();
    bench.balancer.recordRequest(backend, backend.id === 'a' ? 10 : 30, n % 10 !== 1 || backend.id === 'a');
  }
  const { backends, ...all } = bench.balancer.getClusterStats();
  // b failed and was left alone: all further requests were those of a.
  expect(backends.map(({ id, requests, failures, errorRate }) => [id, requests, failures, errorRate])).toEqual([
    ['a', 99, 0, 0],
    ['b', 1, 1, 1],
  ]);
  expect(all).toMatchObject({ strategy: 'round-robin', requests: 100, failures: 1, errorRate: 0.01, available: 1 });
  expect(all.meanResponseMs).toBeCloseTo(10.2);
  expect((all.p99ResponseMs ?? 0) / 10).toBeCloseTo(1, 1);
});

test('rates and times are of a window, totals since the start', () => {
  const bench = new TestBench('round-robin', { a: 1 }, { windowMs: 60_000 });
  bench.balancer.recordRequest(bench.balancer.selectBackend(), 100, false);
  bench.later(59);
  expect(bench.balancer.getClusterStats()).toMatchObject({ errorRate: 1, meanResponseMs: 100 });
  bench.later(62).balancer.recordRequest(bench.balancer.selectBackend(), 20, true);
  expect(bench.balancer.getClusterStats()).toMatchObject({
    errorRate: 0,
    meanResponseMs: 20,
    requests: 2,
    failures: 1,
  });
  expect(bench.later(200).balancer.getClusterStats().meanResponseMs).toBeUndefined();
});

describe('rebalancing', () => {
  const load = { factor: 1, requests: 100, errorRate: 0, meanResponseMs: 10 };

  test.each<[string, readonly Partial<MeasuredLoad>[], readonly number[]]>([
    ['who is faster gets more', [{ meanResponseMs: 20 }, { meanResponseMs: 10 }], [0.75, 1.5]],
    ['errors cost', [{ errorRate: 0.5 }, {}], [0.5, 1]],
    ['a step at most doubles or halves', [{ meanResponseMs: 100 }, {}, {}], [0.5, 2, 2]],
    [
      'no factor leaves 1/4 to 4',
      [{ meanResponseMs: 100_000, factor: 0.3 }, ...Array<Partial<MeasuredLoad>>(8).fill({ factor: 3 })],
      [0.25, ...Array<number>(8).fill(4)],
    ],
    [
      'too few requests say nothing',
      [{ meanResponseMs: 20, requests: 19 }, { meanResponseMs: 10 }, { meanResponseMs: 10 }],
      [1, 1, 1],
    ],
    ['one alone cannot be better', [{ meanResponseMs: 20 }], [1]],
    ['nothing measured', [{ meanResponseMs: undefined, requests: 0 }, {}], [1, 1]],
  ])('%s', (_, loads, expected) => {
    expect(rebalancedFactors(loads.map((one) => ({ ...load, ...one })))).toEqual(expected);
  });

  test('moves requests to the fast one, and back once they are equal', () => {
    const bench = new TestBench('weighted', { slow: 1, fast: 1 });
    const run = (slowMs: number): string[] => {
      const ids = Array.from({ length: 200 }, () => {
        const backend = bench.balancer.selectBackend();
        bench.balancer.recordRequest(backend, backend.id === 'slow' ? slowMs : 10, true);
        return backend.id;
      });
      return ids;
    };
    run(40);
    expect(bench.balancer.rebalance().map(({ id }) => id)).toEqual(['slow', 'fast']);
    expect(run(40).filter((id) => id === 'fast').length).toBeGreaterThan(130);
    const [slow, fast] = bench.balancer.getClusterStats().backends;
    expect([slow?.weight, fast?.weight]).toEqual([1, 1]);
    expect(fast?.share ?? 0).toBeGreaterThan(slow?.share ?? 1);
    bench.later(200);
    run(10);
    bench.balancer.rebalance();
    expect(run(10).filter((id) => id === 'fast')).toHaveLength(100);
    // A newcomer has the same say as those that were there.
    bench.balancer.addBackend('new', 'h', 1);
    expect(bench.balancer.getClusterStats().backends[2]?.share).toBeCloseTo(1 / 3, 1);
  });

  test.each(['round-robin', 'ip-hash'] as const)('changes nothing with %s', (strategy) => {
    expect(new TestBench(strategy, { a: 1, b: 1 }).balancer.rebalance()).toEqual([]);
  });
});
