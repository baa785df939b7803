import type { ControllerSettings } from './hpa-spec';
import type { PodObservation, PodValue } from './observation';

/** The pods of a target, as far as a metric may count them. */
export interface PodGroups {
  readonly ready: number;
  /** Not yet to be judged: counted as idle before more are added. */
  readonly unready: readonly string[];
  /** Without a value: counted against the change. */
  readonly missing: readonly string[];
  /** On their way out. */
  readonly ignored: readonly string[];
}

/**
 * Sorts the pods for one metric.
 *
 * @param isCpu only CPU is suspected of being the work of starting up
 * @param now milliseconds
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/podautoscaler/replica_calculator.go groupPods
 */
export function groupPods(
  pods: readonly PodObservation[],
  values: ReadonlyMap<string, PodValue>,
  isCpu: boolean,
  settings: ControllerSettings,
  now: number,
): PodGroups {
  let ready = 0;
  const unready: string[] = [];
  const missing: string[] = [];
  const ignored: string[] = [];
  for (const pod of pods) {
    if (pod.deleting || pod.phase === 'Failed') {
      ignored.push(pod.name);
      continue;
    }
    if (pod.phase === 'Pending') {
      unready.push(pod.name);
      continue;
    }
    const value = values.get(pod.name);
    if (value === undefined) missing.push(pod.name);
    else if (isCpu && isStartingUp(pod, value, settings, now)) unready.push(pod.name);
    else ready += pod.count ?? 1;
  }
  return { ready, unready, missing, ignored };
}

function isStartingUp(
  { ready, startTime }: PodObservation,
  value: PodValue,
  settings: ControllerSettings,
  now: number,
) {
  if (ready === undefined || startTime === undefined) return true;
  if (startTime + settings.cpuInitializationSeconds * 1000 > now) {
    return ready.status === 'False' || value.timestamp < ready.since + value.windowMs;
  }
  // not Ready since so soon after its start: it never was
  return ready.status === 'False' && startTime + settings.initialReadinessDelaySeconds * 1000 > ready.since;
}
