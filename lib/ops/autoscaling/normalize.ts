import type { Condition } from './conditions';
import { isFalse, isTrue } from './conditions';
import type { ControllerSettings, HpaBehavior, HpaSpec } from './hpa-spec';
import type { HpaState } from './hpa-state';
import { scaleDownLimit, scaleUpLimit } from './rate-limit';
import { stabilize, stabilizeDown } from './stabilization';

/** Replicas that bounds, windows and rates let through. */
export interface Normalized {
  readonly replicas: number;
  readonly state: HpaState;
}

/** What holds a wish back, and in whose name. */
interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

const MESSAGES = {
  ScaleUpLimit: 'the desired replica count is increasing faster than the maximum scale rate',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  TooFewReplicas: 'the desired replica count is less than the minimum replica count',
  DesiredWithinRange: 'the desired count is within the acceptable range',
  ScaleUpStabilized: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
  ScaleDownStabilized:
    'recent recommendations were higher than current one, applying the highest recent recommendation',
  ReadyForNewScale: 'recommended size matches current size',
} as const;

/** Windows first, then rates and bounds. */
export function normalize(
  spec: HpaSpec,
  state: HpaState,
  current: number,
  wanted: number,
  now: number,
  settings: ControllerSettings,
): Normalized {
  const { behavior } = spec;
  const { replicas: stabilized, recommendations } =
    behavior === undefined
      ? stabilizeDown(state, settings.downscaleStabilizationSeconds, wanted, now)
      : stabilize(state, behavior, current, wanted, now, settings);
  const limited =
    behavior === undefined
      ? byOldRules(spec, current, stabilized)
      : byRates(spec, behavior, state, current, stabilized, now);
  const up = behavior !== undefined && wanted >= current;
  const held = stabilized === wanted ? 'ReadyForNewScale' : up ? 'ScaleUpStabilized' : 'ScaleDownStabilized';
  return {
    replicas: limited.replicas,
    state: {
      ...state,
      recommendations,
      conditions: {
        ...state.conditions,
        AbleToScale: isTrue(held, MESSAGES[held]),
        ScalingLimited: limitedCondition(limited, stabilized),
      },
    },
  };
}

function limitedCondition({ replicas, reason, message }: Limited, wanted: number): Condition {
  return replicas === wanted ? isFalse(reason, message) : isTrue(reason, message);
}

function because(replicas: number, reason: keyof typeof MESSAGES): Limited {
  return { replicas, reason, message: MESSAGES[reason] };
}

function byRates(
  { minReplicas, maxReplicas }: HpaSpec,
  { scaleUp, scaleDown }: HpaBehavior,
  state: HpaState,
  current: number,
  desired: number,
  now: number,
): Limited {
  if (desired > current) {
    const rate = Math.max(current, scaleUpLimit(scaleUp, state, current, now));
    const most = Math.min(maxReplicas, rate);
    if (desired > most) return because(most, maxReplicas > rate ? 'ScaleUpLimit' : 'TooManyReplicas');
  } else if (desired < current) {
    const rate = Math.min(current, scaleDownLimit(scaleDown, state, current, now));
    const least = Math.max(minReplicas, rate);
    if (desired < least) return because(least, minReplicas < rate ? 'ScaleDownLimit' : 'TooFewReplicas');
  }
  return because(desired, 'DesiredWithinRange');
}

/** Without behavior: at most twice as many, or 4. */
function byOldRules({ minReplicas, maxReplicas }: HpaSpec, current: number, desired: number): Limited {
  const rate = Math.max(2 * current, 4);
  if (desired < minReplicas) return because(minReplicas, 'TooFewReplicas');
  if (desired > Math.min(maxReplicas, rate)) {
    return maxReplicas > rate ? because(rate, 'ScaleUpLimit') : because(maxReplicas, 'TooManyReplicas');
  }
  return because(desired, 'DesiredWithinRange');
}
