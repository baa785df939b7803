import type { ClusterClient } from '../cluster-client/cluster-client';
import { ClusterError, isClusterError } from '../cluster-client/cluster-error';
import type { ApiObject } from '../cluster-client/objects';
import { pathOf, RESOURCES } from '../cluster-client/resources';
import { retryOnConflict } from '../cluster/retry-on-conflict';

/**
 * The part of its time in which a Lease that could not be renewed still holds: what is begun then ends in the rest.
 * @see https://pkg.go.dev/k8s.io/client-go/tools/leaderelection#LeaderElectionConfig RenewDeadline, 10 of 15 seconds
 */
const RENEW_WITHIN = 2 / 3;

/** The right to do something alone, for a while. */
export interface HeldLease {
  /**
   * Holds it for longer. A failure that may pass is none, as long as a third of the time is left in which nobody else
   * can have it.
   * @throws ClusterError ManagedByAutoscaler when somebody else has it by now; Forbidden, ApiUnavailable, Timeout
   */
  readonly renew: (signal?: AbortSignal) => Promise<void>;
  /** Gives it back. */
  readonly release: () => Promise<void>;
}

/** As the API has it. */
export interface LeaseObject extends ApiObject {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    /** RFC 3339 with microseconds. */
    readonly renewTime?: string | null;
  };
}

/** Whose lease, and for how long. */
export interface LeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Tells this process from all others. */
  readonly holder: string;
  /** Without a renewal others may take it after so long. */
  readonly durationSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes a Lease of coordination.k8s.io, which one process has at a time: one that died loses it when its time is over.
 * @throws ClusterError ManagedByAutoscaler while somebody else has it; Forbidden
 * @see https://kubernetes.io/docs/concepts/architecture/leases/
 */
export async function takeLease(client: ClusterClient, options: LeaseOptions): Promise<HeldLease> {
  const { now } = client.surroundings;
  let renewedAt = -Infinity;
  const hold = async (signal: AbortSignal | undefined): Promise<void> => {
    const at = now();
    try {
      // begun anew: an answer that was lost makes a conflict with what was written
      await retryOnConflict(client, signal, async () => {
        await write(client, options, await read(client, options, signal), options.holder, signal);
      });
    } catch (error) {
      if (isClusterError(error, 'Conflict')) throw taken(options, 'somebody who was faster');
      if (isClusterError(error, 'Forbidden')) throw forbidden(error, options);
      throw error;
    }
    renewedAt = at;
  };
  await hold(options.signal);
  return {
    renew: async (signal) => {
      try {
        await hold(signal);
      } catch (error) {
        const age = now() - renewedAt;
        // before that moment the clock was set back: nobody knows how old it is
        const isGood = age >= 0 && age < RENEW_WITHIN * options.durationSeconds * 1000;
        if (!isGood || !isClusterError(error) || !error.retryable) throw error;
      }
    },
    release: () =>
      retryOnConflict(client, undefined, async () => {
        const found = await read(client, options);
        if (found?.spec?.holderIdentity === options.holder) await write(client, options, found, '', undefined);
      }),
  };
}

/** The Role `tars-oncall`, which is the remedy elsewhere, is for people, who hold no Lease. */
function forbidden(cause: ClusterError, { namespace }: LeaseOptions): ClusterError {
  const remedy = `ask for get, create and update of leases.coordination.k8s.io in the namespace ${namespace}`;
  return new ClusterError('Forbidden', cause.message, { cause, status: cause.status, remedy });
}

async function read(
  client: ClusterClient,
  options: LeaseOptions,
  signal?: AbortSignal,
): Promise<LeaseObject | undefined> {
  const path = pathOf(RESOURCES.Lease, options.namespace, options.name);
  try {
    return await client.call<LeaseObject>({ method: 'GET', path, signal, timeoutMs: timeoutOf(options) });
  } catch (error) {
    if (isClusterError(error, 'NotFound')) return undefined;
    throw error;
  }
}

async function write(
  client: ClusterClient,
  options: LeaseOptions,
  found: LeaseObject | undefined,
  holderIdentity: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { namespace, name, holder, durationSeconds } = options;
  const now = client.surroundings.now();
  const { holderIdentity: other = '', leaseDurationSeconds, renewTime } = found?.spec ?? {};
  const until = Date.parse(renewTime ?? '') + (leaseDurationSeconds ?? 0) * 1000;
  if (other !== null && other !== '' && other !== holder && until > now) throw taken(options, other);
  await client.call({
    method: found === undefined ? 'POST' : 'PUT',
    path: found === undefined ? pathOf(RESOURCES.Lease, namespace) : pathOf(RESOURCES.Lease, namespace, name),
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace, resourceVersion: found?.metadata.resourceVersion },
      spec: {
        holderIdentity,
        leaseDurationSeconds: durationSeconds,
        renewTime: `${new Date(now).toISOString().slice(0, -1)}000Z`,
      },
    },
    // the server holds it to the version that was read, or to there being none
    idempotent: true,
    timeoutMs: timeoutOf(options),
    signal,
  });
}

/** Of one call: a silent server leaves time in which the Lease is still good. */
function timeoutOf({ durationSeconds }: LeaseOptions): number {
  return Math.min(10_000, (durationSeconds * 1000) / 3);
}

function taken({ name }: LeaseOptions, holder: string): ClusterError {
  return new ClusterError('ManagedByAutoscaler', `${holder} has the Lease ${name}: two autoscalers would fight`, {
    remedy: 'end the other `tars autoscale run`, or wait until its time is over',
  });
}
