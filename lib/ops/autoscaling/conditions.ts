/** The types of conditions that the controller keeps. */
export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited' | 'ScaledToZero';

/** Why, in Kubernetes' own words. */
export interface Condition {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Those that stand; one that a round says nothing about stays. */
export type Conditions = Readonly<Partial<Record<ConditionType, Condition>>>;

/** One that holds. */
export function isTrue(reason: string, message: string): Condition {
  return { status: 'True', reason, message };
}

/** One that does not. */
export function isFalse(reason: string, message: string): Condition {
  return { status: 'False', reason, message };
}
