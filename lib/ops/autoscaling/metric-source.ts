import type { MetricValue, ScalingPolicy } from './scaling-policy';

/** Where an AutoScaler gets values from, beside those that it is told. */
export interface MetricSource {
  /**
   * The values there are now for a policy of the workload; none is no error. Without a timestamp they are of the
   * moment in which they are read: what another machine calls the time may be past every window, or yet to come.
   */
  readonly read: (name: string, policy: ScalingPolicy, signal?: AbortSignal) => Promise<readonly MetricValue[]>;
}
