import { sortIssues } from '../../model/issues';
import type { EmittedCompose, EmittedObject, EmittedSet, JsonObject } from '../emitted';
import { claimSizes } from './claim-sizes';
import { composeChanges } from './compose-changes';
import { downgrades } from './downgrades';
import { fieldChanges } from './field-changes';
import type { FieldManagers } from './field-managers';
import { foreignFields } from './field-managers';
import { leftovers } from './leftovers';
import { networkPaths } from './network-paths';
import { objectKey } from './object-key';
import { orphanedData } from './orphaned-data';
import { refusals } from './refusals';
import type { ComposeChange, Finding, ObjectChange, ReleaseChange, UpgradeCheck } from './release-change';
import { replicaCounts } from './replica-counts';
import { restarts } from './restarts';
import { silentKeeps } from './silent-keeps';

/**
 * `same`: nothing differs; `in-place`: a plain `kubectl apply` and `docker compose up` do all of it;
 * `needs-hands`: something is refused, lost, left over or interrupted unless somebody takes steps.
 */
export type Verdict = 'same' | 'in-place' | 'needs-hands';

/** What it takes to get from one release to another. */
export interface Upgrade extends ReleaseChange {
  /** What it means, worst first. Errors and warnings need hands, notices do not. */
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
}

/** Every question about an upgrade. A new one is one row here. */
const CHECKS: readonly UpgradeCheck[] = [
  refusals,
  claimSizes,
  orphanedData,
  downgrades,
  replicaCounts,
  restarts,
  silentKeeps,
  foreignFields,
  networkPaths,
  leftovers,
  composeChanges,
];

/**
 * Compares two releases, the one that runs and the one that is to be applied over it.
 * @param before what was applied last, or what a cluster holds of it
 * @param after what is to be applied; its `kubernetesVersion` says which server decides
 * @param managers who else wrote fields of what a cluster holds
 */
export function compareReleases(before: EmittedSet, after: EmittedSet, managers: FieldManagers = new Map()): Upgrade {
  const change: ReleaseChange = {
    before,
    after,
    objects: objectChanges(before.manifests, after.manifests),
    compose: composeFileChanges(before.compose, after.compose),
    managers,
  };
  const findings = sortIssues(CHECKS.flatMap((check) => check(change))) as Finding[];
  const needsHands = findings.some(({ severity }) => severity !== 'notice');
  const isSame = change.objects.length === 0 && change.compose.length === 0;
  return { ...change, findings, verdict: needsHands ? 'needs-hands' : isSame ? 'same' : 'in-place' };
}

function objectChanges(before: readonly EmittedObject[], after: readonly EmittedObject[]): ObjectChange[] {
  return paired(before, after, ({ object }) => objectKey(object)).flatMap(([old, now]): ObjectChange[] => {
    const fields = old === undefined || now === undefined ? [] : fieldChanges(old.object, now.object);
    const isSame = old !== undefined && now !== undefined && fields.length === 0;
    return isSame ? [] : [{ change: changeOf(old, now), before: old, after: now, fields }];
  });
}

function composeFileChanges(before: readonly EmittedCompose[], after: readonly EmittedCompose[]): ComposeChange[] {
  return paired(before, after, ({ file }) => file).flatMap(([old, now]): ComposeChange[] => {
    const whole = (one: EmittedCompose): JsonObject => ({ ...one.compose, ...filesOf(one) });
    const fields = old === undefined || now === undefined ? [] : fieldChanges(whole(old), whole(now));
    const isSame = old !== undefined && now !== undefined && fields.length === 0;
    return isSame ? [] : [{ change: changeOf(old, now), before: old, after: now, fields }];
  });
}

/** Mounted files under a key that no compose file has. */
function filesOf({ files }: EmittedCompose): JsonObject {
  return Object.keys(files).length === 0 ? {} : { '(files)': files };
}

function changeOf(before: unknown, after: unknown): ObjectChange['change'] {
  return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
}

/** Both sides by their keys: those of the new side in its order, then what is gone. */
function paired<T>(
  before: readonly T[],
  after: readonly T[],
  key: (one: T) => string,
): [T | undefined, T | undefined][] {
  const [old, now] = [before, after].map((list) => new Map(list.map((one) => [key(one), one])));
  if (old === undefined || now === undefined) return [];
  return [
    ...[...now].map(([id, one]): [T | undefined, T | undefined] => [old.get(id), one]),
    ...[...old].filter(([id]) => !now.has(id)).map(([, one]): [T | undefined, T | undefined] => [one, undefined]),
  ];
}
