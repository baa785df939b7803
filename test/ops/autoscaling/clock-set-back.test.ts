import fc from 'fast-check';
import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { SteadyClock } from '../../../lib/ops/autoscaling/steady-clock';
import { START } from './rounds';

type Mode = 'threshold' | 'hpa';

/** What happens, one after the other. */
type Event =
  | { readonly kind: 'wait' | 'back'; readonly seconds: number }
  | { readonly kind: 'value'; readonly value: number; readonly late: number | undefined }
  | { readonly kind: 'check'; readonly notReady: number; readonly fault: 'none' | 'write' | 'back while it writes' };

/** The decisions of a story. With `isSteady` the clock is never set back: where the story says so, it stands still. */
async function decisionsOf(mode: Mode, story: readonly Event[], isSteady: boolean) {
  let replicas = 4;
  let now = START;
  /** By how much it moved since somebody looked at it last; below 0: it was set back, and stands still. */
  let moved = 0;
  const move = (seconds: number): void => {
    if (isSteady) moved += seconds * 1000;
    else now += seconds * 1000;
  };
  const read = (): number => {
    now += Math.max(0, moved);
    moved = 0;
    return now;
  };
  let check: Event | undefined;
  const scaler = new AutoScaler('web', {
    mode,
    now: read,
    target: {
      managedBy: () => Promise.resolve(undefined),
      read: () =>
        Promise.resolve({
          replicas,
          ready: Math.max(0, replicas - (check?.kind === 'check' ? check.notReady : 0)),
        }),
      write: (_, __, to) => {
        if (check?.kind === 'check' && check.fault === 'write') return Promise.reject(new Error('refused'));
        if (check?.kind === 'check' && check.fault === 'back while it writes') move(-3600);
        replicas = to;
        return Promise.resolve();
      },
    },
  }).addPolicy({ metricType: 'cpu', minReplicas: 2, maxReplicas: 9, maxStep: 2, scaleUpCooldownSecs: 30 });
  const said: object[] = [];
  for (const event of story) {
    if (event.kind === 'wait') move(event.seconds);
    else if (event.kind === 'back') move(-event.seconds);
    else if (event.kind === 'value') {
      const { value, late } = event;
      scaler.recordMetric({
        metricType: 'cpu',
        value,
        ...(late === undefined ? {} : { timestamp: read() - late * 1000 }),
      });
    } else {
      check = event;
      const { at, ...decision } = await scaler.checkAndScale();
      expect(at).toBe(now);
      said.push(decision);
    }
  }
  return said;
}

const seconds = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const STORY: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: seconds(90) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('back' as const), seconds: seconds(7200) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('value' as const),
        value: fc.integer({ min: 0, max: 300 }),
        late: fc.option(fc.integer({ min: -30, max: 90 }), { nil: undefined }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('check' as const),
        notReady: fc.integer({ min: 0, max: 2 }),
        fault: fc.constantFrom('none', 'none', 'none', 'write', 'back while it writes'),
      }),
    },
  ),
  { minLength: 20, maxLength: 80 },
);

describe.each(['threshold', 'hpa'] as const)('%s: a clock that is set back', (mode) => {
  test('what was high before the hour is not high again after it', async () => {
    let now = START;
    let replicas = 3;
    const scaler = new AutoScaler('web', {
      mode,
      now: () => now,
      target: {
        managedBy: () => Promise.resolve(undefined),
        read: () => Promise.resolve({ replicas, ready: replicas }),
        write: (_, __, to) => {
          replicas = to;
          return Promise.resolve();
        },
      },
    }).addPolicy({ metricType: 'cpu', scaleDownCooldownSecs: 0 });
    for (let step = 0; step < 4; step++, now += 5000) scaler.recordMetric({ metricType: 'cpu', value: 400 });
    now -= 3_600_000;
    const wrong: object[] = [];
    for (let step = 0; step < 300; step++, now += 15_000) {
      scaler.recordMetric({ metricType: 'cpu', value: 50 });
      const decision = await scaler.checkAndScale();
      // the four are in the window for a minute
      if (step > 4 && (decision.isScaled || decision.means[0] !== 50)) wrong.push(decision);
    }
    expect(wrong).toEqual([]);
  });

  test('decides as if it had stood still, in any story', async () => {
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(STORY, async (story) => {
        const decisions = await decisionsOf(mode, story, false);
        expect(decisions).toEqual(await decisionsOf(mode, story, true));
        changes += decisions.filter((one) => 'isScaled' in one && one.isScaled).length;
      }),
      { numRuns: 500 },
    );
    expect(changes).toBeGreaterThan(100);
  });
});

test('a steady clock: as the machine, until that is set back', () => {
  let machine = START;
  const clock = new SteadyClock(() => machine);
  const said = [0, 10, -3600, 5, -7, 7, 10_000].map((seconds) => {
    machine += seconds * 1000;
    return (clock.now() - START) / 1000;
  });
  expect(said).toEqual([0, 10, 10, 15, 15, 22, 10_022]);
  expect(clock.momentOf(machine - 1000)).toBe(clock.now() - 1000);
});
