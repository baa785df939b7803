import type { HpaSpec } from '../../../lib/ops/autoscaling/hpa-spec';
import type { MetricReading, Observation, PodObservation } from '../../../lib/ops/autoscaling/observation';

/** When the tests begin, in milliseconds. */
export const START = 1_800_000_000_000;

/** A spec for CPU at 60 % that may go from 1 to 20, with the API server's behavior. */
export function aSpec(changes: Partial<HpaSpec> = {}): HpaSpec {
  return {
    minReplicas: 1,
    maxReplicas: 20,
    metrics: [{ type: 'Resource', resource: 'cpu', target: { averageUtilization: 60 } }],
    ...changes,
  };
}

/** A pod that runs since an hour, is Ready and asks for one core. */
export function aPod(name: string, changes: Partial<PodObservation> = {}): PodObservation {
  return {
    name,
    phase: 'Running',
    deleting: false,
    ready: { status: 'True', since: START - 3_590_000 },
    startTime: START - 3_600_000,
    containers: [{ name: 'web', requests: { cpu: 1000 } }],
    ...changes,
  };
}

/** So many pods, and what each of them uses in thousandths of a core; undefined: nobody knows. */
export function using(amounts: readonly (number | undefined)[], at = START): Observation {
  const pods = amounts.map((_, index) => aPod(`web-${index}`));
  return observed(pods, readingOf(pods, amounts, at));
}

export function observed(pods: readonly PodObservation[], ...readings: readonly MetricReading[]): Observation {
  return { scale: { specReplicas: pods.length, statusReplicas: pods.length }, pods, readings };
}

export function readingOf(
  pods: readonly PodObservation[],
  amounts: readonly (number | undefined)[],
  at = START,
): MetricReading {
  const values = pods.flatMap(({ name }, index) => {
    const value = amounts[index];
    return value === undefined ? [] : [[name, { value, timestamp: at, windowMs: 15_000 }] as const];
  });
  return { kind: 'pods', values: new Map(values) };
}
