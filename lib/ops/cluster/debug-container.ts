import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import { readObject } from '../cluster-client/read';
import { pathOf, RESOURCES } from '../cluster-client/resources';
import type { Pod } from '../cluster-client/objects';
import type { ChangeOptions } from './restart';
import { dryRun } from './restart';
import type { Place } from './workload';
import { waitFor } from './wait-for';

/** A container that is added to a running pod. */
export interface DebugOptions extends ChangeOptions {
  /** An image with the tools that the pod's own image lacks. */
  readonly image: string;
  /** The container whose processes it sees. @default the first one */
  readonly target?: string | undefined;
  /** What keeps it alive. @default sleep, for an hour */
  readonly command?: readonly string[] | undefined;
  /** Called once it is added (in a dry run: once it could be), before it is waited for; a failure of it ends the wait. */
  readonly onAdded?: ((container: string) => void | Promise<void>) | undefined;
  /** Until it runs, in milliseconds. @default 120000 */
  readonly timeoutMs?: number | undefined;
}

/** An hour: an ephemeral container cannot be removed, only end. */
const SLEEP = ['sleep', '3600'];
/** Nobody in particular, where the pod does not say who it runs as. */
const NOBODY = 65534;

/**
 * Adds an ephemeral container to a pod, as the Pod Security Standard "restricted" admits it: no root, no
 * privileges, no capabilities, the seccomp profile of the runtime. Commands are then run in it by exec.
 * @returns its name
 * @throws ClusterError NotFound, Forbidden, Timeout, Aborted; ContainerNotReady when it does not start
 */
export async function addDebugContainer(place: Place, name: string, options: DebugOptions): Promise<string> {
  const { client, namespace } = place;
  const pod = await readObject(client, RESOURCES.Pod, namespace, name, options.signal);
  const target = options.target ?? pod.spec.containers[0]?.name;
  if (!pod.spec.containers.some((one) => one.name === target)) {
    throw new ClusterError('NotFound', `pod ${name} has no container ${target ?? ''}`, {
      remedy: `choose one of ${pod.spec.containers.map((one) => one.name).join(', ')}`,
    });
  }
  const container = `debug-${(pod.spec.ephemeralContainers ?? []).length + 1}`;
  const body = { spec: { ephemeralContainers: [ephemeral(container, target, pod, options)] } };
  const path = pathOf(RESOURCES.Pod, namespace, name, 'ephemeralcontainers');
  const contentType = 'application/strategic-merge-patch+json';
  await client.call({ method: 'PATCH', path, query: dryRun(options), contentType, body, signal: options.signal });
  await options.onAdded?.(container);
  if (options.dryRun === true) return container;
  const stays = `${container} stays in pod ${name}`;
  const state = stateOf(await begun(place, name, container, stays, options), container);
  if (state?.running !== undefined) return container;
  const why = state?.waiting ?? state?.terminated;
  const words = `${why?.reason ?? ''} ${why?.message ?? ''}`.trim();
  throw new ClusterError('ContainerNotReady', `${container} did not start: ${words}; ${stays}`);
}

/** @throws ClusterError which says what is left: what is not waited for any more cannot be taken back */
async function begun(
  place: Place,
  name: string,
  container: string,
  stays: string,
  { timeoutMs = 120_000, signal }: DebugOptions,
): Promise<Pod | undefined> {
  try {
    const ref = { kind: 'Pod', name } as const;
    return (await waitFor(place, ref, (object) => hasBegun(object as Pod, container), { timeoutMs, signal })) as
      Pod | undefined;
  } catch (cause) {
    if (!isClusterError(cause, 'Timeout', 'Aborted')) throw cause;
    const { code, message, remedy, retryable } = cause;
    throw new ClusterError(code, `${message}; ${stays}`, { cause, remedy, retryable, left: stays });
  }
}

function ephemeral(
  name: string,
  target: string | undefined,
  pod: Pod,
  { image, command = SLEEP }: DebugOptions,
): object {
  return {
    ...{ name, image, command, targetContainerName: target, stdin: false, tty: false },
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      runAsUser: pod.spec.securityContext?.runAsUser ?? NOBODY,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

function stateOf(
  pod: Pod | undefined,
  container: string,
): NonNullable<NonNullable<Pod['status']>['ephemeralContainerStatuses']>[number]['state'] {
  return pod?.status?.ephemeralContainerStatuses?.find(({ name }) => name === container)?.state;
}

/** Runs, has ended, or will not start. */
function hasBegun(pod: Pod, container: string): boolean {
  const state = stateOf(pod, container);
  if (state?.running !== undefined || state?.terminated !== undefined) return true;
  return ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'CreateContainerConfigError'].includes(
    state?.waiting?.reason ?? '',
  );
}
