import type { Issue } from '../model/issues';
import type { EmittedObject, EmittedSet, Json, JsonObject } from '../verify/emitted';
import { groupOf, isObject, listOf, nameOf, textOf, textsOf, valueAt } from '../verify/read';
import type { FieldManager, FieldManagers } from '../verify/upgrade/field-managers';
import { otherManagers } from '../verify/upgrade/field-managers';
import { appliedPart } from '../verify/upgrade/live-object';
import { isClusterScoped, objectKey } from '../verify/upgrade/object-key';
import type { Ask } from './ask';
import { asking } from './ask';
import { CliError } from './errors';
import type { Io } from './io';
import type { KubectlPlace } from './kubectl-place';
import { kubectlWords } from './kubectl-place';

/** Labels that all of our objects have. */
const MANAGED = 'app.kubernetes.io/managed-by=cdk8s-tars';
const PART_OF = 'app.kubernetes.io/part-of';
/** Kinds of ours that every server has, to find what is no longer made. */
const KINDS = [
  ...['resourcequotas', 'limitranges', 'networkpolicies.networking.k8s.io', 'serviceaccounts', 'configmaps'],
  ...['persistentvolumeclaims', 'services', 'statefulsets.apps', 'deployments.apps', 'cronjobs.batch', 'jobs.batch'],
  ...['horizontalpodautoscalers.autoscaling', 'poddisruptionbudgets.policy', 'ingresses.networking.k8s.io'],
];
const TIMEOUT = '--request-timeout=20s';

/** What a cluster holds of a release. */
export interface ClusterRelease {
  readonly release: EmittedSet;
  /** Who else wrote fields of these objects. */
  readonly managers: FieldManagers;
  /** Kinds that this user may not read: they were not compared. */
  readonly unread: readonly string[];
}

/**
 * Asks a cluster by kubectl for the objects of a release, and for objects of
 * ours in the same namespaces that the release does not have. Of each only what an apply would look
 * at is kept. Compose is not asked.
 * @throws CliError with TARS6621 when the cluster does not answer or refuses, TARS5005 without kubectl
 */
export async function clusterRelease(
  desired: EmittedSet,
  place: KubectlPlace,
  io: Io,
  signal: AbortSignal,
): Promise<ClusterRelease> {
  const kubectl = asking('kubectl', kubectlWords(place), io, signal);
  const unread: string[] = [];
  const wanted = new Map(desired.manifests.map((one) => [objectKey(one.object), one]));
  const found = new Map<string, EmittedObject>();
  const managers = new Map<string, readonly FieldManager[]>();
  for (const group of grouped(desired.manifests)) {
    for (const live of await named(group, kubectl, unread)) {
      const one = wanted.get(objectKey(live));
      if (one === undefined) continue;
      found.set(objectKey(live), { ...one, object: appliedPart(live, one.object) });
      managers.set(objectKey(live), otherManagers(live));
    }
  }
  const ours = await labelled(desired.manifests, kubectl);
  const makers = [...ours, ...desired.manifests.map(({ object }) => object)];
  for (const live of ours) {
    const key = objectKey(live);
    if (wanted.has(key) || isMadeByOthers(live, makers)) continue;
    found.set(key, { file: 'cluster', document: 0, object: appliedPart(live, undefined) });
  }
  const isRead = ({ object }: EmittedObject): boolean => !unread.includes(textOf(object['kind']) ?? '');
  // What could not be read is taken for what it should be, and said.
  const unknown = desired.manifests.filter((one) => !isRead(one));
  return {
    release: { ...desired, manifests: [...found.values(), ...unknown], compose: desired.compose },
    managers,
    unread: [...new Set(unread)],
  };
}

interface Group {
  readonly kind: string;
  /** As kubectl names it: `deployment.v1.apps`. */
  readonly resource: string;
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  readonly names: readonly string[];
}

/** Objects of one kind in one namespace are asked for together. */
function grouped(manifests: readonly EmittedObject[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { object } of manifests) {
    const kind = textOf(object['kind']) ?? '';
    const version = (textOf(object['apiVersion']) ?? '').split('/').at(-1) ?? '';
    const group = groupOf(object);
    const resource = group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${version}.${group}`;
    const namespace = isClusterScoped(object) ? '' : (textOf(valueAt(object, ['metadata', 'namespace'])) ?? '');
    const key = `${resource} ${namespace}`;
    const names = [...(groups.get(key)?.names ?? []), nameOf(object)];
    groups.set(key, { kind, resource, namespace, names });
  }
  return [...groups.values()];
}

async function named(
  { kind, resource, namespace, names }: Group,
  kubectl: Ask,
  unread: string[],
): Promise<JsonObject[]> {
  const where = namespaceWords(namespace);
  const options = ['--ignore-not-found', '--show-managed-fields', '-o', 'json', TIMEOUT];
  const { stdout, failed } = await kubectl('get', resource, ...names, ...where, ...options);
  if (failed === undefined) return itemsOf(stdout).map((live) => asWritten(live, namespace));
  // A type that the cluster does not have holds no objects.
  if (/doesn't have a resource type/.test(failed)) return [];
  if (kind === 'Secret' && /\(Forbidden\)/.test(failed)) {
    unread.push(kind);
    return [];
  }
  throw unanswered(failed);
}

/** Objects with our labels, of these systems, in the namespaces of the release. */
async function labelled(manifests: readonly EmittedObject[], kubectl: Ask): Promise<JsonObject[]> {
  const systems = new Set(
    manifests.flatMap(({ object }) => textsOf(valueAt(object, ['metadata', 'labels']))[PART_OF] ?? []),
  );
  const namespaces = new Set(
    manifests
      .filter(({ object }) => !isClusterScoped(object))
      .map(({ object }) => textOf(valueAt(object, ['metadata', 'namespace'])) ?? ''),
  );
  if (systems.size === 0) return [];
  const selector = `${MANAGED},${PART_OF} in (${[...systems].join(',')})`;
  const found: JsonObject[] = [];
  for (const namespace of namespaces) {
    const where = namespaceWords(namespace);
    const { stdout, failed } = await kubectl('get', KINDS.join(), ...where, '-l', selector, '-o', 'json', TIMEOUT);
    if (failed !== undefined) throw unanswered(failed);
    found.push(...itemsOf(stdout).map((live) => asWritten(live, namespace)));
  }
  return found;
}

/** Objects that say no namespace are where kubectl is. */
function namespaceWords(namespace: string): readonly string[] {
  return namespace === '' ? [] : ['-n', namespace];
}

/** The server says the namespace also of an object whose manifest does not. */
function asWritten(live: JsonObject, namespace: string): JsonObject {
  if (namespace !== '' || !isObject(live['metadata'])) return live;
  const metadata = Object.entries(live['metadata']).filter(([key]) => key !== 'namespace');
  return { ...live, metadata: Object.fromEntries(metadata) };
}

/** Jobs of a CronJob, and the claims that a StatefulSet made, are nobody's leftovers. */
function isMadeByOthers(live: JsonObject, makers: readonly JsonObject[]): boolean {
  if (listOf(valueAt(live, ['metadata', 'ownerReferences'])).length > 0) return true;
  if (live['kind'] !== 'PersistentVolumeClaim') return false;
  return makers.some(
    (object) =>
      object['kind'] === 'StatefulSet' &&
      listOf(valueAt(object, ['spec', 'volumeClaimTemplates'])).some(
        (template) => isObject(template) && nameOf(live).startsWith(`${nameOf(template)}-${nameOf(object)}-`),
      ),
  );
}

function itemsOf(text: string): JsonObject[] {
  if (text.trim() === '') return [];
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw unanswered('kubectl printed something that is no JSON');
  }
  if (!isObject(value)) return [];
  return textOf(value['kind']) === 'List' ? listOf(value['items']).filter(isObject) : [value];
}

/** What cannot be read cannot be compared, and nothing that is said of the rest would be the whole truth. */
function unanswered(said: string): CliError {
  // The first line names the cause; the others repeat it.
  const [line = ''] = said.split('\n');
  const isForbidden = line.includes('(Forbidden)');
  const issue: Issue = {
    code: 'TARS6621',
    severity: 'error',
    path: '--against cluster',
    message: isForbidden ? 'the cluster does not let you read what is compared' : 'the cluster does not answer',
    given: line.trim(),
    allowed: 'a cluster that answers `kubectl get`, and the right to read the kinds that are applied',
    remedy: isForbidden
      ? 'ask for the role "view" in the namespace, or compare with git:REVISION instead'
      : 'look at `kubectl config current-context` and `kubectl version`, or compare with git:REVISION instead',
  };
  return new CliError(issue);
}
