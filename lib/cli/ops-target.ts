import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { PodInfo } from '../ops/cluster/pod-info';
import type { Manager, OpsTarget } from '../ops/manager';

const KINDS: Readonly<Record<string, OpsTarget['kind']>> = {
  ...{ deployment: 'Deployment', deployments: 'Deployment', deploy: 'Deployment' },
  ...{ statefulset: 'StatefulSet', statefulsets: 'StatefulSet', sts: 'StatefulSet' },
  ...{ daemonset: 'DaemonSet', daemonsets: 'DaemonSet', ds: 'DaemonSet' },
  ...{ pod: 'Pod', pods: 'Pod', po: 'Pod', container: 'Pod' },
  ...{ service: 'Service', services: 'Service', svc: 'Service' },
};

/**
 * Finds what a word means: `KIND/NAME`, the name of a workload or of a pod, or the name of a component.
 * @throws ClusterError NotFound
 */
export async function findTarget(manager: Manager, text: string, signal: AbortSignal): Promise<OpsTarget> {
  const [first = '', second, ...rest] = text.split('/');
  if (second !== undefined) {
    if (second === '' || rest.length > 0) {
      throw new InvalidArgumentError(`error: '${text}' is no target. Allowed: NAME or KIND/NAME`);
    }
    const kind = KINDS[first.toLowerCase()];
    const isKnown = kind === 'Pod' || kind === 'Service' || manager.workloadKinds.some((one) => one === kind);
    if (kind !== undefined && isKnown) return { kind, name: second };
    const names = Object.entries(KINDS).filter(([, one]) => ['Pod', 'Service', ...manager.workloadKinds].includes(one));
    throw new InvalidArgumentError(
      `error: there is no kind '${first}' here. Allowed: ${names.map(([name]) => name).join(', ')}`,
    );
  }
  const workloads = await manager.workloads(signal);
  const exact = workloads.find(({ name }) => name === text);
  if (exact !== undefined) return exact;
  // `backend` is what main.ts calls the workload that the cluster knows as `tars-backend`.
  const [component, ...more] = workloads.filter(({ name }) => name.endsWith(`-${text}`));
  if (component !== undefined && more.length === 0) return component;
  const pods = await manager.listPods(undefined, signal);
  if (pods.some(({ name }) => name === text)) return { kind: 'Pod', name: text };
  // A task that has ended is no workload any more, and its containers are known by its name.
  const owner = pods.find((pod) => pod.owner === `Service/${text}`);
  if (owner !== undefined) return { kind: 'Service', name: text };
  const { ClusterError } = await import('../ops/cluster-client/cluster-error.js');
  const names = workloads.map(({ name }) => name).join(', ');
  throw new ClusterError('NotFound', `there is no workload and no pod "${text}" in ${manager.where}`, {
    remedy: names === '' ? 'look at where you are, and at what runs there' : `choose one of ${names}`,
  });
}

/** A workload, which is there. @throws InvalidArgumentError for anything else; ClusterError NotFound */
export async function findWorkload(manager: Manager, text: string, signal: AbortSignal): Promise<OpsTarget> {
  const target = await findTarget(manager, text, signal);
  if (manager.workloadKinds.includes(target.kind)) {
    // What was named by its kind was not looked for.
    if (text.includes('/')) await manager.selectorOf(target, signal);
    return target;
  }
  throw new InvalidArgumentError(
    `error: ${text} is no workload. Allowed: a ${manager.workloadKinds.join(', ').replace(/, (\w+)$/, ' or $1')}`,
  );
}

/**
 * A pod, which is there: the one that is named, or the first ready one of a workload, else the first one that runs.
 * @param container one that it has to have
 * @throws ClusterError NotFound; ContainerNotReady where none runs
 */
export async function findPod(
  manager: Manager,
  text: string,
  container: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const target = await findTarget(manager, text, signal);
  const name = target.kind === 'Pod' ? target.name : await podOfWorkload(manager, text, target, signal);
  if (target.kind !== 'Pod' && container === undefined) return name;
  // What was named by its kind was not looked for; and what was added to a container, only it itself knows.
  const { containers } = await manager.getPodInfo(name, signal);
  // An engine knows a container by the name of its service, and by its own.
  if (container === undefined || [name, ...containers.map((one) => one.name)].includes(container)) return name;
  const { ClusterError } = await import('../ops/cluster-client/cluster-error.js');
  throw new ClusterError('NotFound', `${name} has no container "${container}"`, {
    remedy: `choose one of ${containers.map((one) => one.name).join(', ')}`,
  });
}

async function podOfWorkload(manager: Manager, text: string, target: OpsTarget, signal: AbortSignal): Promise<string> {
  const pods = await podsOfTarget(manager, target, signal);
  // One that runs and is not ready is often the one to look into.
  const pod = pods.find(({ isReady }) => isReady) ?? pods.find(({ phase }) => phase === 'Running');
  if (pod !== undefined) return pod.name;
  const { ClusterError } = await import('../ops/cluster-client/cluster-error.js');
  if (pods.length === 0) throw new ClusterError('NotFound', `${text} has no pod`);
  const states = pods.map(({ name, status }) => `${name}: ${status}`).join(', ');
  throw new ClusterError('ContainerNotReady', `${text} has no pod that runs (${states})`, { retryable: true });
}

/** `deployment/web`, for people. */
export function targetText({ kind, name }: OpsTarget): string {
  return `${kind.toLowerCase()}/${name}`;
}

async function podsOfTarget(manager: Manager, target: OpsTarget, signal: AbortSignal): Promise<readonly PodInfo[]> {
  return manager.listPods(await manager.selectorOf(target, signal), signal);
}
