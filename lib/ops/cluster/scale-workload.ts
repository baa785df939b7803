import { ClusterError } from '../cluster-client/cluster-error';
import { Deadline, WAIT_LONGER } from '../cluster-client/deadline';
import { RESOURCES } from '../cluster-client/resources';
import type { ScalableKind, ScaleTarget } from '../cluster-client/scale';
import { readScale, writeScale } from '../cluster-client/scale';
import { observe } from '../cluster-client/watch';
import { WAIT_TIMEOUT_MS } from '../waiting';
import { autoscalersOf, refuseAutoscaled } from './autoscalers';
import { latest } from './latest';
import type { ChangeOptions } from './restart';
import { retryOnConflict } from './retry-on-conflict';
import type { Place } from './workload';

/** How to scale. */
export interface ScaleOptions extends ChangeOptions {
  /** @default "Deployment" */
  readonly kind?: ScalableKind | undefined;
  /** Scale only if it has so many replicas now. @default whatever it has */
  readonly currentReplicas?: number | undefined;
  /** Scale only if nobody changed it since it had this version. @default whatever it has */
  readonly resourceVersion?: string | undefined;
  /** Whether to scale although an autoscaler will set it back. @default false */
  readonly despiteAutoscaler?: boolean | undefined;
  /** Whether to wait until so many replicas are available. @default false */
  readonly wait?: boolean | undefined;
  /** Called once it is scaled (in a dry run: once it could be), before it is waited for; a failure of it ends the wait. */
  readonly onScaled?: ((scaled: Scaled) => void | Promise<void>) | undefined;
  /** Of the whole, in milliseconds. @default 300000 */
  readonly timeoutMs?: number | undefined;
}

/** What a workload was scaled from and to. */
export interface Scaled {
  readonly from: number;
  readonly to: number;
  /** False: it had so many already. */
  readonly isChanged: boolean;
}

/**
 * Sets the replicas of a workload: reads its scale, checks the preconditions, writes it back to the version that
 * was read; a conflict, and nothing else, begins that anew.
 * @throws ClusterError Refused, NotFound, ManagedByAutoscaler, PreconditionFailed, Conflict; while it waits
 *   ScaleSuperseded, ObjectDeleted, Timeout, Aborted
 */
export async function scaleWorkload(
  place: Place,
  name: string,
  replicas: number,
  options: ScaleOptions = {},
): Promise<Scaled> {
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > 2 ** 31 - 1) {
    throw new ClusterError('Refused', `${replicas} is no number of replicas`);
  }
  const target = { kind: options.kind ?? 'Deployment', namespace: place.namespace, name };
  const what = `scaling ${name} to ${replicas}`;
  const { timeoutMs = WAIT_TIMEOUT_MS, signal } = options;
  const deadline = new Deadline(what, timeoutMs, signal, 'cluster', WAIT_LONGER.cluster);
  try {
    if (options.despiteAutoscaler !== true) {
      refuseAutoscaled(name, await autoscalersOf(place, target.kind, name, deadline.signal));
    }
    const { scaled, uid } = await write(place, target, replicas, options, deadline);
    await options.onScaled?.(scaled);
    if (options.wait === true && options.dryRun !== true) await settled(place, target, replicas, uid, deadline.signal);
    return scaled;
  } catch (error) {
    throw deadline.signal.aborted ? deadline.error(error) : error;
  } finally {
    deadline.close();
  }
}

function write(
  { client }: Place,
  target: ScaleTarget,
  replicas: number,
  options: ScaleOptions,
  { signal }: Deadline,
): Promise<{ readonly scaled: Scaled; readonly uid: string | undefined }> {
  return retryOnConflict(client, signal, async () => {
    const scale = await readScale(client, target, signal);
    const from = scale.spec.replicas ?? 0;
    const { uid, resourceVersion } = scale.metadata;
    precondition('replicas', options.currentReplicas, from);
    precondition('resourceVersion', options.resourceVersion, resourceVersion);
    const isChanged = from !== replicas;
    if (isChanged) await writeScale(client, target, scale, replicas, { signal, dryRun: options.dryRun });
    return { scaled: { from, to: replicas, isChanged }, uid };
  });
}

function precondition<T>(what: string, wanted: T | undefined, found: T): void {
  if (wanted === undefined || wanted === found) return;
  throw new ClusterError('PreconditionFailed', `${what} should be ${String(wanted)}, and is ${String(found)}`);
}

async function settled(
  { client }: Place,
  target: ScaleTarget,
  replicas: number,
  uid: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace, kind } = target;
  const query = { namespace, fieldSelector: `metadata.name=${name}`, signal };
  for await (const states of latest(observe(client, RESOURCES[kind], query))) {
    const workload = [...states.values()].find(({ metadata }) => metadata.uid === uid);
    if (workload === undefined) throw new ClusterError('ObjectDeleted', `${name} was deleted while it was scaled`);
    const { spec, status, metadata } = workload;
    const now = spec.replicas ?? 1;
    if (now !== replicas) {
      throw new ClusterError(
        'ScaleSuperseded',
        `somebody else scaled ${name} to ${now} while ${replicas} were waited for`,
      );
    }
    const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
    const { replicas: has = 0, availableReplicas = 0 } = status ?? {};
    if (isSeen && has === replicas && availableReplicas >= replicas) return;
  }
}
