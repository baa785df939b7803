import { ClusterError } from '../cluster-client/cluster-error';
import { Deadline, WAIT_LONGER } from '../cluster-client/deadline';
import type { ApiObject, Condition } from '../cluster-client/objects';
import type { ResourceKind } from '../cluster-client/resources';
import { RESOURCES } from '../cluster-client/resources';
import { observe } from '../cluster-client/watch';
import { WAIT_TIMEOUT_MS } from '../waiting';
import { latest } from './latest';
import type { Place } from './workload';

/** What is waited for. */
export type WaitCondition =
  /** That it is there. */
  | 'created'
  /** That it is gone. */
  | 'deleted'
  /** That a condition of its status has a value, "True" unless another is given. */
  | { readonly condition: string; readonly status?: string }
  /** Anything else. */
  | ((object: ApiObject) => boolean);

/** An object by its kind and name. */
export interface ObjectRef {
  readonly kind: ResourceKind;
  readonly name: string;
}

/**
 * Waits until an object is as it should be.
 * @param options `timeoutMs`: @default 300000
 * @returns the object; undefined once it is gone
 * @throws ClusterError ObjectDeleted when it goes while something else is waited for; Timeout, Aborted
 */
export async function waitFor(
  { client, namespace }: Place,
  { kind, name }: ObjectRef,
  condition: WaitCondition,
  options: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<ApiObject | undefined> {
  const what = `waiting for ${kind} ${name}`;
  const { timeoutMs = WAIT_TIMEOUT_MS, signal } = options;
  const deadline = new Deadline(what, timeoutMs, signal, 'cluster', WAIT_LONGER.cluster);
  const query = { namespace, fieldSelector: `metadata.name=${name}`, signal: deadline.signal };
  let seen: ApiObject | undefined;
  try {
    for await (const states of latest(observe<ApiObject>(client, RESOURCES[kind], query))) {
      const object = [...states.values()][0];
      if (object === undefined) {
        if (condition === 'deleted') return undefined;
        if (seen !== undefined)
          throw new ClusterError('ObjectDeleted', `${kind} ${name} was deleted while it was waited for`);
        continue;
      }
      // One that was made anew under its name is another one.
      if (condition === 'deleted' && seen !== undefined && seen.metadata.uid !== object.metadata.uid) return undefined;
      seen = object;
      if (holds(object, condition)) return object;
    }
    throw new ClusterError('ConnectionLost', `waiting for ${kind} ${name}: nothing more came of it`);
  } catch (error) {
    throw deadline.signal.aborted ? deadline.error(error) : error;
  } finally {
    deadline.close();
  }
}

function holds(object: ApiObject, condition: WaitCondition): boolean {
  if (typeof condition === 'function') return condition(object);
  if (typeof condition === 'string') return condition === 'created';
  const { conditions = [] } =
    (object as { readonly status?: { readonly conditions?: readonly Condition[] } }).status ?? {};
  const wanted = condition.status ?? 'True';
  return conditions.some(({ type, status }) => type === condition.condition && status === wanted);
}
