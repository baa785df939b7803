import { isClusterError } from '../cluster-client/cluster-error';
import { nodeMetrics, podMetrics } from '../cluster-client/metrics';
import type { Node, Pod } from '../cluster-client/objects';
import { listObjects } from '../cluster-client/read';
import { RESOURCES } from '../cluster-client/resources';
import { bytes, cpuMillis } from './quantity';
import type { Place } from './workload';

/** CPU and memory. */
export interface Amount {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

/** What a pod uses, beside what it asked for. */
export interface PodUsage extends Amount {
  readonly pod: string;
  readonly requests: Amount;
  readonly limits: Amount;
  /** RFC 3339. */
  readonly measuredAt: string;
}

/** A node in short. */
export interface NodeInfo {
  readonly name: string;
  readonly isReady: boolean;
  readonly isSchedulable: boolean;
  readonly version: string;
  readonly addresses: readonly string[];
  readonly taints: readonly string[];
  /** Conditions that are not as they should be: `MemoryPressure: …`. */
  readonly problems: readonly string[];
  readonly allocatable: Amount;
  /** Most pods that it takes; undefined: it has no bound. */
  readonly pods: number | undefined;
  /** Undefined where nobody measures the node. */
  readonly used: Amount | undefined;
}

/** What is in use. */
export interface ClusterInfo {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  /** Version of the API server. */
  readonly version: string;
  /** Undefined where one may not read nodes, which a role of one namespace cannot allow. */
  readonly nodes: { readonly total: number; readonly ready: number; readonly allocatable: Amount } | undefined;
  /** Pods of the namespace by phase. */
  readonly pods: Readonly<Record<string, number>>;
  /** What the pods of the namespace asked for. */
  readonly requests: Amount;
  /** What they use; undefined where the cluster serves no metrics. */
  readonly used: Amount | undefined;
}

/** @throws ClusterError MetricsUnavailable */
export async function podUsage(
  { client, namespace }: Place,
  labelSelector?: string,
  signal?: AbortSignal,
): Promise<readonly PodUsage[]> {
  const query = { namespace, labelSelector, signal };
  const [metrics, pods] = await Promise.all([podMetrics(client, query), listObjects(client, RESOURCES.Pod, query)]);
  return metrics
    .map(({ metadata, timestamp, containers }) => {
      const pod = pods.items.find((one) => one.metadata.name === metadata.name);
      const used = sum(containers.map(({ usage }) => amount(usage)));
      const [requests, limits] = [resourcesOf(pod, 'requests'), resourcesOf(pod, 'limits')];
      return { pod: metadata.name, ...used, requests, limits, measuredAt: timestamp };
    })
    .sort((a, b) => b.cpuMillis - a.cpuMillis || a.pod.localeCompare(b.pod));
}

/** @throws ClusterError Forbidden: nodes belong to the whole cluster; NotFound */
export async function nodeInfo({ client }: Place, name?: string, signal?: AbortSignal): Promise<readonly NodeInfo[]> {
  const fieldSelector = name === undefined ? undefined : `metadata.name=${name}`;
  const { items } = await listObjects(client, RESOURCES.Node, { namespace: '', fieldSelector, signal });
  const usage = await ifMeasured(() => nodeMetrics(client, { signal }));
  return items.map((node) => {
    const measured = usage?.find(({ metadata }) => metadata.name === node.metadata.name);
    return describe(node, measured === undefined ? undefined : amount(measured.usage));
  });
}

export async function clusterInfo({ client, namespace }: Place, signal?: AbortSignal): Promise<ClusterInfo> {
  const [version, pods, nodes, usage] = await Promise.all([
    client.call<{ readonly gitVersion: string }>({ method: 'GET', path: '/version', signal }),
    listObjects(client, RESOURCES.Pod, { namespace, signal }),
    ifAllowed(() => listObjects(client, RESOURCES.Node, { namespace: '', signal })),
    ifMeasured(() => podMetrics(client, { namespace, signal })),
  ]);
  const phases: Record<string, number> = {};
  for (const { status } of pods.items)
    phases[status?.phase ?? 'Unknown'] = (phases[status?.phase ?? 'Unknown'] ?? 0) + 1;
  const running = pods.items.filter(({ status }) => !['Succeeded', 'Failed'].includes(status?.phase ?? ''));
  const { context, server } = client.identity;
  return {
    context,
    server,
    namespace,
    version: version.gitVersion,
    nodes:
      nodes === undefined
        ? undefined
        : {
            total: nodes.items.length,
            ready: nodes.items.filter((node) => describe(node, undefined).isReady).length,
            allocatable: sum(nodes.items.map(({ status }) => amount(status?.allocatable))),
          },
    pods: phases,
    requests: sum(running.map((pod) => resourcesOf(pod, 'requests'))),
    used:
      usage === undefined
        ? undefined
        : sum(usage.flatMap(({ containers }) => containers.map((one) => amount(one.usage)))),
  };
}

function describe({ metadata, spec, status }: Node, used: Amount | undefined): NodeInfo {
  const conditions = status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready');
  const wrong = conditions.filter(({ type, status: is }) => (type === 'Ready' ? is !== 'True' : is === 'True'));
  return {
    name: metadata.name,
    isReady: ready?.status === 'True',
    isSchedulable: spec?.unschedulable !== true,
    version: status?.nodeInfo?.kubeletVersion ?? '',
    addresses: (status?.addresses ?? []).map(({ address }) => address),
    taints: (spec?.taints ?? []).map(
      ({ key, value, effect }) => `${key}${value === undefined ? '' : `=${value}`}:${effect}`,
    ),
    problems: wrong.map(({ type, message, reason }) => `${type}: ${message ?? reason ?? ''}`),
    allocatable: amount(status?.allocatable),
    pods: Number(status?.allocatable?.['pods'] ?? 0),
    used,
  };
}

function amount(values: Readonly<Record<string, string>> | undefined): Amount {
  return { cpuMillis: cpuMillis(values?.['cpu']), memoryBytes: bytes(values?.['memory']) };
}

function resourcesOf(pod: Pod | undefined, which: 'requests' | 'limits'): Amount {
  return sum((pod?.spec.containers ?? []).map(({ resources }) => amount(resources?.[which])));
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (a, b) => ({ cpuMillis: a.cpuMillis + b.cpuMillis, memoryBytes: a.memoryBytes + b.memoryBytes }),
    { cpuMillis: 0, memoryBytes: 0 },
  );
}

async function ifMeasured<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isClusterError(error, 'MetricsUnavailable', 'Forbidden')) return undefined;
    throw error;
  }
}

async function ifAllowed<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isClusterError(error, 'Forbidden')) return undefined;
    throw error;
  }
}
