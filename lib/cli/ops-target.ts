import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { ClusterManager } from '../ops/cluster/cluster-manager';
import type { PodInfo } from '../ops/cluster/pod-info';
import type { WorkloadKind } from '../ops/cluster/workload';

/** What a command is about, as it is written: `backend`, `deployment/tars-backend`, `pod/x`. */
export interface OpsTarget {
  readonly kind: WorkloadKind | 'Pod' | 'Service';
  readonly name: string;
}

const KINDS: Readonly<Record<string, OpsTarget['kind']>> = {
  ...{ deployment: 'Deployment', deployments: 'Deployment', deploy: 'Deployment' },
  ...{ statefulset: 'StatefulSet', statefulsets: 'StatefulSet', sts: 'StatefulSet' },
  ...{ daemonset: 'DaemonSet', daemonsets: 'DaemonSet', ds: 'DaemonSet' },
  ...{ pod: 'Pod', pods: 'Pod', po: 'Pod', service: 'Service', services: 'Service', svc: 'Service' },
};
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/**
 * Finds what a word means: `KIND/NAME`, the name of a workload or of a pod, or the name of a component.
 * @throws ClusterError NotFound
 */
export async function findTarget(manager: ClusterManager, text: string, signal: AbortSignal): Promise<OpsTarget> {
  const [first = '', second] = text.split('/');
  if (second !== undefined) {
    const kind = KINDS[first.toLowerCase()];
    if (kind !== undefined) return { kind, name: second };
    throw new InvalidArgumentError(`error: there is no kind '${first}'. Allowed: ${Object.keys(KINDS).join(', ')}`);
  }
  const all = await Promise.all(WORKLOADS.map((kind) => manager.listWorkloads(kind, signal)));
  const workloads = all.flat();
  const exact = workloads.find(({ name }) => name === text);
  if (exact !== undefined) return exact;
  // `backend` is what main.ts calls the workload that the cluster knows as `tars-backend`.
  const [component, ...more] = workloads.filter(({ name }) => name.endsWith(`-${text}`));
  if (component !== undefined && more.length === 0) return component;
  const pods = await manager.listPods(undefined, signal);
  if (pods.some(({ name }) => name === text)) return { kind: 'Pod', name: text };
  const { ClusterError } = await import('../ops/cluster-client/cluster-error.js');
  const names = workloads.map(({ name }) => name).join(', ');
  throw new ClusterError('NotFound', `there is no workload and no pod "${text}" in namespace ${manager.namespace}`, {
    remedy: names === '' ? 'look at the namespace and at the context' : `choose one of ${names}`,
  });
}

/** A workload. @throws InvalidArgumentError for a pod or a Service */
export async function findWorkload(
  manager: ClusterManager,
  text: string,
  signal: AbortSignal,
): Promise<{ readonly kind: WorkloadKind; readonly name: string }> {
  const { kind, name } = await findTarget(manager, text, signal);
  if (kind === 'Pod' || kind === 'Service') {
    throw new InvalidArgumentError(`error: ${text} is no workload. Allowed: a Deployment, StatefulSet or DaemonSet`);
  }
  return { kind, name };
}

/** A pod: the one that is named, or the first ready one of a workload. @throws ClusterError NotFound */
export async function findPod(manager: ClusterManager, text: string, signal: AbortSignal): Promise<string> {
  const target = await findTarget(manager, text, signal);
  if (target.kind === 'Pod') return target.name;
  const pods = await podsOfTarget(manager, target, signal);
  const pod = pods.find(({ isReady }) => isReady) ?? pods[0];
  if (pod !== undefined) return pod.name;
  const { ClusterError } = await import('../ops/cluster-client/cluster-error.js');
  throw new ClusterError('NotFound', `${text} has no pod`);
}

/** The pods of a workload. */
export async function podsOfTarget(
  manager: ClusterManager,
  target: OpsTarget,
  signal: AbortSignal,
): Promise<readonly PodInfo[]> {
  const selector = await selectorOf(manager, target, signal);
  return manager.listPods(selector, signal);
}

/** The label selector of a workload. */
export async function selectorOf(
  manager: ClusterManager,
  { kind, name }: OpsTarget,
  signal: AbortSignal,
): Promise<string> {
  const { readWorkload } = await import('../ops/cluster/workload.js');
  const { selectorText } = await import('../ops/cluster-client/selector.js');
  const { client, namespace } = manager;
  const ref = { kind: kind as WorkloadKind, name };
  return selectorText((await readWorkload({ client, namespace }, ref, signal)).spec.selector);
}
