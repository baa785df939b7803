import { ClusterError } from '../cluster-client/cluster-error';
import { pause } from '../cluster-client/deadline';
import type { ControllerRevision, Workload } from '../cluster-client/objects';
import { listObjects } from '../cluster-client/read';
import { pathOf, RESOURCES } from '../cluster-client/resources';
import { selectorText } from '../cluster-client/selector';
import type { ChangeOptions } from './restart';
import { dryRun } from './restart';
import { retryOnConflict } from './retry-on-conflict';
import type { Place, WorkloadRef } from './workload';
import { readWorkload, refText, replicaSetsOf, REVISION, revisionOf } from './workload';

/** A state that a workload was in. */
export interface RevisionInfo {
  readonly revision: number;
  readonly isCurrent: boolean;
  readonly images: readonly string[];
  /** RFC 3339. */
  readonly createdAt: string;
}

/** The revisions that a workload can go back to, the newest first. */
export async function revisions(
  place: Place,
  ref: WorkloadRef,
  signal?: AbortSignal,
): Promise<readonly RevisionInfo[]> {
  return (await history(place, ref, signal)).map(({ revision, isCurrent, images, createdAt }) => ({
    ...{ revision, isCurrent, images, createdAt },
  }));
}

/**
 * Goes back to an earlier revision, as `kubectl rollout undo` does.
 * @param options `toRevision`: @default the one before the current
 * @returns the revision that it goes back to
 * @throws ClusterError NotFound when there is no such revision; RolloutPaused; PreconditionFailed when somebody
 *   else changes its pods at the same time; Conflict when it is written to all the time; Timeout when its controller
 *   has not seen its newest version within ten seconds
 */
export async function rollback(
  place: Place,
  ref: WorkloadRef,
  options: ChangeOptions & { readonly toRevision?: number | undefined } = {},
): Promise<RevisionInfo> {
  let first: string | undefined;
  return retryOnConflict(place.client, options.signal, async () => {
    const workload = await observed(place, ref, options.signal);
    const template = JSON.stringify(workload.spec.template);
    first ??= template;
    // What comes before somebody else's change is not what was asked for.
    if (template !== first) {
      throw new ClusterError('PreconditionFailed', `somebody else has changed ${refText(ref)} at the same time`);
    }
    return rollbackFrom(place, ref, workload, options);
  });
}

/** How long the controller may take to see the newest version, in tries of so many milliseconds. */
const MOST_LOOKS = 50;
const LOOK_MS = 200;

/** The workload, once its controller has seen it: only then is its present version a revision, and another before it. */
async function observed(place: Place, ref: WorkloadRef, signal: AbortSignal | undefined): Promise<Workload> {
  for (let looks = 1; ; looks++) {
    const workload = await readWorkload(place, ref, signal);
    if ((workload.metadata.generation ?? 0) <= (workload.status?.observedGeneration ?? 0)) return workload;
    if (looks === MOST_LOOKS) {
      throw new ClusterError('Timeout', `the controller has not seen the newest ${refText(ref)}: nothing was changed`, {
        retryable: true,
      });
    }
    await pause(LOOK_MS, signal);
  }
}

async function rollbackFrom(
  place: Place,
  ref: WorkloadRef,
  workload: Workload,
  options: ChangeOptions & { readonly toRevision?: number | undefined },
): Promise<RevisionInfo> {
  if (workload.spec.paused === true) throw new ClusterError('RolloutPaused', `${refText(ref)} is paused`);
  const known = await history(place, ref, options.signal, workload);
  const current = known.find(({ isCurrent }) => isCurrent);
  const goal = known.find(({ revision }) =>
    options.toRevision === undefined ? revision < (current?.revision ?? 0) : revision === options.toRevision,
  );
  if (goal === undefined) {
    const which = options.toRevision === undefined ? 'no earlier revision' : `no revision ${options.toRevision}`;
    throw new ClusterError('NotFound', `${refText(ref)} has ${which}`, {
      remedy:
        known.length === 0 ? 'apply what is wanted' : `choose one of ${known.map((one) => one.revision).join(', ')}`,
    });
  }
  if (goal === current) return goal;
  await place.client.call({
    method: 'PATCH',
    path: pathOf(RESOURCES[ref.kind ?? 'Deployment'], place.namespace, ref.name),
    query: dryRun(options),
    ...goal.patch(workload),
    signal: options.signal,
  });
  return goal;
}

interface Revision extends RevisionInfo {
  readonly patch: (workload: Workload) => { readonly contentType: string; readonly body: unknown };
}

async function history(
  place: Place,
  ref: WorkloadRef,
  signal?: AbortSignal,
  given?: Workload,
): Promise<readonly Revision[]> {
  const workload = given ?? (await readWorkload(place, ref, signal));
  if ((ref.kind ?? 'Deployment') === 'Deployment') return deploymentHistory(place, workload, signal);
  const labelSelector = selectorText(workload.spec.selector);
  const { client, namespace } = place;
  const { items } = await listObjects(client, RESOURCES.ControllerRevision, { namespace, labelSelector, signal });
  const own = items
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid))
    .sort((a, b) => b.revision - a.revision);
  return own.map((one, at) => ({
    revision: one.revision,
    isCurrent: at === 0,
    images: imagesOf(templateOf(one)),
    createdAt: one.metadata.creationTimestamp ?? '',
    patch: ({ metadata }) => ({
      contentType: 'application/strategic-merge-patch+json',
      body: { ...(one.data as object), metadata: { resourceVersion: metadata.resourceVersion } },
    }),
  }));
}

async function deploymentHistory(
  place: Place,
  deployment: Workload,
  signal?: AbortSignal,
): Promise<readonly Revision[]> {
  const sets = await replicaSetsOf(place, deployment, signal);
  const current = Number(deployment.metadata.annotations?.[REVISION] ?? 0);
  return sets
    .filter((one) => revisionOf(one) > 0)
    .map((set) => ({
      revision: revisionOf(set),
      isCurrent: revisionOf(set) === current,
      images: imagesOf(set.spec.template),
      createdAt: set.metadata.creationTimestamp ?? '',
      patch: ({ metadata }) => ({
        contentType: 'application/json-patch+json',
        body: [
          // A `test` that fails is a 422 that says nothing; this is a conflict.
          { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
          { op: 'replace', path: '/spec/template', value: withoutHash(set.spec.template) },
        ],
      }),
    }));
}

function templateOf({ data }: ControllerRevision): Workload['spec']['template'] {
  return (
    (data as { readonly spec?: { readonly template?: Workload['spec']['template'] } } | undefined)?.spec?.template ?? {}
  );
}

function imagesOf({ spec }: Workload['spec']['template']): string[] {
  return (spec?.containers ?? []).map(({ image = '' }) => image);
}

/** The label that tells one ReplicaSet's pods from another's is the controller's. */
function withoutHash(template: Workload['spec']['template']): Workload['spec']['template'] {
  const labels = Object.fromEntries(
    Object.entries(template.metadata?.labels ?? {}).filter(([label]) => label !== 'pod-template-hash'),
  );
  return { ...template, metadata: { ...template.metadata, labels } };
}
