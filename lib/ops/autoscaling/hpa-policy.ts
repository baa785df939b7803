import type { Issue } from '../../model/issues';
import { show, TarsError } from '../../model/issues';
import type { ScalingPolicy, ScalingPolicyProps } from './scaling-policy';
import { scalingPolicy } from './scaling-policy';

/** Seconds: the longest period of a rate limit. A window may have 3600, but a cooldown becomes both. */
const LONGEST_PERIOD = 1800;

/**
 * A policy with its defaults, which the API of HorizontalPodAutoscalers has room for.
 *
 * @throws TarsError TARS7101 for one that contradicts itself, or that no API server would take
 * @see https://kubernetes.io/docs/reference/kubernetes-api/autoscaling/horizontal-pod-autoscaler-v2/
 */
export function hpaPolicy(props: ScalingPolicyProps): ScalingPolicy {
  const policy = scalingPolicy(props);
  const issues = [...problems(policy)];
  if (issues.length > 0) throw new TarsError(issues);
  return policy;
}

function* problems(policy: ScalingPolicy): Generator<Issue> {
  const { metricType, targetValue } = policy;
  for (const key of ['scaleUpCooldownSecs', 'scaleDownCooldownSecs'] as const) {
    const seconds = policy[key];
    if (Number.isInteger(seconds) && seconds <= LONGEST_PERIOD) continue;
    yield refused(
      key,
      seconds,
      `0 to ${LONGEST_PERIOD} whole seconds: the longest period of a HorizontalPodAutoscaler`,
    );
  }
  if (metricType === 'cpu' && !Number.isInteger(targetValue)) {
    yield refused('targetValue', targetValue, 'whole percents: a HorizontalPodAutoscaler knows no others');
  }
}

function refused(field: string, given: unknown, allowed: string): Issue {
  return {
    code: 'TARS7101',
    severity: 'error',
    path: `policy.${field}`,
    message: 'a HorizontalPodAutoscaler cannot have it, and mode hpa decides as one',
    given: show(given),
    allowed,
    remedy: `choose a ${field} that it can have, or mode threshold`,
  };
}
