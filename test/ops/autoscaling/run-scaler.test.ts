import { setTimeout as sleep } from 'node:timers/promises';
import type { AutoScaler, ScalingDecision } from '../../../lib/ops/autoscaling/auto-scaler';
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
