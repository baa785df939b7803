import { setTimeout as sleep } from 'node:timers/promises';
import type { ScalingDecision } from '../../../lib/ops/autoscaling/auto-scaler';
import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { runScaler } from '../../../lib/ops/autoscaling/run-scaler';

test.each([600 * 3_600_000, Infinity])(
  'an interval of %d ms is not shorter than one millisecond',
  async (intervalMs) => {
    let looks = 0;
    const checkAndScale = (): Promise<ScalingDecision> => {
      looks++;
      return Promise.resolve({ isScaled: false } as ScalingDecision);
    };
    const abort = new AbortController();
    const running = runScaler({ checkAndScale } as unknown as AutoScaler, { intervalMs, signal: abort.signal });

    await running.next();
    const second = running.next();
    await sleep(50);
    abort.abort();

    await expect(second).resolves.toMatchObject({ done: true });
    expect(looks).toBe(1);
  },
);

const timers = (): number => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;

function run(signal = new AbortController().signal) {
  const target = {
    managedBy: () => Promise.resolve(undefined),
    read: () => Promise.resolve({ replicas: 1, ready: 1 }),
    write: () => Promise.resolve(),
  };
  return runScaler(new AutoScaler('web', { target, now: Date.now }), { intervalMs: 3_600_000, signal });
}

test('who goes away in the middle waits for no interval', async () => {
  const before = timers();
  for await (const { reason } of run()) {
    expect([reason, timers()]).toEqual(['MissingMetrics', before + 1]);
    break;
  }
  expect(timers()).toBe(before);
});

test('nor does whom the signal ends', async () => {
  const before = timers();
  const ends = new AbortController();
  const decisions = run(ends.signal);
  await decisions.next();
  const next = decisions.next();
  ends.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(timers()).toBe(before);
});
