import type { MetricValue, ScalingPolicy } from './scaling-policy';

/** Where an AutoScaler gets values from, beside those that it is told. */
export interface MetricSource {
  /** The values there are now for a policy of the workload; none is no error. */
  readonly read: (name: string, policy: ScalingPolicy, signal?: AbortSignal) => Promise<readonly MetricValue[]>;
}
