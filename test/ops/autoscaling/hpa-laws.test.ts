import fc from 'fast-check';
import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { hpaRound } from '../../../lib/ops/autoscaling/hpa-engine';
import type { HpaMetric, ScalingRules } from '../../../lib/ops/autoscaling/hpa-spec';
import { NEW_HPA_STATE } from '../../../lib/ops/autoscaling/hpa-state';
import type { MetricReading, PodObservation } from '../../../lib/ops/autoscaling/observation';
import type { MetricValue } from '../../../lib/ops/autoscaling/scaling-policy';
import { aPod, START } from './rounds';

const CPU: HpaMetric = { type: 'Resource', resource: 'cpu', target: { averageUtilization: 60 } };
const BACKLOG: HpaMetric = { type: 'External', name: 'backlog', target: { averageValueMilli: 10_000 } };

const WINDOWS = [0, 30, 300];
const RULES = fc.record({
  stabilizationWindowSeconds: fc.constantFrom(...WINDOWS),
  selectPolicy: fc.constantFrom('Max', 'Min', 'Disabled'),
  policies: fc.array(
    fc.record({
      type: fc.constantFrom('Pods', 'Percent'),
      value: fc.integer({ min: 1, max: 100 }),
      periodSeconds: fc.constantFrom(1, 15, 60, 300),
    }),
    { minLength: 1, maxLength: 3 },
  ),
}) satisfies fc.Arbitrary<ScalingRules>;

const STORY = fc.record({
  minReplicas: fc.integer({ min: 1, max: 4 }),
  more: fc.integer({ min: 0, max: 20 }),
  behavior: fc.option(fc.record({ scaleUp: RULES, scaleDown: RULES }), { nil: undefined }),
  start: fc.integer({ min: 0, max: 30 }),
  steps: fc.array(
    fc.record({
      // back by an hour, on by a day, or as it goes
      wait: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.constantFrom(-3600, 86_400, 15, 15, 15)),
      load: fc.double({ min: 0, max: 3000, noNaN: true }),
      // pods without a value, with one from long ago or from the future, that start, that fail
      pods: fc.array(fc.constantFrom('ready', 'ready', 'ready', 'silent', 'old', 'early', 'starting', 'failed'), {
        minLength: 1,
        maxLength: 6,
      }),
      backlog: fc.option(fc.double({ min: 0, max: 300_000, noNaN: true }), { nil: undefined }),
    }),
    { maxLength: 40 },
  ),
});

type Step = (typeof STORY extends fc.Arbitrary<infer T> ? T : never)['steps'][number];

/** What is seen of so many replicas, some of which are not as they should be. */
function seen(replicas: number, { load, pods: kinds, backlog }: Step, now: number) {
  const kindOf = (index: number): string => kinds[index % kinds.length] ?? 'ready';
  const pods = Array.from({ length: replicas }, (_, index): PodObservation => {
    const kind = kindOf(index);
    const since = now - (kind === 'starting' ? 5000 : 3_600_000);
    const ready = { status: kind === 'starting' ? 'False' : 'True', since } as const;
    return aPod(`web-${index}`, { startTime: since, ready, phase: kind === 'failed' ? 'Failed' : 'Running' });
  });
  const age: Record<string, number> = { old: 86_400_000, early: -86_400_000 };
  const values = pods.flatMap(({ name }, index) => {
    const kind = kindOf(index);
    if (kind === 'silent') return [];
    const value = Math.round((load * 10) / Math.max(1, replicas));
    return [[name, { value, timestamp: now - (age[kind] ?? 0), windowMs: 15_000 }] as const];
  });
  const cpu: MetricReading = { kind: 'pods', values: new Map(values) };
  const other: MetricReading =
    backlog === undefined ? { kind: 'missing', message: 'none' } : { kind: 'values', values: [Math.round(backlog)] };
  return {
    observation: { scale: { specReplicas: replicas, statusReplicas: replicas }, pods, readings: [cpu, other] },
    isComplete: values.length > 0 && backlog !== undefined,
  };
}

/** Fails the story, and says which law it breaks. */
function law(name: string, holds: boolean): void {
  if (!holds) throw new Error(`broken: ${name}`);
}

function isTaken(scaler: AutoScaler, metric: MetricValue): boolean {
  try {
    scaler.recordMetric(metric);
    return true;
  } catch (error) {
    law('the error has its code', String(error).includes('TARS7102'));
    return false;
  }
}

describe('laws of the engine in mode hpa, of any story', () => {
  test('bounds, windows, and nothing taken away in the dark', () => {
    let changes = 0;
    fc.assert(
      fc.property(STORY, ({ minReplicas, more, behavior, start, steps }) => {
        const maxReplicas = minReplicas + more;
        const spec = { minReplicas, maxReplicas, metrics: [CPU, BACKLOG], ...(behavior && { behavior }) };
        let state = NEW_HPA_STATE;
        let replicas = start;
        let now = START;
        for (const step of steps) {
          now += step.wait * 1000;
          const { observation, isComplete } = seen(replicas, step, now);
          const round = hpaRound(spec, state, observation, now);
          state = round.state;
          const { rescale, proposals } = round.decision;
          const remembered = [...state.recommendations, ...state.scaleUpEvents, ...state.scaleDownEvents];
          law('nothing that it remembers lies in the future', Math.max(...remembered.map(({ at }) => at)) <= now);
          if (rescale === undefined) continue;
          changes++;
          const isInBounds = replicas >= minReplicas && replicas <= maxReplicas;
          const isDown = isInBounds && rescale < replicas;
          const isUp = isInBounds && rescale > replicas;
          const asked = proposals.map((proposal) => ('error' in proposal ? Infinity : proposal.replicas));
          law('whole replicas', Number.isSafeInteger(rescale));
          law('in its bounds', rescale >= minReplicas && rescale <= maxReplicas);
          law('a change', rescale !== replicas);
          law('what is switched off stays so', replicas > 0);
          law('not down without every metric', !isDown || isComplete);
          law('not below what a metric asks for', !isDown || Math.max(...asked) <= rescale);
          law('down is not disabled', !isDown || behavior?.scaleDown.selectPolicy !== 'Disabled');
          law('up is not disabled', !isUp || behavior?.scaleUp.selectPolicy !== 'Disabled');
          replicas = rescale;
        }
      }),
      { numRuns: 400 },
    );
    expect(changes).toBeGreaterThan(300);
  });

  test('down only when every recommendation of the window was as low: no flapping', () => {
    let downs = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(30, 60, 300),
        fc.array(fc.double({ min: 60, max: 1200, noNaN: true }), { minLength: 5, maxLength: 60 }),
        (stabilizationWindowSeconds, loads) => {
          const free: ScalingRules = {
            stabilizationWindowSeconds: 0,
            selectPolicy: 'Max',
            policies: [{ type: 'Pods', value: 100, periodSeconds: 1 }],
          };
          const behavior = { scaleUp: free, scaleDown: { ...free, stabilizationWindowSeconds } };
          const spec = { minReplicas: 1, maxReplicas: 20, metrics: [CPU], behavior };
          let state = NEW_HPA_STATE;
          let replicas = 5;
          const asked: { readonly at: number; readonly replicas: number }[] = [];
          loads.forEach((load, index) => {
            const now = START + index * 15_000;
            const { observation } = seen(replicas, { wait: 15, load, pods: ['ready'], backlog: undefined }, now);
            const round = hpaRound(spec, state, observation, now);
            state = round.state;
            const [proposal] = round.decision.proposals;
            if (proposal !== undefined && 'replicas' in proposal) asked.push({ at: now, replicas: proposal.replicas });
            const { rescale } = round.decision;
            const isDown = rescale !== undefined && rescale < replicas;
            if (isDown) downs++;
            const recent = asked.filter(({ at }) => at > now - stabilizationWindowSeconds * 1000);
            law('not below the window', !isDown || Math.max(...recent.map((one) => one.replicas)) <= rescale);
            replicas = rescale ?? replicas;
          });
        },
      ),
      { numRuns: 200 },
    );
    expect(downs).toBeGreaterThan(200);
  });
});

describe('laws of the AutoScaler, of one policy to three, of any story and in both modes', () => {
  const POLICY = fc.record({
    targetValue: fc.integer({ min: 50, max: 70 }),
    minReplicas: fc.integer({ min: 1, max: 4 }),
    maxReplicas: fc.integer({ min: 4, max: 12 }),
    maxStep: fc.integer({ min: 1, max: 4 }),
    scaleUpCooldownSecs: fc.constantFrom(0, 30, 120),
    scaleDownCooldownSecs: fc.constantFrom(0, 60, 300),
  });
  const TYPES = ['cpu', 'rps', 'memory'] as const;
  const POLICIES = fc
    .array(POLICY, { minLength: 1, maxLength: TYPES.length })
    .map((all) => all.map((one, index) => ({ ...one, metricType: TYPES[index] ?? 'cpu' })));
  const VALUES = fc.array(
    fc.record({
      value: fc.oneof(
        fc.double({ min: 0, max: 400, noNaN: true }),
        fc.constantFrom(NaN, Infinity, -Infinity, -5, 0, 1e300),
      ),
      // out of order, from long ago, from the future
      late: fc.oneof(fc.integer({ min: -600, max: 600 }), fc.constantFrom(0, 0, NaN, 1e9, -1e9)),
      metricType: fc.constantFrom(...TYPES),
    }),
    { maxLength: 6 },
  );
  const WORLD = fc.array(
    fc.record({
      wait: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.constantFrom(-7200, 100_000, 15, 15)),
      values: VALUES,
      notReady: fc.integer({ min: 0, max: 3 }),
      fault: fc.constantFrom('none', 'none', 'none', 'none', 'read', 'write', 'managed'),
    }),
    { maxLength: 30 },
  );

  test.each(['threshold', 'hpa'] as const)('%s', async (mode) => {
    const changes = { up: 0, down: 0, ofSeveral: 0 };
    await fc.assert(
      fc.asyncProperty(POLICIES, WORLD, fc.integer({ min: 0, max: 14 }), async (policies, steps, start) => {
        const largest = (of: (policy: (typeof policies)[number]) => number): number => Math.max(...policies.map(of));
        const least = largest(({ minReplicas }) => minReplicas);
        const most = largest(({ maxReplicas }) => maxReplicas);
        let replicas = start;
        let now = START;
        let step = steps[0];
        const scaler = new AutoScaler('web', {
          mode,
          now: () => now,
          target: {
            managedBy: () => Promise.resolve(step?.fault === 'managed' ? 'HorizontalPodAutoscaler web' : undefined),
            read: () =>
              step?.fault === 'read'
                ? Promise.reject(new Error('gone'))
                : Promise.resolve({ replicas, ready: Math.max(0, replicas - (step?.notReady ?? 0)) }),
            write: (_, from, to) => {
              law('from what it is', from === replicas);
              if (step?.fault === 'write') return Promise.reject(new Error('refused'));
              replicas = to;
              return Promise.resolve();
            },
          },
        });
        for (const policy of policies) scaler.addPolicy(policy);
        let elapsed = Infinity;
        for (const one of steps) {
          step = one;
          now += one.wait * 1000;
          elapsed += Math.max(0, one.wait);
          for (const { metricType, value, late } of one.values) {
            const metric = { metricType, value, timestamp: now - late * 1000 };
            const isNumber = Number.isFinite(value) && Number.isFinite(late);
            law('only what is no number is refused', isTaken(scaler, metric) === isNumber);
          }
          const before = replicas;
          const { isScaled, from, to, means, reason } = await scaler.checkAndScale();
          law('it says whether it scaled', isScaled === (before !== replicas));
          law('it leaves what others manage', one.fault !== 'managed' || reason === 'ManagedByAutoscaler');
          law('it says what was', isScaled ? from === before && to === replicas : to === from);
          if (!isScaled) continue;
          const isInBounds = before >= least && before <= most;
          const isUp = replicas > before;
          changes[isUp ? 'up' : 'down']++;
          if (policies.length > 1) changes.ofSeveral++;
          law('no change where something failed', one.fault === 'none');
          law('in its bounds', replicas >= least && replicas <= most);
          law('not in the dark', !isInBounds || means.some((mean) => mean !== undefined));
          law('not down without every metric', !isInBounds || isUp || !means.includes(undefined));
          if (mode === 'threshold' && isInBounds) {
            // those that ask for more, as far as one can tell without the engine
            const above = policies.filter((policy, index) => (means[index] ?? 0) > 80 && policy.maxReplicas > before);
            const reach = (of: (policy: (typeof policies)[number]) => number): number => Math.max(...above.map(of));
            const wait = isUp
              ? -reach(({ scaleUpCooldownSecs }) => -scaleUpCooldownSecs)
              : largest(({ scaleDownCooldownSecs }) => scaleDownCooldownSecs);
            law('no change within a cooldown', elapsed >= wait);
            law('no policy goes past its own maximum', !isUp || replicas <= reach(({ maxReplicas }) => maxReplicas));
            law('in steps', Math.abs(replicas - before) <= (isUp ? reach : largest)(({ maxStep }) => maxStep));
          }
          elapsed = 0;
        }
        law('every check is in the history', scaler.getScalingHistory().length === steps.length);
      }),
      { numRuns: 300 },
    );
    expect(changes.up).toBeGreaterThan(40);
    expect(changes.down).toBeGreaterThan(40);
    expect(changes.ofSeveral).toBeGreaterThan(40);
  });
});
