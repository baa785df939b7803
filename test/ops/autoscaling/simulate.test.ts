import { compileToHpa } from '../../../lib/policy/hpa';
import { generatedLoad, LOAD_SHAPES, loadSteps, recordedLoad } from '../../../lib/ops/autoscaling/load-trace';
import type { HpaFields } from '../../../lib/ops/autoscaling/read-hpa';
import { readHpa } from '../../../lib/ops/autoscaling/read-hpa';
import { simulateHpa, simulateThresholds } from '../../../lib/ops/autoscaling/simulate';
import { frontier, proposedPolicy, tune } from '../../../lib/ops/autoscaling/tune';
import type { ReplicaTarget } from '../../../lib/ops/autoscaling/replica-target';
import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { aSpec, START } from './rounds';

describe('loads', () => {
  test.each(LOAD_SHAPES)('%s: has its length and its peak', (shape) => {
    const steps = loadSteps(generatedLoad(shape, 500, 7200), 15);
    expect(steps).toHaveLength(481);
    expect(Math.max(...steps)).toBeGreaterThan(480);
    expect(Math.max(...steps)).toBeLessThanOrEqual(505);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  });

  test('a recorded one, with words in its first line', () => {
    const trace = recordedLoad('second,load\n100,0\n160, 60\n\n# a comment\n220\t0\n');
    expect(loadSteps(trace, 30)).toEqual([0, 30, 60, 30, 0]);
  });

  test.each(['0,1e3\n60,2E+2', '# by hand\nsecond;load\n0;1e3\n60;2e2', '\uFEFF0\t1000\r\n6e1\t.2e3\r\n'])(
    '%j loses no point',
    (text) => {
      expect(recordedLoad(text).points).toEqual([
        { second: 0, load: 1000 },
        { second: 60, load: 200 },
      ]);
    },
  );

  test('rounds have a bound', () => {
    expect(() => loadSteps(generatedLoad('day', 1, 366 * 86_400), 1)).toThrow('31622401 rounds are too many');
    expect(() => loadSteps(generatedLoad('day', 1, Infinity), 15)).toThrow('rounds are too many');
  });

  test.each([
    ['0,1', '1 points are no load'],
    ['0,1\nten,2', 'line 2 is no point of a load: "ten,2"'],
    ['0,1\n15,-2', 'line 2 is no point of a load'],
    ['0,1\n15,NaN', 'line 2 is no point of a load'],
    ['0,NaN\n15,2\n30,3', 'line 1 is no point of a load: "0,NaN"'],
    ['NaN,Infinity\n15,2\n30,3', 'line 1 is no point of a load'],
    ['0,Infinity\n15,2\n30,3', 'line 1 is no point of a load'],
    ['0,1\n15,0x10', 'line 2 is no point of a load'],
    ['0,1\n15,', 'line 2 is no point of a load'],
    ['0,1\n15,1e300', 'line 2 is no point of a load'],
    ['second,load\nsecond,load\n0,1', 'line 2 is no point of a load'],
    ['0,60\n1e9,60', 'it goes over 11575 days, 366 at most: are these milliseconds?'],
    ['0,60\n1e300,60', '366 at most: are these milliseconds?'],
    ['1764100000000,60\n1764186400000,60', 'it goes over 1000 days, 366 at most: are these milliseconds?'],
    ['0,1\n15,2\n10,3', 'line 3 does not come after the line before it: 10 after 15'],
  ])('%j is none', (text, message) => {
    expect(() => recordedLoad(text)).toThrow(message);
  });
});

test.each([0, 0.5, 11, NaN])('%d is no least number of replicas', (leastReplicas) => {
  const play = (): never => {
    throw new Error('nothing is played');
  };
  expect(() => tune({ play, maxReplicas: 10, leastReplicas })).toThrow(
    `leastReplicas is ${leastReplicas}, and has to be a whole number from 1 to 10`,
  );
});

describe('a simulation', () => {
  const day = generatedLoad('day', 600, 86_400);

  test('follows a day within its bounds, and is at rest at its end', () => {
    const { steps, overloadSeconds, changes } = simulateHpa(aSpec({ minReplicas: 2, maxReplicas: 10 }), day);
    expect(steps).toHaveLength(5761);
    for (const { replicas, ready } of steps) {
      expect(replicas).toBeGreaterThanOrEqual(2);
      expect(replicas).toBeLessThanOrEqual(10);
      expect(ready).toBeLessThanOrEqual(10);
    }
    // 600 % on nine is 66 %, which the tolerance lets pass
    expect(Math.max(...steps.map(({ replicas }) => replicas))).toBe(9);
    expect(steps.at(-1)?.replicas).toBe(2);
    expect(overloadSeconds).toBe(0);
    expect(changes).toBeGreaterThan(10);
  });

  test('what starts slowly is overloaded longer', () => {
    const spike = generatedLoad('spike', 900, 7200);
    const overload = (startupSeconds: number): number =>
      simulateHpa(aSpec({ minReplicas: 2 }), spike, { startupSeconds }).overloadSeconds;
    expect(overload(15)).toBeGreaterThan(0);
    expect(overload(240)).toBeGreaterThan(overload(15));
  });

  test('the wish for more is held at the maximum, and says so', () => {
    const { steps } = simulateHpa(aSpec({ maxReplicas: 3 }), generatedLoad('spike', 900, 7200));
    const held = steps.filter(({ reason }) => reason === 'TooManyReplicas');
    expect(held.length).toBeGreaterThan(10);
    expect(held.every(({ replicas }) => replicas === 3)).toBe(true);
  });

  test('says what it left out, and what it cannot do', () => {
    const memory = { type: 'Resource', resource: 'memory', target: { averageValueMilli: 1 } } as const;
    const { metrics } = aSpec();
    expect(simulateHpa(aSpec({ metrics: [...metrics, memory] }), day).ignored).toEqual(['memory']);
    expect(() => simulateHpa(aSpec({ metrics: [memory] }), day)).toThrow('no CPU utilization');
  });
});

describe('a simulation by the letter of the policies', () => {
  const CPU = { metricType: 'cpu', maxReplicas: 12, maxStep: 3 } as const;

  test.each(LOAD_SHAPES)('%s: what an AutoScaler decides on the same values', async (shape) => {
    const policy = { ...CPU, scaleUpCooldownSecs: 40, scaleDownCooldownSecs: 130, metricAggregationWindowSecs: 45 };
    const { steps } = simulateThresholds([policy], generatedLoad(shape, 700, 7200), {
      startupSeconds: 50,
      replicas: 3,
    });
    let now = START;
    let found = { replicas: 3, ready: 3 };
    const target: ReplicaTarget = {
      managedBy: () => Promise.resolve(undefined),
      read: () => Promise.resolve(found),
      write: () => Promise.resolve(),
    };
    const scaler = new AutoScaler('web', { target, now: () => now }).addPolicy(policy);
    const decided: object[] = [];
    let replicas = 3;
    for (const { second, ready, utilization } of steps) {
      now = START + second * 1000;
      found = { replicas, ready };
      scaler.recordMetric({ metricType: 'cpu', value: (utilization * ready) / replicas, unit: 'percent' });
      const { to, reason } = await scaler.checkAndScale();
      replicas = to ?? replicas;
      decided.push({ second, replicas, reason });
    }
    expect(steps.map(({ second, replicas: asked, reason }) => ({ second, replicas: asked, reason }))).toEqual(decided);
    const reasons = new Set(steps.map(({ reason }) => reason));
    expect([...reasons]).toEqual(expect.arrayContaining(['AboveThreshold', 'BelowThreshold']));
  });

  test('no more than a step at a time, and no sooner than the cooldown', () => {
    const { steps, changes } = simulateThresholds([CPU], generatedLoad('spike', 1000, 3600), { stepSeconds: 5 });
    const changed = steps.flatMap(({ second, replicas }, index) => {
      const by = replicas - (steps[index - 1]?.replicas ?? 2);
      return by === 0 ? [] : [{ second, by }];
    });
    expect(changed).toHaveLength(changes);
    expect(changes).toBeGreaterThan(3);
    for (const [index, { second, by }] of changed.entries()) {
      expect(Math.abs(by)).toBeLessThanOrEqual(3);
      const waited = second - (changed[index - 1]?.second ?? -Infinity);
      expect(waited).toBeGreaterThanOrEqual(by > 0 ? 60 : 300);
    }
  });

  test('says what it left out, and what it cannot do', () => {
    const queue = { metricType: 'custom', metricName: 'queue' } as const;
    const day = generatedLoad('day', 600, 3600);
    expect(simulateThresholds([queue, CPU], day).ignored).toEqual(['custom queue']);
    expect(() => simulateThresholds([queue], day)).toThrow('no policy about CPU');
    expect(() => simulateThresholds([{ ...CPU, maxReplicas: 1 }], day)).toThrow('policy.maxReplicas');
  });
});

describe('tuning', () => {
  test('the frontier is what nothing beats in both', () => {
    const of = (replicaHours: number, overloadSeconds: number, changes = 0) => ({
      replicaHours,
      overloadSeconds,
      changes,
    });
    expect(frontier([of(5, 0), of(1, 90), of(2, 90), of(3, 10, 4), of(3, 10, 2), of(4, 30)])).toEqual([
      of(1, 90),
      of(3, 10, 2),
      of(5, 0),
    ]);
  });

  test('a spike: more replicas at rest, or overload; the cheapest that meets the goal', () => {
    const resources = {
      ...{ cpuRequestMillis: 500, cpuLimitMillis: 2000, memoryRequestMiB: 512, memoryLimitMiB: 2048 },
      ...{ storageRequestMiB: 1, storageLimitMiB: 1 },
    };
    const spike = generatedLoad('spike', 900, 3600);
    const choices = tune({
      maxReplicas: 12,
      play: ({ targetValue, ...choice }) =>
        simulateHpa(
          readHpa(
            compileToHpa(
              {
                ...choice,
                maxReplicas: 12,
                metricAggregationWindowSecs: undefined,
                metrics: [
                  { metricType: 'cpu', targetValue, scaleUpThreshold: targetValue, scaleDownThreshold: targetValue },
                ],
              },
              resources,
              37,
            ).spec as HpaFields,
          ),
          spike,
        ),
    });
    expect(choices.length).toBeGreaterThan(2);
    choices.slice(1).forEach((choice, index) => {
      expect(choice.replicaHours).toBeGreaterThan(choices[index]?.replicaHours ?? Infinity);
      expect(choice.overloadSeconds).toBeLessThan(choices[index]?.overloadSeconds ?? 0);
    });
    const proposed = proposedPolicy(choices, 120);
    expect(proposed?.overloadSeconds).toBeLessThanOrEqual(120);
    expect(choices.filter(({ overloadSeconds }) => overloadSeconds <= 120)[0]).toBe(proposed);
    expect(proposedPolicy(choices, -1)).toBeUndefined();
  });
});
