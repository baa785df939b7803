import type { ScalingDecision } from '../ops/autoscaling/auto-scaler';
import type { MetricSource } from '../ops/autoscaling/metric-source';
import type { ReplicaTarget } from '../ops/autoscaling/replica-target';
import type { ScalableKind } from '../ops/cluster-client/scale';
import type { ClusterManager } from '../ops/cluster/cluster-manager';
import type { Manager, OpsTarget } from '../ops/manager';
import { note } from './cluster-session';
import type { Context } from './context';
import type { ChangeFlags } from './ops-options';
import type { ScalerSubject } from './scaler-subject';

/** What an AutoScaler of a running system is made of. */
export interface ScalerWorld {
  readonly target: ReplicaTarget;
  readonly source: MetricSource;
  /** After each decision: leaves a note of what was changed. */
  readonly changed: (decision: ScalingDecision, flags: ChangeFlags) => Promise<void>;
}

/** Where values come from, beside the target's own. */
interface SourceFlags extends ChangeFlags {
  readonly interval: number;
  readonly prometheus?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
}

/** @throws ClusterError ManagedByAutoscaler when somebody has the service */
export async function openWorld(
  context: Context,
  manager: Manager,
  ref: OpsTarget,
  subject: ScalerSubject,
  flags: SourceFlags,
  signal: AbortSignal,
): Promise<ScalerWorld> {
  const { ClusterManager: Cluster } = await import('../ops/cluster/cluster-manager.js');
  const world =
    manager instanceof Cluster
      ? await onCluster(context, manager, ref, flags, signal)
      : await onEngine(context, manager, ref, subject, flags);
  return { ...world, source: await withQueries(world.source, flags) };
}

async function onEngine(
  context: Context,
  manager: Manager,
  { name }: OpsTarget,
  { bases }: ScalerSubject,
  { dryRun }: SourceFlags,
): Promise<ScalerWorld> {
  const { composeTarget, engineStatsSource } = await import('../ops/autoscaling/compose-target.js');
  const target = composeTarget(manager, { dryRun: dryRun === true, holder: holderOf(context) });
  await target.hold?.(name);
  return {
    target,
    source: engineStatsSource(manager, bases),
    changed: () => Promise.resolve(),
  };
}

async function onCluster(
  context: Context,
  manager: ClusterManager,
  { kind, name }: OpsTarget,
  { dryRun, interval }: SourceFlags,
  signal: AbortSignal,
): Promise<ScalerWorld> {
  const { ClusterError } = await import('../ops/cluster-client/cluster-error.js');
  if (kind !== 'Deployment' && kind !== 'StatefulSet') {
    throw new ClusterError('Unsupported', `a ${kind} has no number of replicas`);
  }
  const { kubernetesTarget } = await import('../ops/autoscaling/kubernetes-target.js');
  const { metricsApiSource } = await import('../ops/autoscaling/metrics-api-source.js');
  const { client, namespace } = manager;
  const place: { namespace: string; kind: ScalableKind } = { namespace, kind };
  const leaseSeconds = Math.max(60, Math.ceil((4 * interval) / 1000));
  const target = kubernetesTarget(client, { ...place, dryRun, holder: holderOf(context), leaseSeconds });
  const other = await target.managedBy(name, signal);
  if (other !== undefined) {
    throw new ClusterError('ManagedByAutoscaler', `${other} steers the replicas of ${name}: two would fight`, {
      remedy: `see what it does: \`tars autoscale explain ${name}\``,
    });
  }
  await target.hold?.(name, signal);
  return {
    target,
    source: metricsApiSource(client, place),
    changed: async ({ isScaled, from, to, reason }) => {
      if (!isScaled || dryRun === true) return;
      const message = `scaled ${name} from ${from ?? '?'} to ${to ?? '?'}: ${reason}`;
      await note(context, manager, { kind, name, action: 'Scaled', message });
    },
  };
}

/** Metrics with a query are asked there, all others where they are. */
async function withQueries(source: MetricSource, { prometheus, query = {} }: SourceFlags): Promise<MetricSource> {
  if (prometheus === undefined) return source;
  const { prometheusSource } = await import('../ops/autoscaling/prometheus-source.js');
  const { seriesOf } = await import('../ops/autoscaling/samples.js');
  const asked = prometheusSource({ url: prometheus, queries: query });
  return {
    read: (name, policy, signal) => {
      const { metricType, metricName } = policy;
      const isAsked = seriesOf({ metricType, name: metricName }) in query;
      return (isAsked ? asked : source).read(name, policy, signal);
    },
  };
}

/** Tells this process from all others. */
function holderOf({ io }: Context): string {
  const random = Buffer.from(io.random(6)).toString('hex');
  const who = io.env['USER'] ?? io.env['USERNAME'] ?? 'somebody';
  return `tars autoscale run of ${who}, ${io.now().toISOString()}, ${random}`;
}
