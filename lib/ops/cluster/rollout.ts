import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import { Deadline, LONGEST_TIMER_MS, WAIT_LONGER } from '../cluster-client/deadline';
import type { Pod, Workload } from '../cluster-client/objects';
import { RESOURCES } from '../cluster-client/resources';
import { observe } from '../cluster-client/watch';
import { holdsBack } from '../holds-back';
import { LOOK_MS } from '../waiting';
import { latest } from './latest';
import { waitingReasons } from './pod-info';
import { podRefusal } from './refused-pods';
import type { RolloutVerdict } from './rollout-verdict';
import { rolloutTimeoutMs, rolloutVerdict } from './rollout-verdict';
import type { Place, WorkloadKind, WorkloadRef } from './workload';
import { podsOf, readWorkload, refText, replicaSetsOf, REVISION } from './workload';

/** How far a rollout is, and what its new pods wait for. */
export interface RolloutStatus extends RolloutVerdict {
  readonly workload: string;
  readonly generation: number;
  /** Of the new pods: `web-6f/app: ImagePullBackOff: …`; of refused ones; of old ones that hold it back. */
  readonly reasons: readonly string[];
}

/** How to wait for a rollout. */
export interface RolloutWait {
  /** Milliseconds. @default the progress deadline and a minute where there is one, else eleven minutes */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * How long a refusal may stand without progress before it counts as a failure: a quota may be full only
   * until old pods are gone.
   * @default 10000
   */
  readonly refusalMs?: number | undefined;
  /** Called whenever the status is another one. */
  readonly onChange?: ((status: RolloutStatus) => void) | undefined;
}

const REFUSAL_MS = 10_000;

/**
 * Where a rollout is now.
 * @throws ClusterError NotFound; Refused for a workload that rolls nothing out (OnDelete)
 */
export async function rolloutStatus(place: Place, ref: WorkloadRef, signal?: AbortSignal): Promise<RolloutStatus> {
  return statusOf(place, ref, await readWorkload(place, ref, signal), signal);
}

/**
 * Waits until a rollout is done.
 * @throws ClusterError ProgressDeadlineExceeded, RolloutRefused, RolloutPaused, ObjectDeleted, Timeout,
 *   Aborted, NotFound
 */
export async function waitForRollout(place: Place, ref: WorkloadRef, wait: RolloutWait = {}): Promise<RolloutStatus> {
  const first = await readWorkload(place, ref, wait.signal);
  const what = `the rollout of ${refText(ref)}`;
  const { timeoutMs = rolloutTimeoutMs(first), signal } = wait;
  const deadline = new Deadline(what, timeoutMs, signal, 'cluster', WAIT_LONGER.cluster);
  const refusal = new Grace(wait.refusalMs ?? REFUSAL_MS, deadline.signal);
  let last: RolloutStatus | undefined;
  try {
    for await (const workload of changes(place, ref, first, refusal.signal)) {
      const status = await statusIfReachable(place, ref, workload, deadline.signal);
      if (status === undefined) continue;
      if (JSON.stringify(status) !== JSON.stringify(last)) wait.onChange?.(status);
      // Progress in spite of a refusal is no failure.
      const isStanding = status.state === 'refused' && last?.state === 'refused' && status.message === last.message;
      if (!isStanding) refusal.reset(status.state === 'refused');
      last = status;
      if (status.state === 'done') return status;
      if (status.state === 'failed' || status.state === 'paused') throw failure(status);
    }
    throw new ClusterError('ConnectionLost', `${what}: nothing more came of it`);
  } catch (error) {
    if (isClusterError(error) && !isClusterError(error, 'Aborted', 'Timeout')) throw error;
    if (deadline.signal.aborted) throw told(deadline.error(error), last);
    if (refusal.isOver && last !== undefined) throw failure(last);
    throw error;
  } finally {
    refusal.end();
    deadline.end();
  }
}

/** The workload after each of its changes, and again from time to time. */
async function* changes(
  { client, namespace }: Place,
  ref: WorkloadRef,
  first: Workload,
  signal: AbortSignal,
): AsyncGenerator<Workload, void, undefined> {
  const query = { namespace, fieldSelector: `metadata.name=${ref.name}`, signal };
  const resource = RESOURCES[ref.kind ?? 'Deployment'];
  for await (const states of latest(observe(client, resource, query), LOOK_MS)) {
    const now = states.get(first.metadata.uid ?? '');
    if (now === undefined) throw deleted(ref, states.size > 0);
    yield now;
  }
}

/** Undefined while the server does not answer: it is asked again with the next look. */
async function statusIfReachable(
  place: Place,
  ref: WorkloadRef,
  workload: Workload,
  signal: AbortSignal,
): Promise<RolloutStatus | undefined> {
  try {
    return await statusOf(place, ref, workload, signal);
  } catch (error) {
    if (signal.aborted || !isClusterError(error) || !error.retryable) throw error;
    return undefined;
  }
}

async function statusOf(
  place: Place,
  ref: WorkloadRef,
  workload: Workload,
  signal?: AbortSignal,
): Promise<RolloutStatus> {
  const kind = ref.kind ?? 'Deployment';
  const verdict = verdictOf(kind, workload);
  const status = { ...verdict, workload: refText(ref), generation: workload.metadata.generation ?? 0 };
  if (verdict.state === 'done') return { ...status, reasons: [] };
  const pods = await podsOf(place, workload.spec.selector, signal);
  const own = pods.filter(isOwnedBy(workload));
  const refusal = verdict.refusal ?? (await podRefusal(place, kind, workload, own, signal));
  const old = kind === 'StatefulSet' ? own.filter((pod) => holdsBack(workload, pod)) : [];
  const fresh = await newPods(place, kind, workload, pods, signal);
  const reasons = [...old.map(heldBackBy), ...[...old, ...fresh].flatMap(waitingReasons)];
  if (refusal === undefined) return { ...status, reasons };
  const state = verdict.state === 'waiting' ? 'refused' : verdict.state;
  return { ...status, state, refusal, reasons: [refusal, ...reasons] };
}

/** What to do about a pod that holds it back, for people. */
function heldBackBy({ metadata: { name } }: Pod): string {
  return `${name}: of an earlier revision, and not replaced before it is ready; \`tars restart pod/${name} --delete\` replaces it`;
}

function isOwnedBy({ metadata: { uid } }: Workload): (pod: Pod) => boolean {
  return ({ metadata }) => metadata.ownerReferences?.some((one) => one.uid === uid) ?? false;
}

function verdictOf(kind: WorkloadKind, workload: Workload): RolloutVerdict {
  try {
    return rolloutVerdict(kind, workload);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ClusterError('Refused', cause.message, { cause });
  }
}

/** Those of the newest revision. */
async function newPods(
  place: Place,
  kind: WorkloadKind,
  workload: Workload,
  pods: readonly Pod[],
  signal?: AbortSignal,
): Promise<readonly Pod[]> {
  if (kind !== 'Deployment') {
    const { updateRevision } = workload.status ?? {};
    if (updateRevision === undefined) return pods;
    return pods.filter(({ metadata }) => metadata.labels?.['controller-revision-hash'] === updateRevision);
  }
  const revision = workload.metadata.annotations?.[REVISION];
  const sets = await replicaSetsOf(place, workload, signal);
  const newest = sets.find(({ metadata }) => metadata.annotations?.[REVISION] === revision);
  return newest === undefined ? [] : pods.filter(isOwnedBy(newest));
}

function failure(status: RolloutStatus): ClusterError {
  const reasons = status.reasons.length === 0 ? '' : `: ${status.reasons.slice(0, 5).join('; ')}`;
  const text = `the rollout of ${status.workload}: ${status.message}${reasons}`;
  if (status.state === 'paused') return new ClusterError('RolloutPaused', text);
  return new ClusterError(status.state === 'failed' ? 'ProgressDeadlineExceeded' : 'RolloutRefused', text);
}

function told(error: ClusterError, last: RolloutStatus | undefined): ClusterError {
  if (last === undefined || error.code !== 'Timeout') return error;
  const { message, cause, remedy } = error;
  const details = [last.message, ...last.reasons.slice(0, 5)].join('; ');
  return new ClusterError('Timeout', `${message}: ${details}`, { cause, remedy, retryable: true });
}

function deleted(ref: WorkloadRef, isReplaced: boolean): ClusterError {
  const how = isReplaced ? 'deleted and made anew' : 'deleted';
  return new ClusterError('ObjectDeleted', `${refText(ref)} was ${how} while its rollout was waited for`);
}

/** Runs out some time after it was started, unless it is reset before. */
class Grace {
  public isOver = false;
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly onParent = (): void => {
    this.controller.abort();
  };

  public constructor(
    private readonly milliseconds: number,
    private readonly parent: AbortSignal,
  ) {
    parent.addEventListener('abort', this.onParent, { once: true });
    if (parent.aborted) this.onParent();
  }

  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  public reset(isRunning: boolean): void {
    clearTimeout(this.timer);
    if (!isRunning) return;
    const end = (): void => {
      this.isOver = true;
      this.controller.abort();
    };
    this.timer = setTimeout(end, Math.min(this.milliseconds, LONGEST_TIMER_MS));
  }

  public end(): void {
    clearTimeout(this.timer);
    this.parent.removeEventListener('abort', this.onParent);
    this.controller.abort();
  }
}
