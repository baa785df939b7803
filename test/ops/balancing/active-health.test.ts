import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { LoadBalancer } from 'cdk8s-tars/ops';
import type { Connector } from 'cdk8s-tars/ops';
import { codeOf, seeded, TestBench } from './support';

const OK: Connector = () => Promise.resolve();
const REFUSED: Connector = () => Promise.reject(new Error('connect ECONNREFUSED'));

/** One round a letter: `+` answers, `-` does not; the states of `a` after each. */
async function states(answers: string, options = {}): Promise<string> {
  const bench = new TestBench('round-robin', { a: 1, b: 1 });
  let said = '';
  for (const answer of answers) {
    const connect: Connector = (host, ...rest) => (host === '10.0.0.1' && answer === '-' ? REFUSED : OK)(host, ...rest);
    await bench.balancer.healthCheck({ connect, ...options });
    said += bench.state('a') === 'up' ? '+' : '-';
  }
  return said;
}

test.each([
  // Three failures in a row, two successes in a row.
  ['---', '++-'],
  ['----++', '++---+'],
  ['--+--+--', '++++++++'],
  ['---+-+-+', '++------'],
  ['---++-', '++--++'],
])('answers %s: state %s', async (answers, expected) => {
  expect(await states(answers)).toBe(expected);
});

test('flapping with rise 1 and fall 1 is followed at once', async () => {
  expect(await states('+-+-', { rise: 1, fall: 1 })).toBe('+-+-');
});

test('who is down gets no requests, and gets them again', async () => {
  const bench = new TestBench('round-robin', { a: 1, b: 1 });
  const { balancer } = bench;
  const connect: Connector = (host) => (host === '10.0.0.1' ? REFUSED : OK)(host, 1, new AbortController().signal);
  const [report] = await balancer.healthCheck({ connect, fall: 1 });
  expect(report).toEqual({ id: 'a', up: false, changed: true, reason: 'connect ECONNREFUSED' });
  expect(bench.picks(3)).toBe('b b b');
  await balancer.healthCheck({ connect: OK, rise: 1 });
  expect(bench.picks(4).split(' ').sort().join('')).toBe('aabb');
});

test('one that passes the checks is asked at once, whatever failed before', async () => {
  const bench = new TestBench('round-robin', { a: 1, b: 1 });
  bench.picks(2, { failing: ['a'] });
  await bench.balancer.healthCheck({ connect: REFUSED, fall: 1 });
  expect(codeOf(() => bench.balancer.acquire())).toBe('NoBackendAvailable');
  await bench.balancer.healthCheck({ connect: OK, rise: 1 });
  expect(bench.state('a')).toBe('up');
  expect(bench.picks(6)).toContain('a');
});

test('no more at the same time than allowed, and each once', async () => {
  const { balancer } = new TestBench('random');
  for (let n = 0; n < 50; n++) balancer.addBackend(`b${n}`, `h${n}`, 1);
  let now = 0;
  let most = 0;
  const asked: string[] = [];
  const connect: Connector = async (host) => {
    most = Math.max(most, ++now);
    asked.push(host);
    await new Promise(setImmediate);
    now--;
  };
  await balancer.healthCheck({ connect, concurrency: 7 });
  expect(most).toBe(7);
  expect(new Set(asked).size).toBe(50);
  expect(asked).toHaveLength(50);
});

test('one that does not answer in time has failed', async () => {
  const { balancer } = new TestBench('random', { a: 1 });
  const never: Connector = () => new Promise(() => undefined);
  expect(await balancer.healthCheck({ connect: never, timeoutMs: 5, fall: 1 })).toMatchObject([
    { up: false, reason: 'no answer within 5 ms' },
  ]);
});

test("removed while it is asked: its answer is nobody's", async () => {
  const { balancer } = new TestBench('random', { a: 1, b: 1 });
  const connect: Connector = () => {
    balancer.removeBackend('a');
    return Promise.reject(new Error('gone'));
  };
  expect(await balancer.healthCheck({ connect, fall: 1, concurrency: 1 })).toMatchObject([{ id: 'b', up: false }]);
  balancer.addBackend('a', '10.0.0.1', 8000);
  expect(balancer.selectBackend().id).toBe('a');
});

test('rounds go on until aborted, their pauses longer and shorter by chance', async () => {
  const controller = new AbortController();
  const pauses: number[] = [];
  const balancer = new LoadBalancer('random', { clock: () => 0, random: seeded(7) });
  await balancer.watchHealth(controller.signal, {
    connect: OK,
    intervalMs: 1000,
    jitter: 0.2,
    sleep: (ms) => {
      pauses.push(ms);
      if (pauses.length === 100) controller.abort();
      return Promise.resolve();
    },
  });
  expect(pauses).toHaveLength(100);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(800);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(1200);
  expect(new Set(pauses).size).toBeGreaterThan(90);
});

test('aborted in the middle: nothing is judged', async () => {
  const bench = new TestBench('random', { a: 1 });
  const controller = new AbortController();
  const connect: Connector = () => {
    controller.abort();
    return Promise.reject(new Error('aborted'));
  };
  expect(await bench.balancer.healthCheck({ connect, fall: 1 }, controller.signal)).toEqual([]);
  expect(bench.state('a')).toBe('up');
});

test.each([{ rise: 0 }, { fall: NaN }, { concurrency: 0 }, { jitter: 1 }, { timeoutMs: -1 }, { intervalMs: 0 }])(
  'options %j are refused',
  async (options) => {
    const { balancer } = new TestBench('random', { a: 1 });
    await expect(balancer.healthCheck({ connect: OK, ...options })).rejects.toMatchObject({ code: 'InvalidOption' });
  },
);

test('by TCP: a server that listens, and a port where nobody does', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { balancer } = new TestBench('round-robin');
  balancer.addBackend('there', '127.0.0.1', port);
  const sound = await balancer.healthCheck({ fall: 1 });
  await new Promise((resolve) => server.close(resolve));
  const gone = await balancer.healthCheck({ fall: 1 });
  expect([sound[0]?.up, gone[0]?.up]).toEqual([true, false]);
  expect(gone[0]?.reason).toContain('ECONNREFUSED');
});
