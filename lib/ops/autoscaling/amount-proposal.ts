import type { ExternalMetric, ObjectMetric } from './hpa-spec';
import { replicasOf } from './integers';
import type { PodObservation, ScaleObservation } from './observation';
import type { Proposal, Tolerances } from './proposal';
import { isWithin } from './proposal';

/**
 * The replicas that a metric of another object, or from outside, asks for.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/podautoscaler/replica_calculator.go
 */
export function amountProposal(
  metric: ObjectMetric | ExternalMetric,
  values: readonly number[],
  pods: readonly PodObservation[],
  { specReplicas, statusReplicas }: ScaleObservation,
  tolerances: Tolerances,
): Proposal {
  const total = values.reduce((sum, value) => sum + value, 0);
  const name = nameOf(metric);
  if ('averageValueMilli' in metric.target) {
    const target = metric.target.averageValueMilli;
    const within = isWithin(tolerances, total / (target * statusReplicas));
    const replicas = within ? statusReplicas : replicasOf(total / target);
    return { replicas, name, current: Math.ceil(total / statusReplicas) };
  }
  const ratio = total / metric.target.valueMilli;
  const proposal = (replicas: number): Proposal => ({ replicas, name, current: total });
  if (specReplicas === 0) return proposal(replicasOf(ratio));
  if (isWithin(tolerances, ratio)) return proposal(specReplicas);
  if (pods.length === 0) {
    return {
      error: 'unable to calculate ready pods: no pods returned by selector while calculating replica count',
    };
  }
  const ready = pods.filter(({ phase, ready }) => phase === 'Running' && ready?.status === 'True').length;
  return proposal(replicasOf(ratio * ready));
}

function nameOf(metric: ObjectMetric | ExternalMetric): string {
  if (metric.type === 'Object' && 'valueMilli' in metric.target) return `${metric.kind} metric ${metric.name}`;
  return `external metric ${metric.name}(${selectorText(metric.labels)})`;
}

/** A label selector as Go prints it, which is how it gets into the controller's events. */
function selectorText(labels: ObjectMetric['labels']): string {
  if (labels === undefined) return 'nil';
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`);
  return `&LabelSelector{MatchLabels:map[string]string{${pairs.join('')}},MatchExpressions:[]LabelSelectorRequirement{},}`;
}
