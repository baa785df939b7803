import { BalancingError } from 'cdk8s-tars/ops';
import type { BalancingStrategy, LoadBalancer } from 'cdk8s-tars/ops';
import fc from 'fast-check';
import { codeOf, seeded, TestBench } from './support';

const STRATEGIES: readonly BalancingStrategy[] = ['round-robin', 'weighted', 'least-connections', 'random', 'ip-hash'];

describe('sequences', () => {
  test.each<[BalancingStrategy, Record<string, number>, string]>([
    ['round-robin', { a: 1, b: 1, c: 1 }, 'a b c a b c a'],
    // Each in turn, whatever the weight.
    ['round-robin', { a: 5, b: 1, c: 1 }, 'a b c a b c a'],
    ['weighted', { a: 5, b: 1, c: 1 }, 'a a b a c a a'],
    // Nothing is under way: all are tied.
    ['least-connections', { a: 5, b: 1, c: 1 }, 'a a b a c a a'],
  ])('%s of %j: %s', (strategy, weights, expected) => {
    expect(new TestBench(strategy, weights).picks(7)).toBe(expected);
  });

  test('least-connections by connections for the weight, compared without rounding', () => {
    const { balancer } = new TestBench('least-connections', { a: 3, b: 1 });
    const ids = Array.from({ length: 8 }, () => balancer.acquire().backend.id);
    // Three to one, again and again.
    expect([ids.slice(0, 4), ids.slice(4)].map((half) => half.sort().join(''))).toEqual(['aaab', 'aaab']);
  });
});

describe.each(STRATEGIES)('%s', (strategy) => {
  test('nobody there', () => {
    const { balancer } = new TestBench(strategy);
    expect(() => balancer.acquire()).toThrow('no backend may be asked (there are none): add one');
    expect(codeOf(() => balancer.selectBackend('192.0.2.1'))).toBe('NoBackendAvailable');
  });

  test('weight 0 gets nothing, alone as well as among others', () => {
    const bench = new TestBench(strategy, { a: 0, b: 1, c: 2 });
    const picks = Array.from({ length: 50 }, (_, n) => bench.picks(1, { clientIp: `10.${n}.3.4` }));
    expect(new Set(picks)).toEqual(new Set(['b', 'c']));
    expect(bench.state('a')).toBe('drained');
    const alone = new TestBench(strategy, { a: 0 });
    expect(codeOf(() => alone.balancer.acquire())).toBe('NoBackendAvailable');
  });

  test('all failed: a typed error, and all of them again after their time', () => {
    const bench = new TestBench(strategy, { a: 1, b: 1 });
    const fail = (): void => {
      let lease = bench.balancer.acquire();
      lease.release({ success: false });
      lease = bench.balancer.acquire({ retryOf: lease });
      lease.release({ success: false });
      expect(codeOf(() => bench.balancer.acquire({ retryOf: lease }))).toBe('NoBackendAvailable');
    };
    fail();
    expect(() => bench.balancer.acquire()).toThrow(/^no backend may be asked \(a failing, b failing\)/);
    expect(() => bench.later(10).balancer.acquire()).toThrow(BalancingError);
    expect(['a', 'b']).toContain(bench.later(1).picks(1));
  });

  test('one down never starves the rest, nor is it asked', () => {
    const bench = new TestBench(strategy, { a: 3, b: 2, c: 1 });
    for (let n = 0; bench.state('a') === 'up'; n++) bench.picks(1, { failing: ['a'], clientIp: `10.${n}.0.1` });
    const picks = Array.from({ length: 600 }, (_, n) => bench.picks(1, { clientIp: `10.${n >> 8}.${n % 256}.1` }));
    const shares = ['a', 'b', 'c'].map((id) => picks.filter((pick) => pick === id).length);
    expect(shares[0]).toBe(0);
    expect(Math.min(shares[1] ?? 0, shares[2] ?? 0)).toBeGreaterThan(100);
  });

  test('a single backend keeps being tried', () => {
    const bench = new TestBench(strategy, { a: 1 });
    expect(bench.picks(5, { failing: ['a'] })).toBe('a a a a a');
    expect(bench.state('a')).toBe('up');
    expect(bench.balancer.getClusterStats()).toMatchObject({ requests: 5, failures: 5, errorRate: 1 });
  });

  test('removed in flight: its requests end, and nobody else is touched', () => {
    const bench = new TestBench(strategy, { a: 1, b: 1 });
    const leases = Array.from({ length: 40 }, (_, n) => bench.balancer.acquire({ clientIp: `10.${n}.0.1` }));
    expect(bench.balancer.removeBackend('a')).toBe(true);
    expect(bench.balancer.removeBackend('a')).toBe(false);
    const ofB = leases.filter(({ backend }) => backend.id === 'b').length;
    expect(bench.balancer.getClusterStats()).toMatchObject({ connections: ofB, backends: [{ id: 'b' }] });
    expect(leases.every((lease) => lease.release({ success: false }))).toBe(true);
    expect(bench.balancer.getClusterStats()).toMatchObject({ connections: 0 });
    expect(bench.picks(3)).toBe('b b b');
  });

  test('added again under the same id: a stale release is ignored', () => {
    const bench = new TestBench(strategy, { a: 1 });
    const before = bench.balancer.selectBackend();
    const lease = bench.balancer.acquire();
    bench.balancer.removeBackend('a');
    const again = bench.balancer.addBackend('a', '10.0.0.1', 8000);
    expect(bench.balancer.selectBackend()).toBe(again);
    lease.release({ success: false });
    bench.balancer.recordRequest(before, 5, false);
    expect(bench.balancer.getClusterStats()).toMatchObject({ connections: 1, requests: 0, failures: 0 });
    expect(bench.balancer.recordRequest(again, 5, true)).toBe(true);
    expect(bench.balancer.getClusterStats()).toMatchObject({ connections: 0, requests: 1 });
  });

  test('whoever was tried is not asked again for the same request', () => {
    const bench = new TestBench(strategy, { a: 1, b: 1, c: 1 }, { maxFails: 0 });
    for (let n = 0; n < 30; n++) {
      let lease = bench.balancer.acquire({ clientIp: `10.${n}.0.1` });
      const ids = [lease.backend.id];
      for (let retry = 0; retry < 2; retry++) {
        lease.release({ success: false });
        lease = bench.balancer.acquire({ clientIp: `10.${n}.0.1`, retryOf: lease });
        ids.push(lease.backend.id);
      }
      expect(ids.sort()).toEqual(['a', 'b', 'c']);
      lease.release({ success: false });
      expect(codeOf(() => bench.balancer.acquire({ retryOf: lease }))).toBe('NoBackendAvailable');
    }
  });

  test('10,000 backends', () => {
    const { balancer } = new TestBench(strategy);
    for (let n = 0; n < 10_000; n++) balancer.addBackend(`b${n}`, '10.0.0.1', 1 + n);
    const chosen = new Set(Array.from({ length: 200 }, (_, n) => balancer.selectBackend(`10.${n}.7.7`).id));
    // Round robin takes each once; hashing and drawing by chance meet some twice.
    const distinct = { 'round-robin': 200, weighted: 200, 'least-connections': 200, random: 190, 'ip-hash': 150 };
    expect(chosen.size).toBeGreaterThanOrEqual(distinct[strategy]);
    expect(balancer.getClusterStats()).toMatchObject({ connections: 200, available: 10_000 });
  });
});

describe('leases', () => {
  test('are released once', () => {
    const { balancer } = new TestBench('least-connections', { a: 1, b: 1 });
    const lease = balancer.acquire();
    expect([lease.release(), lease.release(), lease.release({ success: false })]).toEqual([true, false, false]);
    expect(balancer.getClusterStats()).toMatchObject({ connections: 0, requests: 1, failures: 0 });
  });

  test('are recorded once, the oldest first', () => {
    const bench = new TestBench('round-robin', { a: 1 });
    const first = bench.balancer.selectBackend();
    const second = bench.balancer.selectBackend();
    expect(second).toBe(first);
    const recorded = [1, 2, 3].map(() => bench.balancer.recordRequest(first, 10, true));
    expect(recorded).toEqual([true, true, false]);
    expect(bench.balancer.recordRequest({ ...first }, 10, true)).toBe(false);
  });

  test('that nobody releases time out, count as leaked, and starve nobody', () => {
    const bench = new TestBench('least-connections', { a: 1, b: 1 }, { leaseTimeoutMs: 60_000 });
    const leaked = [1, 2, 3].map(() => bench.balancer.acquire());
    bench.balancer.selectBackend();
    expect(bench.later(59).balancer.getClusterStats()).toMatchObject({ connections: 4, leaked: 0 });
    expect(bench.later(1).balancer.getClusterStats()).toMatchObject({ connections: 0, leaked: 4, requests: 0 });
    expect(leaked.map((lease) => lease.release())).toEqual([false, false, false]);
    expect(bench.balancer.getClusterStats()).toMatchObject({ connections: 0, requests: 0 });
    expect(new Set(bench.picks(4).split(' '))).toEqual(new Set(['a', 'b']));
  });

  test('measure by themselves where nobody says how long it took', () => {
    const bench = new TestBench('round-robin', { a: 1 });
    const lease = bench.balancer.acquire();
    bench.later(2);
    lease.release({ responseTimeMs: NaN });
    expect(bench.balancer.getClusterStats().meanResponseMs).toBe(2000);
  });

  test('connections are those under way, whatever happens in between', () => {
    const actions = fc.array(fc.constantFrom('acquire', 'release', 'fail', 'remove', 'add', 'later'), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.constantFrom(...STRATEGIES), actions, (strategy, steps) => {
        const bench = new TestBench(strategy, { a: 2, b: 1, c: 1 }, { leaseTimeoutMs: 30_000 });
        let open: { readonly at: number; readonly lease: ReturnType<LoadBalancer['acquire']> }[] = [];
        const ids = new Set(['a', 'b', 'c']);
        const codes = new Set<string | undefined>();
        for (const step of steps) {
          open = open.filter(({ at }) => bench.nowMs - at < 30_000);
          if (step === 'later') bench.later(7);
          else if (step === 'remove') {
            if (ids.delete('b')) bench.balancer.removeBackend('b');
          } else if (step === 'add') {
            if (!ids.has('b')) bench.balancer.addBackend('b', 'h', 1);
            ids.add('b');
          } else if (step === 'acquire') {
            const acquire = (): unknown =>
              open.push({ at: bench.nowMs, lease: bench.balancer.acquire({ clientIp: `10.${open.length}.1.1` }) });
            codes.add(codeOf(acquire));
          } else open.shift()?.lease.release({ success: step === 'release' });
          open = open.filter(({ at }) => bench.nowMs - at < 30_000);
          const there = new Set(bench.balancer.backends);
          expect(bench.balancer.getClusterStats().connections).toBe(
            open.filter(({ lease }) => there.has(lease.backend)).length,
          );
        }
        expect([...codes].filter((code) => code !== undefined && code !== 'NoBackendAvailable')).toEqual([]);
      }),
    );
  });
});

describe('passive health', () => {
  test('maxFails within failTimeout, and one trial after it', () => {
    const bench = new TestBench('weighted', { a: 1, b: 1 }, { maxFails: 2, failTimeoutSeconds: 10 });
    expect(bench.picks(5, { failing: ['a'] })).toBe('a b a b b');
    expect(bench.state('a')).toBe('failing');
    expect(bench.later(10).picks(3)).toBe('b b b');
    // Its trial fails: it is left alone again.
    expect(
      bench
        .later(1)
        .picks(6, { failing: ['a'] })
        .split(' ')
        .filter((id) => id === 'a'),
    ).toHaveLength(1);
    expect(
      bench
        .later(11)
        .picks(8)
        .split(' ')
        .filter((id) => id === 'a').length,
    ).toBeGreaterThan(2);
    expect(bench.state('a')).toBe('up');
  });

  test('0 fails: it is never left alone', () => {
    const bench = new TestBench('round-robin', { a: 1, b: 1 }, { maxFails: 0 });
    expect(bench.picks(6, { failing: ['a'] })).toBe('a b a b a b');
  });

  test('a failure takes weight / maxFails away, and each round gives one back', () => {
    const bench = new TestBench('weighted', { a: 4, b: 4 }, { maxFails: 2 });
    const alike = new TestBench('weighted', { a: 4, b: 4 }, { maxFails: 2 });
    bench.picks(1, { failing: ['a'] });
    alike.picks(1);
    expect(bench.picks(12)).not.toBe(alike.picks(12));
    expect(
      bench
        .picks(20)
        .split(' ')
        .filter((id) => id === 'a'),
    ).toHaveLength(10);
  });
});

describe('clocks', () => {
  test.each([
    ['an hour back', -3_600_000],
    ['a second back', -1000],
    ['not a number', NaN],
  ])('%s: time-outs are as long as they are', (_, jump) => {
    const bench = new TestBench('round-robin', { a: 1, b: 1 }, { leaseTimeoutMs: 60_000 });
    bench.picks(2, { failing: ['a'] });
    const leaked = bench.balancer.acquire();
    const set = bench.nowMs;
    bench.nowMs += jump;
    expect(bench.picks(3)).toBe('b b b');
    if (Number.isNaN(bench.nowMs)) bench.nowMs = set;
    expect(bench.later(10).picks(2)).toBe('b b');
    expect(bench.later(1).picks(4)).toContain('a');
    expect(bench.later(50).balancer.getClusterStats()).toMatchObject({ leaked: 1, connections: 0 });
    expect(leaked.release()).toBe(false);
  });
});

describe('weights changed live', () => {
  test('without a burst: at once as the new weights have it', () => {
    const weight = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(weight, weight, weight, weight, fc.nat({ max: 300 }), (a, b, newA, newB, steps) => {
        const bench = new TestBench('weighted', { a, b });
        if (steps > 0) bench.picks(steps);
        bench.balancer.setWeight('a', newA);
        bench.balancer.setWeight('b', newB);
        const count = 200;
        const share = bench
          .picks(count)
          .split(' ')
          .filter((id) => id === 'a').length;
        // Nobody is more than two requests from its due.
        expect(Math.abs(share - (count * newA) / (newA + newB))).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('from 0 and back', () => {
    const bench = new TestBench('weighted', { a: 1, b: 0 });
    expect(bench.picks(3)).toBe('a a a');
    bench.balancer.setWeight('b', 1);
    expect(bench.picks(4).split(' ').sort().join('')).toBe('aabb');
    bench.balancer.setWeight('a', 0);
    expect(bench.picks(3)).toBe('b b b');
    bench.balancer.setWeight('b', 0);
    expect(codeOf(() => bench.balancer.acquire())).toBe('NoBackendAvailable');
    bench.balancer.setWeight('b', 7);
    expect(bench.picks(2)).toBe('b b');
  });

  // The other strategies choose by the weight itself.
  test.each(['weighted', 'least-connections'] as const)(
    '%s: a failing backend stays weakened in proportion',
    (strategy) => {
      const picksOfA = (failures: number): number => {
        const bench = new TestBench(strategy, { a: 100, b: 100 }, { maxFails: 10 });
        const leases = Array.from({ length: 2 * failures }, () => bench.balancer.acquire());
        for (const lease of leases) lease.release({ success: lease.backend.id !== 'a' });
        bench.balancer.setWeight('a', 1000);
        return bench
          .picks(12)
          .split(' ')
          .filter((id) => id === 'a').length;
      };
      expect(picksOfA(0)).toBe(11);
      // Nine tenths of its 100 were taken away: 100 of its 1,000 are left, as much as the other has.
      expect(picksOfA(9)).toBeGreaterThan(0);
      expect(picksOfA(9)).toBeLessThanOrEqual(6);
    },
  );
});

describe('random', () => {
  test('draws by the weights: chi-square', () => {
    const weights = { a: 5, b: 1, c: 3, d: 11 };
    const bench = new TestBench('random', weights, { random: seeded(42) });
    const picks = bench.picks(20_000).split(' ');
    const chi = Object.entries(weights).reduce((sum, [id, weight]) => {
      const expected = weight * 1000;
      return sum + (picks.filter((pick) => pick === id).length - expected) ** 2 / expected;
    }, 0);
    // 3 degrees of freedom: above 16.27 once in a thousand.
    expect(chi).toBeLessThan(16.27);
  });

  test('finds the only one that is left', () => {
    const bench = new TestBench('random', { a: 60_000, b: 1 });
    bench.picks(1, { failing: ['a'] });
    expect(bench.picks(5)).toBe('b b b b b');
  });
});
