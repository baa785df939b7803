import { isEndpoint } from './endpoint';
import type { Endpoint } from './endpoint';
import type { Issue } from './issues';
import { IssueCollector, show } from './issues';
import { checkName, isDnsLabel, prefixed } from './names';
import { PropsReader } from './props-reader';
import { SERVICE_KEYS } from './service-keys';
import { readDevelopment, readImage, readTasks } from './read-build';
import { readEnv } from './read-env';
import { readHealth, readRunAs } from './read-health';
import { readAccess, readAccessKind, readPeers, readPorts } from './read-ports';
import { readFiles, readGpu, readResources, readVolumes } from './read-volumes';
import { readWorkload } from './read-workload';
import type {
  AccessProps,
  ConnectionsProps,
  DevelopmentProps,
  GpuProps,
  HealthProps,
  OverridesProps,
  ResourcesProps,
  RunAsProps,
  ServiceProps,
} from './service-props';
import type { Connections, EnvEntry, Link, Metrics, Overrides, Port, ServiceSpec, Task, Volume } from './service-spec';
import { endpointsOf } from './value';

/** Where a service stands in the construct tree. */
export interface ServiceContext {
  /** Construct path, e.g. `tars/backend`. */
  readonly path: string;
  /** Construct id: the name, unless `props.name` says otherwise. */
  readonly id: string;
  /** Construct path and id of its chart. */
  readonly chart: string;
  readonly prefix: string;
  readonly namespace: string | undefined;
}

/** A service as it was understood, and everything that was wrong with it. */
export interface ServiceDefinition {
  readonly spec: ServiceSpec;
  readonly issues: readonly Issue[];
}

/**
 * Turns props into a frozen spec with every default stated. Never throws: what is wrong becomes
 * issues, so that one run can report the mistakes of all services together.
 */
export function defineService(props: ServiceProps, context: ServiceContext): ServiceDefinition {
  const issues = new IssueCollector(context.path);
  const reader = new PropsReader<ServiceProps>(props, issues, SERVICE_KEYS);
  const name = reader.string('name', context.id);
  checkName(reader.has('name') ? reader.at('name') : issues, name, context.prefix);
  const kubernetesName = prefixed(context.prefix, name);
  const composeName = reader.string('composeName', name);
  if (!isDnsLabel(composeName)) addComposeNameIssue(reader.at('composeName'), composeName);
  const workload = readWorkload(reader);
  const ports = readPorts(reader.list('ports'), readAccessKind(reader.raw('access')), reader.at('ports'));
  const volumes = readVolumes(
    reader.list('volumes'),
    { kubernetesName, workload: workload.kind },
    reader.at('volumes'),
  );
  const health = readHealth(reader.raw('health') as HealthProps | undefined, ports, reader.at('health'));
  const runAs = readRunAs(reader.raw('runAs') as RunAsProps | undefined, reader.at('runAs'));
  const env = readEnv(reader.entries('env'), reader.at('env'));
  const files = readFiles(reader.list('files'), reader.at('files'));
  const tasks = readTasks(reader, volumes);
  const development = reader.has('development')
    ? readDevelopment(reader.raw('development') as DevelopmentProps, reader.at('development'))
    : undefined;
  const pause = workload.kind === 'deployment' && ports.length > 0 ? 5 : 0;
  const preStopSeconds = reader.integer('preStopSeconds', { min: 0, max: 3600 }, pause);
  const graceSeconds = reader.integer('graceSeconds', { min: 0, max: 86_400 }, 30 + preStopSeconds);
  const spec: ServiceSpec = {
    path: context.path,
    name,
    chart: context.chart,
    prefix: context.prefix,
    namespace: context.namespace,
    composeName,
    profiles: [...(reader.strings('profiles') ?? [])].sort(),
    image: readImage(reader, { name, ports, volumes, runAs, health }),
    entrypoint: reader.strings('entrypoint'),
    command: reader.strings('command'),
    env,
    configMapName: reader.string('configMapName'),
    files,
    ports,
    health,
    resources: readResources(reader.raw('resources') as ResourcesProps | undefined, reader.at('resources')),
    volumes: withScratch(volumes, runAs.readOnlyRoot),
    runAs,
    workload,
    stop: { signal: reader.string('stopSignal'), graceSeconds, preStopSeconds },
    access: readAccess(
      reader.raw('access') as AccessProps | undefined,
      { kubernetesName, ports, workload: workload.kind },
      reader.at('access'),
    ),
    links: collectLinks(
      reader,
      [...env, ...(development?.env ?? []), ...tasks.flatMap((t: Task) => t.env)],
      files.flatMap((f) => endpointsOf(f.content)),
    ),
    peers: readPeers(reader.list('allowFrom'), ports, reader.at('allowFrom')),
    internet: reader.boolean('internet', false),
    metrics: readMetrics(reader, ports),
    tasks,
    development,
    gpu: reader.has('gpu') ? readGpu(reader.raw('gpu') as GpuProps, reader.at('gpu')) : undefined,
    connections: readConnections(reader.raw('connections') as ConnectionsProps | undefined, reader.at('connections')),
    overrides: readOverrides(reader.raw('override') as OverridesProps | undefined, reader.at('override')),
  };
  return { spec: deepFreeze(spec), issues: issues.issues };
}

/** Programs expect a /tmp: one in memory where the root file system is read-only. */
function withScratch(volumes: readonly Volume[], readOnlyRoot: boolean): readonly Volume[] {
  if (!readOnlyRoot || volumes.some((v) => v.mountPath === '/tmp')) return volumes;
  return [
    ...volumes,
    { kind: 'scratch', name: 'tmp', mountPath: '/tmp', sizeMiB: 64, medium: 'memory', composeStorage: 'tmpfs' },
  ];
}

/** One link for each endpoint, from wherever it is used; the first condition that is said counts. */
function collectLinks(reader: PropsReader<ServiceProps>, env: readonly EnvEntry[], files: readonly Endpoint[]): Link[] {
  const explicit = reader.list('connectTo').flatMap((item, index) => {
    if (isEndpoint(item)) return [item];
    reader
      .at('connectTo')
      .at(index)
      .add({
        code: 'TARS1002',
        message: 'not an endpoint',
        given: show(item),
        allowed: 'service.endpoint, service.endpointOf("port") or ref("service", "port")',
        remedy: 'pass the endpoint of the other service',
      });
    return [];
  });
  const links = new Map<string, Link>();
  for (const endpoint of [...explicit, ...env.flatMap((e) => endpointsOf(e.value)), ...files]) {
    const key = `${endpoint.system} ${endpoint.service} ${endpoint.port}`;
    const known = links.get(key);
    if (known === undefined || known.wait === undefined) links.set(key, { endpoint, wait: endpoint.wait });
  }
  return [...links.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, link]) => link);
}

function readMetrics(reader: PropsReader<ServiceProps>, ports: readonly Port[]): Metrics | undefined {
  const port = reader.string('metricsPort');
  const path = reader.string('metricsPath', '/metrics');
  if (port === undefined) return undefined;
  if (!ports.some((p) => p.name === port)) {
    reader.at('metricsPort').add({
      code: 'TARS2001',
      message: 'metrics on a port that the service does not have',
      given: show(port),
      allowed: ports.map((p) => `"${p.name}"`).join(', ') || 'declare a port first',
      remedy: "name one of the service's ports",
    });
  }
  return { port, path };
}

function readConnections(props: ConnectionsProps | undefined, issues: IssueCollector): Connections {
  const reader = new PropsReader<ConnectionsProps>(props, issues, { opensPerReplica: true, to: true, admits: true });
  const to = reader.raw('to');
  return {
    opensPerReplica: reader.integer('opensPerReplica', { min: 0, max: 100_000 }, 0),
    to: isEndpoint(to) ? to : undefined,
    admits: reader.integer('admits', { min: 1, max: 262_143 }),
  };
}

function readOverrides(props: OverridesProps | undefined, issues: IssueCollector): Overrides {
  const reader = new PropsReader<OverridesProps>(props, issues, { kubernetes: true, compose: true });
  // A copy: the spec is frozen, and the user's object is the user's.
  return {
    kubernetes: structuredClone(reader.raw('kubernetes')) as Readonly<Record<string, unknown>> | undefined,
    compose: structuredClone(reader.raw('compose')) as Readonly<Record<string, unknown>> | undefined,
  };
}

function addComposeNameIssue(issues: IssueCollector, given: string): void {
  issues.add({
    code: 'TARS1003',
    message: 'the name on Compose is not a DNS label, and containers find each other by it',
    given: show(given),
    allowed: 'lower-case letters, digits and "-", at most 63 characters',
    remedy: 'choose another composeName',
  });
}

/** Freezes a plain value all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}

/** The Kubernetes name of a service's objects. */
export function kubernetesName(spec: Pick<ServiceSpec, 'prefix' | 'name'>): string {
  return prefixed(spec.prefix, spec.name);
}
