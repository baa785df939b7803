/** What a reason comes to: replicas were changed, it waits, a bound of the policy holds it, or there is nothing to do. */
export type ReasonKind = 'change' | 'wait' | 'bound' | 'rest';

interface Meaning {
  readonly kind: ReasonKind;
  readonly meaning: string;
}

const CHANGED: Meaning = { kind: 'change', meaning: 'the replicas were changed' };
const REST: Meaning = { kind: 'rest', meaning: 'nothing to change' };

const MEANINGS: Readonly<Record<string, Meaning>> = {
  SuccessfulRescale: CHANGED,
  AboveThreshold: { kind: 'change', meaning: 'replicas were added' },
  BelowThreshold: { kind: 'change', meaning: 'replicas were taken away' },
  ReadyForNewScale: REST,
  DesiredWithinRange: REST,
  WithinThresholds: REST,
  ScaleUpStabilized: { kind: 'wait', meaning: 'fewer were enough a short time ago: none is added yet' },
  ScaleDownStabilized: { kind: 'wait', meaning: 'more were needed a short time ago: none is taken away yet' },
  ScaleUpLimit: { kind: 'wait', meaning: 'more are needed, scaleUpCooldownSecs holds them back' },
  ScaleDownLimit: { kind: 'wait', meaning: 'fewer would do, scaleDownCooldownSecs holds it back' },
  ScaleUpCooldown: { kind: 'wait', meaning: 'more are needed, scaleUpCooldownSecs is not over' },
  ScaleDownCooldown: { kind: 'wait', meaning: 'fewer would do, scaleDownCooldownSecs is not over' },
  NoReadyReplicas: { kind: 'wait', meaning: 'replicas that start may be enough' },
  TooManyReplicas: { kind: 'bound', meaning: 'more are needed than maxReplicas' },
  TooFewReplicas: { kind: 'bound', meaning: 'fewer would do than minReplicas' },
};

/** A reason of an autoscaler in plain words; of one that is not known nothing but that it waits. */
export function meaningOf(reason: string): Meaning {
  return MEANINGS[reason] ?? { kind: 'wait', meaning: '' };
}
