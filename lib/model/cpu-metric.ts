import type { AutoscalingMetric, AutoscalingPolicy, ResourceMetric } from './service-spec';

/** What a policy says of the CPU; its thresholds are about that alone. */
export function cpuMetric({ metrics }: AutoscalingPolicy): ResourceMetric | undefined {
  return metrics.find((metric: AutoscalingMetric): metric is ResourceMetric => metric.metricType === 'cpu');
}
