import { hpaRound } from './hpa-engine';
import type { ControllerSettings, HpaSpec } from './hpa-spec';
import { CONTROLLER_DEFAULTS } from './hpa-spec';
import { NEW_HPA_STATE } from './hpa-state';
import type { LoadTrace } from './load-trace';
import type { PodObservation, PodValue } from './observation';
import { seriesOf, withSample } from './samples';
import type { ScalingPolicyProps } from './scaling-policy';
import { scalingPolicy } from './scaling-policy';
import type { Cohort, SimulatedWorkload, Simulation } from './simulated-workload';
import { play } from './simulated-workload';
import { NEW_THRESHOLD_STATE, thresholdRound } from './threshold-engine';

const REQUEST_MILLI = 1000;
const CONTAINERS = [{ name: 'main', requests: { cpu: REQUEST_MILLI } }];

/**
 * Plays a load against a HorizontalPodAutoscaler, with the engine that decides as the real controller does. CPU
 * is the metric.
 *
 * @throws {TypeError} for a policy without a metric that a load can move
 */
export function simulateHpa(
  spec: HpaSpec,
  trace: LoadTrace,
  workload: SimulatedWorkload = {},
  settings: ControllerSettings = CONTROLLER_DEFAULTS,
): Simulation {
  const { stepSeconds = 15 } = workload;
  const metric = spec.metrics.find(
    (one) => one.type === 'Resource' && one.resource === 'cpu' && 'averageUtilization' in one.target,
  );
  if (metric === undefined) throw new TypeError('the policy has no CPU utilization, which is what a load moves');
  const moved: HpaSpec = { ...spec, metrics: [metric] };
  let state = NEW_HPA_STATE;
  // the controller asks for the age of young pods only
  const bounds = { least: spec.minReplicas, youngSeconds: settings.cpuInitializationSeconds };
  const played = play(trace, workload, bounds, ({ now, replicas, utilization, cohorts }) => {
    const values = new Map<string, PodValue>();
    const seen: PodObservation[] = [];
    for (const cohort of cohorts) {
      const isReady = cohort.readyAt <= now;
      const value = isReady ? Math.round((utilization * REQUEST_MILLI) / 100) : 0;
      values.set(cohort.name, { value, timestamp: now, windowMs: stepSeconds * 1000 });
      seen.push(podsOf(cohort, isReady));
    }
    const observation = {
      scale: { specReplicas: replicas, statusReplicas: replicas },
      pods: seen,
      readings: [{ kind: 'pods' as const, values }],
    };
    const round = hpaRound(moved, state, observation, now, settings);
    state = round.state;
    return { rescale: round.decision.rescale, reason: mainReason(round.decision) };
  });
  const others = spec.metrics.filter((one) => one !== metric);
  return { ...played, ignored: others.map((one) => ('name' in one ? one.name : one.resource)) };
}

/**
 * Plays a load against an AutoScaler that goes by the letter of the policies, with the engine of its mode
 * `threshold`. CPU is the metric: what all replicas use, in percent of what they ask for.
 *
 * @throws {TypeError} without a policy about CPU
 * @throws TarsError TARS1001 for a property that no policy has; TARS7101 for a policy that contradicts itself
 */
export function simulateThresholds(
  policies: readonly ScalingPolicyProps[],
  trace: LoadTrace,
  workload: SimulatedWorkload = {},
): Simulation {
  const all = policies.map((props) => scalingPolicy(props));
  const policy = all.find(({ metricType }) => metricType === 'cpu');
  if (policy === undefined) throw new TypeError('there is no policy about CPU, which is what a load moves');
  const { metricType, metricName: name } = policy;
  let state = NEW_THRESHOLD_STATE;
  const bounds = { least: policy.minReplicas, youngSeconds: 0 };
  const played = play(trace, workload, bounds, ({ now, replicas, ready, utilization }) => {
    // a replica that starts uses nothing, and is in the sum
    const value = (utilization * ready) / replicas;
    const known = { ...state, samples: withSample(state.samples, { metricType, name, value }, now) };
    const round = thresholdRound([policy], known, { replicas, ready }, now);
    state = round.state;
    return round.decision;
  });
  const others = all.filter((one) => one !== policy);
  return { ...played, ignored: others.map((one) => seriesOf({ metricType: one.metricType, name: one.metricName })) };
}

function podsOf({ name, startTime, readyAt, count }: Cohort, isReady: boolean): PodObservation {
  return {
    name,
    phase: 'Running',
    deleting: false,
    ready: isReady ? { status: 'True', since: readyAt } : { status: 'False', since: startTime },
    startTime,
    containers: CONTAINERS,
    count,
  };
}

/** The word of the condition that says most. */
function mainReason({ rescale, conditions }: ReturnType<typeof hpaRound>['decision']): string {
  if (rescale !== undefined) return 'SuccessfulRescale';
  if (conditions.ScalingActive?.status === 'False') return conditions.ScalingActive.reason;
  if (conditions.ScalingLimited?.status === 'True') return conditions.ScalingLimited.reason;
  return conditions.AbleToScale?.reason ?? '';
}
