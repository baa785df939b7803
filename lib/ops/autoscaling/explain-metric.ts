import type { HpaMetric } from './hpa-spec';
import type { Proposal, Tolerances } from './proposal';

/** One metric of an autoscaler, and what it asks for. */
export interface MetricExplanation {
  /** As in the controller's events: `cpu resource utilization (percentage of request)`. */
  readonly name: string;
  /** `percent` of the request, or the unit of the metric itself. */
  readonly unit: 'percent' | 'amount';
  /** Where it should be. */
  readonly target: number;
  /** Where it is; undefined: it has no value. */
  readonly current: number | undefined;
  /** Of the two; undefined: it has no value. */
  readonly ratio: number | undefined;
  /** Values from and to which nothing is done. */
  readonly band: readonly [number, number];
  /** Replicas that it asks for; undefined: it cannot say. */
  readonly replicas: number | undefined;
  /** Why it cannot. */
  readonly error: string | undefined;
}

/** Explains one metric. */
export function explainMetric(
  metric: HpaMetric,
  proposal: Proposal | undefined,
  { up, down }: Tolerances,
): MetricExplanation {
  const { target, unit } = targetOf(metric);
  // utilization has whole percents: nothing between two of them is ever seen
  const [low, high] = [Math.max(0, target * (1 - down)), target * (1 + up)];
  const band =
    unit === 'percent'
      ? ([Math.ceil(rounded(low)), Math.floor(rounded(high))] as const)
      : ([rounded(low), rounded(high)] as const);
  const shared = { name: nameOf(metric, proposal), unit, target, band };
  if (proposal === undefined || 'error' in proposal) {
    const error = proposal === undefined ? 'it was not asked' : proposal.error;
    return { ...shared, current: undefined, ratio: undefined, replicas: undefined, error };
  }
  const current = unit === 'percent' ? proposal.current : proposal.current / 1000;
  return { ...shared, current, ratio: current / target, replicas: proposal.replicas, error: undefined };
}

function targetOf(metric: HpaMetric): { readonly target: number; readonly unit: MetricExplanation['unit'] } {
  if (metric.type === 'Pods') return { target: metric.averageValueMilli / 1000, unit: 'amount' };
  const { target } = metric;
  if ('averageUtilization' in target) return { target: target.averageUtilization, unit: 'percent' };
  if ('averageValueMilli' in target) return { target: target.averageValueMilli / 1000, unit: 'amount' };
  return { target: target.valueMilli / 1000, unit: 'amount' };
}

function nameOf(metric: HpaMetric, proposal: Proposal | undefined): string {
  if (proposal !== undefined && 'name' in proposal) return proposal.name;
  if ('name' in metric) return `${metric.type.toLowerCase()} metric ${metric.name}`;
  return metric.container === undefined
    ? `${metric.resource} resource`
    : `${metric.resource} resource of container ${metric.container}`;
}

/** Without what floating point adds. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
