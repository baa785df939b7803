import type { Certificate } from '../../ops/doctor/certificate';
import type { ConnectionAttempt } from '../../ops/doctor/connection-attempt';
import type { LogExcerpt } from '../../ops/doctor/log-excerpt';
import type { KubernetesSnapshot } from '../../ops/doctor/kubernetes-snapshot';
import { componentOf, isOurs, isReady, livePods, ofKind } from '../../ops/doctor/live';
import type { LiveObject, Pod } from '../../ops/doctor/objects';
import type { Attempts, Reader } from '../../ops/doctor/reader';
import type { Topology } from '../../ops/doctor/topology';
import type { Io, ProgramResult } from '../io';
import type { KubectlPlace } from '../kubectl-place';
import { kubectlWords } from '../kubectl-place';
import type { Ask } from './asked';
import { asking, cannotLook, parsed } from './asked';
import { attemptCommand, readAnswers } from './inside';
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
export function clusterHas({ kubectl, namespace }: ClusterPlace, io: Io): boolean | undefined {
  const get = (...words: readonly string[]): ProgramResult =>
    io.runProgram('kubectl', [...kubectlWords(kubectl), 'get', ...words, '-o', 'name', '--request-timeout=5s'], {
      cwd: io.cwd,
      output: 'capture',
    });
  const there = get('namespace', namespace, '--ignore-not-found');
  if (there.status === 0) return there.stdout.trim() !== '';
  if (!isForbidden(there.stderr)) return undefined;
  const inside = get('deployments.apps,statefulsets.apps', '-n', namespace);
  return inside.status === 0 ? inside.stdout.trim() !== '' : undefined;
}

/** Whoever may not read namespaces may read what is in one. */
function isForbidden(said: string): boolean {
  return said.includes('(Forbidden)');
}

/** Reads by kubectl, as its user. @throws CliError with TARS7300 when the cluster does not answer */
export function clusterReader(place: ClusterPlace, io: Io): Reader<KubernetesSnapshot> {
  const ask = asking('kubectl', kubectlWords(place.kubectl), io);
  return {
    read: () => Promise.resolve(snapshotOf(place, ask, io)),
    logs: (wanted) =>
      Promise.resolve(
        wanted.flatMap((one): LogExcerpt[] => {
          const previous = one.previous ? ['--previous'] : [];
          const words = ['-n', place.namespace, one.name, '-c', one.container, ...previous];
          const since = one.since > 0 ? [`--since-time=${new Date(one.since).toISOString()}`] : [];
          const { stdout, failed } = ask('logs', ...words, LOG_LINES, ...since, TIMEOUT);
          return failed === undefined && !GONE.test(stdout) ? [{ ...one, text: stdout }] : [];
        }),
      ),
    attempt: (snapshot) => Promise.resolve(attempted(snapshot, ask)),
  };
}

function snapshotOf(place: ClusterPlace, ask: Ask, io: Io): KubernetesSnapshot {
  const { namespace, manifests, expected, topology } = place;
  const there = ask('get', 'namespace', namespace, '-o', 'name', '--ignore-not-found', TIMEOUT);
  if (there.failed !== undefined && !isForbidden(there.failed)) {
    throw cannotLook('kubernetes', there.failed, 'look at `kubectl config current-context` and `kubectl version`');
  }
  const namespaceExists = there.failed !== undefined || there.stdout.trim() !== '';
  const unread: string[] = [];
  const inNamespace = namespaceExists ? list(KINDS, ['-n', namespace], ask, unread) : [];
  const isByGateway = namespaceExists && expected.some(({ kind }) => kind in GATEWAY_KINDS);
  const gateways = isByGateway ? ifServed(GATEWAY_KINDS, ['-n', namespace], ask, unread) : [];
  const objects = [...inNamespace, ...gateways, ...list(CLUSTER_KINDS, [], ask, unread)];
  const secrets = namespaceExists ? secretKeys(namespace, ask) : {};
  if (secrets === undefined) unread.push('Secret');
  return {
    now: io.now().getTime(),
    namespace,
    namespaceExists,
    manifests,
    topology,
    expected,
    objects,
    unread,
    secrets,
    certificates: certificates(objects, secrets, namespace, ask),
    metricsServed: metricsServed(ask),
    logs: [],
    attempts: [],
  };
}

/** All kinds in one request each, by one call; where one is forbidden, one by one. */
function list(
  kinds: Readonly<Record<string, string>>,
  where: readonly string[],
  ask: Ask,
  unread: string[],
): LiveObject[] {
  const { stdout, failed } = ask('get', Object.values(kinds).join(), ...where, '-o', 'json', TIMEOUT);
  if (failed === undefined) return itemsOf(stdout);
  if (!isForbidden(failed)) throw cannotLook('kubernetes', failed, 'run `kubectl get pods` by hand');
  return Object.entries(kinds).flatMap(([kind, resource]) => {
    const one = ask('get', resource, ...where, '-o', 'json', TIMEOUT);
    if (one.failed === undefined) return itemsOf(one.stdout);
    unread.push(kind);
    return [];
  });
}

/** The same, of kinds that nobody may have installed: then there is none of them. */
function ifServed(
  kinds: Readonly<Record<string, string>>,
  where: readonly string[],
  ask: Ask,
  unread: string[],
): LiveObject[] {
  return Object.entries(kinds).flatMap(([kind, resource]) => {
    const { stdout, failed } = ask('get', resource, ...where, '-o', 'json', TIMEOUT);
    if (failed === undefined) return itemsOf(stdout);
    if (failed.includes("doesn't have a resource type")) return [];
    if (!isForbidden(failed)) throw cannotLook('kubernetes', failed, `run \`kubectl get ${resource}\` by hand`);
    unread.push(kind);
    return [];
  });
}

function itemsOf(stdout: string): LiveObject[] {
  return (parsed(stdout, 'kubectl') as { readonly items?: LiveObject[] }).items ?? [];
}

function secretKeys(namespace: string, ask: Ask): Record<string, readonly string[]> | undefined {
  const { stdout, failed } = ask('get', 'secrets', '-n', namespace, '-o', `go-template=${SECRET_KEYS}`, TIMEOUT);
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
function certificates(
  objects: readonly LiveObject[],
  secrets: Readonly<Record<string, readonly string[]>> | undefined,
  namespace: string,
  ask: Ask,
): readonly Certificate[] {
  const named = ofKind(objects, 'Ingress')
    .filter(isOurs)
    .flatMap(({ spec }) => (spec.tls ?? []).flatMap(({ secretName }) => secretName ?? []));
  return [...new Set(named)].flatMap((name) => {
    if (secrets?.[name]?.includes('tls.crt') !== true) return [];
    const { stdout } = ask('get', 'secret', name, '-n', namespace, '-o', 'jsonpath={.data.tls\\.crt}', TIMEOUT);
    return readCertificate(`Secret/${name}`, Buffer.from(stdout, 'base64').toString('utf8')) ?? [];
  });
}

function metricsServed(ask: Ask): boolean | undefined {
  const { failed } = ask('get', '--raw', '/apis/metrics.k8s.io/v1beta1', TIMEOUT);
  if (failed === undefined) return true;
  return failed.includes('orbidden') ? undefined : false;
}

function attempted(snapshot: KubernetesSnapshot, ask: Ask): Attempts {
  const { topology, namespace } = snapshot;
  const notes: string[] = [];
  const clients = [...new Set(topology.links.map(({ client }) => client))];
  const attempts = clients.flatMap((client): ConnectionAttempt[] => {
    const pods = livePods(snapshot).filter((pod) => componentOf(pod) === client && isRunning(pod));
    const pod = pods.find(isReady) ?? pods[0];
    if (pod === undefined) return [];
    const links = topology.links.filter((link) => link.client === client);
    const addresses = links.map(({ kubernetesHost, port }) => `${kubernetesHost}:${port}`);
    const container = pod.spec.containers[0]?.name ?? '';
    const { stdout, failed } = ask(
      ...['exec', pod.metadata.name, '-n', namespace, '-c', container, '--', ...attemptCommand(addresses)],
    );
    const answers = failed === undefined ? readAnswers(stdout) : undefined;
    if (answers === undefined) {
      notes.push(`not tried from inside of ${client}: ${failed ?? 'its image has no python, node or nc'}`);
      return [];
    }
    return links.flatMap(({ server, kubernetesHost, port }) =>
      answers
        .filter((answer) => answer.host === kubernetesHost && answer.port === port)
        .map((answer) => ({ ...answer, client, server })),
    );
  });
  return { attempts, notes };
}

function isRunning({ status }: Pod): boolean {
  return status?.containerStatuses?.[0]?.state?.running !== undefined;
}
