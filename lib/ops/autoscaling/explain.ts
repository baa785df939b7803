import type { ClusterClient } from '../cluster-client/cluster-client';
import { ClusterError } from '../cluster-client/cluster-error';
import { listObjects } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import type { EventInfo } from '../cluster/events';
import { listEvents } from '../cluster/events';
import type { MetricExplanation } from './explain-metric';
import { explainMetric } from './explain-metric';
import { hpaRound } from './hpa-engine';
import { memoryOf } from './hpa-memory';
import type { ControllerSettings } from './hpa-spec';
import { CONTROLLER_DEFAULTS } from './hpa-spec';
import type { Observation } from './observation';
import type { HpaObject } from './observe-hpa';
import { observeHpa } from './observe-hpa';
import { groupPods } from './pod-groups';
import { readHpa } from './read-hpa';

/** Why an autoscaler does what it does. */
export interface HpaExplanation {
  readonly name: string;
  /** `Deployment/web`. */
  readonly target: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Replicas asked for now; undefined: the target cannot be read. */
  readonly current: number | undefined;
  /** Replicas that the metrics ask for, before anything holds them back; undefined: they cannot say. */
  readonly wanted: number | undefined;
  /** Replicas that there should be, after all that holds back; undefined: nothing can be computed. */
  readonly desired: number | undefined;
  /** The same, as the controller has it in the autoscaler's status. */
  readonly controllerDesired: number | undefined;
  readonly metrics: readonly MetricExplanation[];
  /** Names of pods that are not counted as they are. */
  readonly pods: ExplainedPods;
  /** What holds it back, and what would change that. */
  readonly limits: readonly Limit[];
}

/** Pods by how the metrics of the pods count them; of the first such metric. */
export interface ExplainedPods {
  readonly ready: number;
  /** Counted as idle before more are added. */
  readonly unready: readonly string[];
  /** Without a value: counted against any change. */
  readonly missing: readonly string[];
  /** On their way out. */
  readonly ignored: readonly string[];
}

/** One reason why it is not what the metrics ask for. */
export interface Limit {
  /** In Kubernetes' own word: `TooManyReplicas`, `ScaleDownStabilized`. */
  readonly reason: string;
  readonly message: string;
  /** What would have to change. */
  readonly remedy: string;
}

/**
 * Reads an autoscaler with all that it sees, and explains it.
 *
 * @param name of the autoscaler, or of what it scales
 * @param now milliseconds since 1970
 * @throws ClusterError NotFound; Forbidden where a metric may not be read
 */
export async function explainAutoscaler(
  client: ClusterClient,
  namespace: string,
  name: string,
  now: number,
  options: { readonly signal?: AbortSignal; readonly settings?: ControllerSettings } = {},
): Promise<HpaExplanation> {
  const { signal, settings } = options;
  const { items } = await listObjects(client, RESOURCES.HorizontalPodAutoscaler, { namespace, signal });
  const hpas = items as readonly HpaObject[];
  const hpa =
    hpas.find(({ metadata }) => metadata.name === name) ?? hpas.find(({ spec }) => spec.scaleTargetRef.name === name);
  if (hpa === undefined) {
    throw new ClusterError('NotFound', `no HorizontalPodAutoscaler scales ${name} in namespace ${namespace}`, {
      remedy:
        hpas.length === 0
          ? 'there is none in this namespace'
          : `choose one of ${hpas.map((one) => one.metadata.name).join(', ')}`,
    });
  }
  const { kind, name: target } = hpa.spec.scaleTargetRef;
  const place = { client, namespace };
  const [observation, own, ofTarget] = await Promise.all([
    observeHpa(client, namespace, hpa, signal),
    listEvents(place, { name: hpa.metadata.name, kind: 'HorizontalPodAutoscaler', signal }),
    listEvents(place, { name: target, kind, signal }),
  ]);
  return explainHpa(hpa, observation, [...own, ...ofTarget], now, settings);
}

/**
 * Names of the autoscalers of a namespace.
 * @throws ClusterError NotFound when there is none
 */
export async function autoscalerNames(
  client: ClusterClient,
  namespace: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { items } = await listObjects(client, RESOURCES.HorizontalPodAutoscaler, { namespace, signal });
  if (items.length > 0) return items.map(({ metadata }) => metadata.name);
  throw new ClusterError('NotFound', `there is no HorizontalPodAutoscaler in namespace ${namespace}`, {
    remedy: 'turn on autoscaling in main.ts, or name another namespace',
  });
}

/**
 * Explains an autoscaler by what it sees.
 *
 * @param events of the autoscaler and of what it scales, the oldest first
 * @param now milliseconds since 1970
 */
export function explainHpa(
  hpa: HpaObject,
  observation: Observation,
  events: readonly EventInfo[],
  now: number,
  settings: ControllerSettings = CONTROLLER_DEFAULTS,
): HpaExplanation {
  const spec = readHpa(hpa.spec);
  const proposals = hpaRound(spec, memoryOf(hpa, events, undefined, now), observation, now, settings).decision
    .proposals;
  const asked = proposals.flatMap((proposal) => ('error' in proposal ? [] : [proposal.replicas]));
  const wanted = asked.length === 0 ? undefined : Math.max(...asked);
  const memory = memoryOf(hpa, events, wanted, now);
  const { decision } = hpaRound(spec, memory, observation, now, settings);
  const tolerances = {
    up: spec.behavior?.scaleUp.tolerance ?? settings.tolerance,
    down: spec.behavior?.scaleDown.tolerance ?? settings.tolerance,
  };
  const { kind, name } = hpa.spec.scaleTargetRef;
  const { minReplicas, maxReplicas } = spec;
  const current = observation.scale?.specReplicas;
  const firstOfPods = observation.readings.findIndex((reading) => reading.kind === 'pods');
  const reading = observation.readings[firstOfPods];
  const metric = spec.metrics[firstOfPods];
  const isCpu = metric !== undefined && 'resource' in metric && metric.resource === 'cpu';
  const values = reading?.kind === 'pods' ? reading.values : new Map<string, never>();
  return {
    name: hpa.metadata.name,
    target: `${kind}/${name}`,
    minReplicas,
    maxReplicas,
    current,
    wanted,
    desired: decision.desiredReplicas,
    controllerDesired: hpa.status?.desiredReplicas,
    metrics: spec.metrics.map((one, index) => explainMetric(one, proposals[index], tolerances)),
    pods: firstOfPods < 0 ? NO_PODS : groupPods(observation.pods, values, isCpu, settings, now),
    limits: [...limitsOf(decision.conditions, hpa, current, settings)],
  };
}

const NO_PODS: ExplainedPods = { ready: 0, unready: [], missing: [], ignored: [] };

type Decided = ReturnType<typeof hpaRound>['decision']['conditions'];

function* limitsOf(
  { AbleToScale, ScalingActive, ScalingLimited }: Decided,
  { spec, status }: HpaObject,
  current: number | undefined,
  settings: ControllerSettings,
): Generator<Limit> {
  // what only the controller knows: other autoscalers of the same pods
  const said = status?.conditions?.find(({ type }) => type === 'ScalingActive');
  const active =
    said?.reason === 'AmbiguousSelector'
      ? { status: said.status, reason: said.reason, message: said.message ?? '' }
      : ScalingActive;
  const remedies: Readonly<Record<string, string>> = {
    FailedGetScale: 'correct spec.scaleTargetRef, or make the workload that it names',
    ScalingDisabled: 'somebody set the replicas to 0: set them to 1 or more, and it goes on',
    AmbiguousSelector: 'let one autoscaler alone have these pods: delete the other, or tell their labels apart',
    InvalidSelector: 'give the workload a selector',
    ScaleDownStabilized: `wait: the highest recommendation of the last ${spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? settings.downscaleStabilizationSeconds} s counts`,
    ScaleUpStabilized: `wait: the lowest recommendation of the last ${spec.behavior?.scaleUp?.stabilizationWindowSeconds ?? 0} s counts`,
    ScaleUpLimit: 'wait until the period of a policy is over, or raise behavior.scaleUp.policies',
    ScaleDownLimit: 'wait until the period of a policy is over, or raise behavior.scaleDown.policies',
    TooManyReplicas: `raise maxReplicas (${spec.maxReplicas})`,
    TooFewReplicas: `lower minReplicas (${spec.minReplicas ?? 1})`,
  };
  const limit = (reason: string, message: string): Limit => ({
    reason,
    message,
    remedy: remedies[reason] ?? 'make every metric of it available; until then none are taken away',
  });
  if (AbleToScale?.status === 'False') yield limit(AbleToScale.reason, AbleToScale.message);
  if (active?.status === 'False') yield limit(active.reason, active.message);
  if (current === 0 || active?.status === 'False') return;
  if (AbleToScale?.reason.endsWith('Stabilized') === true) yield limit(AbleToScale.reason, AbleToScale.message);
  if (ScalingLimited?.status === 'True') yield limit(ScalingLimited.reason, ScalingLimited.message);
}
