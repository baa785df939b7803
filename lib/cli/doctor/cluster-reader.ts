import type { Certificate } from '../../ops/doctor/certificate';
import type { LogExcerpt } from '../../ops/doctor/log-excerpt';
import type { KubernetesSnapshot } from '../../ops/doctor/kubernetes-snapshot';
import { componentOf, isOurs, isReady, livePods, ofKind } from '../../ops/doctor/live';
import type { LiveObject, Pod } from '../../ops/doctor/objects';
import type { Attempts, Reader } from '../../ops/doctor/reader';
import type { Topology } from '../../ops/doctor/topology';
import type { Answered, Ask } from '../ask';
import { asking, unlessMissing } from '../ask';
import type { Io } from '../io';
import type { KubectlPlace } from '../kubectl-place';
import { kubectlWords } from '../kubectl-place';
import { cannotLook, parsed } from './cannot-look';
import { tryLinks } from './inside';
import { readCertificate } from './read-certificate';

/** What is read in the namespace, by the names that kubectl takes. */
const KINDS: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Event: 'events',
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  ReplicaSet: 'replicasets.apps',
  Job: 'jobs.batch',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  Service: 'services',
  ConfigMap: 'configmaps',
  ResourceQuota: 'resourcequotas',
  LimitRange: 'limitranges',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers.autoscaling',
  NetworkPolicy: 'networkpolicies.networking.k8s.io',
  Ingress: 'ingresses.networking.k8s.io',
};
const CLUSTER_KINDS: Readonly<Record<string, string>> = {
  Node: 'nodes',
  StorageClass: 'storageclasses.storage.k8s.io',
  IngressClass: 'ingressclasses.networking.k8s.io',
};
/** Kinds that a cluster may not have: read where the manifests have one of them. */
const GATEWAY_KINDS: Readonly<Record<string, string>> = {
  Gateway: 'gateways.gateway.networking.k8s.io',
  HTTPRoute: 'httproutes.gateway.networking.k8s.io',
};
const TIMEOUT = '--request-timeout=20s';
/** Names and keys, and no value. */
const SECRET_KEYS =
  '{{range .items}}{{.metadata.name}}{{range $key, $value := .data}}{{"\\t"}}{{$key}}{{end}}{{"\\n"}}{{end}}';
/** What stands in the place of a log that is gone. */
const GONE = /^unable to retrieve container logs/;
const LOG_LINES = '--tail=60';

/** Which cluster, and what should be there. */
export interface ClusterPlace {
  readonly kubectl: KubectlPlace;
  readonly namespace: string;
  readonly manifests: string;
  readonly expected: readonly LiveObject[];
  readonly topology: Topology;
}

/** Whether the cluster has something of it; undefined: there is no kubectl, or no cluster that answers. */
export async function clusterHas(
  { kubectl, namespace }: ClusterPlace,
  io: Io,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const ask = asking('kubectl', kubectlWords(kubectl), io, signal);
  const get = (...words: readonly string[]): Promise<Answered | undefined> =>
    unlessMissing(ask('get', ...words, '-o', 'name', '--request-timeout=5s'));
  const there = await get('namespace', namespace, '--ignore-not-found');
  if (there?.failed === undefined) return there && there.stdout.trim() !== '';
  if (!isForbidden(there.failed)) return undefined;
  const inside = await get('deployments.apps,statefulsets.apps', '-n', namespace);
  return inside?.failed === undefined ? inside && inside.stdout.trim() !== '' : undefined;
}

/** Whoever may not read namespaces may read what is in one. */
function isForbidden(said: string): boolean {
  return said.includes('(Forbidden)');
}

/** Reads by kubectl, as its user. @throws CliError with TARS7300 when the cluster does not answer */
export function clusterReader(place: ClusterPlace, io: Io, signal: AbortSignal): Reader<KubernetesSnapshot> {
  const ask = asking('kubectl', kubectlWords(place.kubectl), io, signal);
  return {
    read: () => snapshotOf(place, ask, io),
    logs: async (wanted) => {
      const logs = await Promise.all(
        wanted.map(async (one): Promise<LogExcerpt[]> => {
          const previous = one.previous ? ['--previous'] : [];
          const words = ['-n', place.namespace, one.name, '-c', one.container, ...previous];
          const since = one.since > 0 ? [`--since-time=${new Date(one.since).toISOString()}`] : [];
          const { stdout, failed } = await ask('logs', ...words, LOG_LINES, ...since, TIMEOUT);
          return failed === undefined && !GONE.test(stdout) ? [{ ...one, text: stdout }] : [];
        }),
      );
      return logs.flat();
    },
    attempt: (snapshot) => attempted(snapshot, ask),
  };
}

async function snapshotOf(place: ClusterPlace, ask: Ask, io: Io): Promise<KubernetesSnapshot> {
  const { namespace, manifests, expected, topology } = place;
  const there = await ask('get', 'namespace', namespace, '-o', 'name', '--ignore-not-found', TIMEOUT);
  if (there.failed !== undefined && !isForbidden(there.failed)) {
    throw cannotLook('kubernetes', there.failed, 'look at `kubectl config current-context` and `kubectl version`');
  }
  const namespaceExists = there.failed !== undefined || there.stdout.trim() !== '';
  const nothing: Listed = { objects: [], unread: [] };
  const noKeys: Readonly<Record<string, readonly string[]>> = {};
  const isByGateway = expected.some(({ kind }) => kind in GATEWAY_KINDS);
  const [own, gateways, shared, secrets, served] = await Promise.all([
    namespaceExists ? list(KINDS, ['-n', namespace], ask) : nothing,
    namespaceExists && isByGateway ? ifServed(GATEWAY_KINDS, ['-n', namespace], ask) : nothing,
    list(CLUSTER_KINDS, [], ask),
    namespaceExists ? secretKeys(namespace, ask) : noKeys,
    metricsServed(ask),
  ]);
  const listed = joined([own, gateways, shared]);
  const { objects } = listed;
  return {
    now: io.now().getTime(),
    namespace,
    namespaceExists,
    manifests,
    topology,
    expected,
    objects,
    unread: [...listed.unread, ...(secrets === undefined ? ['Secret'] : [])],
    secrets,
    certificates: await certificates(objects, secrets, namespace, ask),
    metricsServed: served,
    logs: [],
    attempts: [],
  };
}

interface Listed {
  readonly objects: readonly LiveObject[];
  /** Kinds that may not be read. */
  readonly unread: readonly string[];
}

/** All kinds in one request each, by one call; where one is forbidden, one by one. */
async function list(kinds: Readonly<Record<string, string>>, where: readonly string[], ask: Ask): Promise<Listed> {
  const { stdout, failed } = await ask('get', Object.values(kinds).join(), ...where, '-o', 'json', TIMEOUT);
  if (failed === undefined) return { objects: itemsOf(stdout), unread: [] };
  if (!isForbidden(failed)) throw cannotLook('kubernetes', failed, 'run `kubectl get pods` by hand');
  const each = await Promise.all(
    Object.entries(kinds).map(async ([kind, resource]): Promise<Listed> => {
      const one = await ask('get', resource, ...where, '-o', 'json', TIMEOUT);
      return one.failed === undefined ? { objects: itemsOf(one.stdout), unread: [] } : { objects: [], unread: [kind] };
    }),
  );
  return joined(each);
}

/** The same, of kinds that nobody may have installed: then there is none of them. */
async function ifServed(kinds: Readonly<Record<string, string>>, where: readonly string[], ask: Ask): Promise<Listed> {
  const each = await Promise.all(
    Object.entries(kinds).map(async ([kind, resource]): Promise<Listed> => {
      const { stdout, failed } = await ask('get', resource, ...where, '-o', 'json', TIMEOUT);
      if (failed === undefined) return { objects: itemsOf(stdout), unread: [] };
      if (failed.includes("doesn't have a resource type")) return { objects: [], unread: [] };
      if (!isForbidden(failed)) throw cannotLook('kubernetes', failed, `run \`kubectl get ${resource}\` by hand`);
      return { objects: [], unread: [kind] };
    }),
  );
  return joined(each);
}

function joined(all: readonly Listed[]): Listed {
  return { objects: all.flatMap(({ objects }) => objects), unread: all.flatMap(({ unread }) => unread) };
}

function itemsOf(stdout: string): LiveObject[] {
  return (parsed(stdout, 'kubectl') as { readonly items?: LiveObject[] }).items ?? [];
}

async function secretKeys(namespace: string, ask: Ask): Promise<Record<string, readonly string[]> | undefined> {
  const words = ['get', 'secrets', '-n', namespace, '-o', `go-template=${SECRET_KEYS}`, TIMEOUT];
  const { stdout, failed } = await ask(...words);
  if (failed !== undefined) return undefined;
  const lines = stdout.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...keys] = line.split('\t');
      return [name, keys];
    }),
  );
}

/** A certificate is public: its key stays where it is. */
async function certificates(
  objects: readonly LiveObject[],
  secrets: Readonly<Record<string, readonly string[]>> | undefined,
  namespace: string,
  ask: Ask,
): Promise<readonly Certificate[]> {
  const named = ofKind(objects, 'Ingress')
    .filter(isOurs)
    .flatMap(({ spec }) => (spec.tls ?? []).flatMap(({ secretName }) => secretName ?? []));
  const there = [...new Set(named)].filter((name) => secrets?.[name]?.includes('tls.crt') === true);
  const read = await Promise.all(
    there.map(async (name) => {
      const { stdout } = await ask('get', 'secret', name, '-n', namespace, '-o', 'jsonpath={.data.tls\\.crt}', TIMEOUT);
      return readCertificate(`Secret/${name}`, Buffer.from(stdout, 'base64').toString('utf8')) ?? [];
    }),
  );
  return read.flat();
}

async function metricsServed(ask: Ask): Promise<boolean | undefined> {
  const { failed } = await ask('get', '--raw', '/apis/metrics.k8s.io/v1beta1', TIMEOUT);
  if (failed === undefined) return true;
  return failed.includes('orbidden') ? undefined : false;
}

function attempted(snapshot: KubernetesSnapshot, ask: Ask): Promise<Attempts> {
  const inside = (client: string): readonly string[] | undefined => {
    const pods = livePods(snapshot).filter((pod) => componentOf(pod) === client && isRunning(pod));
    const pod = pods.find(isReady) ?? pods[0];
    const container = pod?.spec.containers[0]?.name ?? '';
    return pod && ['exec', pod.metadata.name, '-n', snapshot.namespace, '-c', container, '--'];
  };
  return tryLinks(snapshot.topology.links, ({ kubernetesHost }) => kubernetesHost, inside, ask);
}

function isRunning({ status }: Pod): boolean {
  return status?.containerStatuses?.[0]?.state?.running !== undefined;
}
