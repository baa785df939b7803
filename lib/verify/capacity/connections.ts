import type { Issue } from '../../model/issues';
import type { EmittedObject, EmittedSet } from '../emitted';
import { fieldPath, objectName } from '../object-path';
import type { PodContainer, PodTemplate } from '../pods';
import { containersOf, podTemplatesOf } from '../pods';
import { groupOf, listOf, nameOf, namespaceOf, textOf, textsOf, valueAt } from '../read';
import { atThePeak } from './peak';
import type { ConfigMaps } from './pod-variables';
import { configMapsOf, variablesOfPod } from './pod-variables';

/** Connections that PostgreSQL keeps for its administrator (superuser_reserved_connections). */
const RESERVED = 3;

/** Connections that PostgreSQL admits if nobody says otherwise. */
const DEFAULT_ADMITTED = 100;

/** Variables that usually say how many processes of a container have a pool of their own. */
const WORKERS = ['API_WORKERS', 'WEB_CONCURRENCY', 'GUNICORN_WORKERS', 'UVICORN_WORKERS', 'WORKERS'];
/** Variables that usually say how many connections a pool holds, and how many more it may open. */
const POOL = ['DB_POOL_SIZE', 'DATABASE_POOL_SIZE', 'POSTGRES_POOL_SIZE', 'PG_POOL_SIZE', 'POOL_SIZE'];
const OVERFLOW = ['DB_MAX_OVERFLOW', 'DATABASE_MAX_OVERFLOW', 'MAX_OVERFLOW'];
/** Parameters of a database's URL that say the same. */
const URL_POOL = ['connection_limit', 'pool_size', 'pool_max_size', 'pool_max_conns'];

/** A database of the manifests: a container that runs PostgreSQL. */
interface Database {
  readonly template: PodTemplate;
  readonly container: PodContainer;
  readonly admits: number;
}

/**
 * Databases that admit fewer connections than their clients open at the peak: pods × workers × pool,
 * as far as arguments and variables say. A client whose pool nobody can read counts nothing.
 */
export function connectionIssues(emitted: EmittedSet): readonly Issue[] {
  const templates = podTemplatesOf(emitted);
  const databases = templates.flatMap(databasesIn);
  if (databases.length === 0) return [];
  const configMaps = configMapsOf(emitted);
  const clients = clientsByHost(templates.map((template) => clientOf(template, configMaps)));
  const services = servicesByNamespace(emitted);
  return databases.flatMap(({ template, container, admits }): Issue[] => {
    const hosts = new Set(servicesOf(template, services).map((name) => `${name}.${template.namespace}`));
    // In the order of the manifests, whatever the order of the hosts.
    const speaking = new Map([...hosts].flatMap((host) => clients.get(host) ?? []));
    const lines = [...speaking].sort(([a], [b]) => a - b).flatMap(([, client]) => clientLine(client, hosts));
    const need = lines.reduce((sum, line) => sum + line.connections, RESERVED);
    if (lines.length === 0 || need <= admits) return [];
    return [
      {
        code: 'TARS6205',
        severity: 'error',
        path: fieldPath(template.owner.object, container.path),
        message: `clients open up to ${need} connections at the peak: ${[...lines.map((l) => l.text), `${RESERVED} reserved`].join(' + ')}`,
        given: `max_connections ${admits}`,
        allowed: `at least ${need}`,
        remedy: 'raise max_connections, or lower the maximum of the autoscaler, the workers or the pool',
      },
    ];
  });
}

function databasesIn(template: PodTemplate): readonly Database[] {
  if (template.kind === 'Job' || template.kind === 'CronJob') return [];
  return containersOf(template)
    .filter(({ list }) => list === 'containers')
    .flatMap((container): Database[] => {
      const words = [...listOf(container.container['command']), ...listOf(container.container['args'])];
      const said = words
        .map((word) => /(?:^|\s)(?:-c\s*|--)?max[_-]connections=(\d+)/.exec(textOf(word) ?? '')?.[1])
        .find((number) => number !== undefined);
      const isPostgres = /(^|\/)(postgres|postgresql|timescaledb|pgvector)(:|@|$)/.test(
        textOf(container.container['image']) ?? '',
      );
      if (said === undefined && !isPostgres) return [];
      return [{ template, container, admits: said === undefined ? DEFAULT_ADMITTED : Number(said) }];
    });
}

type ServicesByNamespace = ReadonlyMap<string, readonly EmittedObject['object'][]>;

function servicesByNamespace(emitted: EmittedSet): ServicesByNamespace {
  const found = new Map<string, EmittedObject['object'][]>();
  for (const { object } of emitted.manifests) {
    if (object['kind'] !== 'Service' || groupOf(object) !== '') continue;
    const namespace = namespaceOf(object);
    const others = found.get(namespace);
    if (others === undefined) found.set(namespace, [object]);
    else others.push(object);
  }
  return found;
}

/** Names of the Services that lead to a pod. */
function servicesOf(template: PodTemplate, services: ServicesByNamespace): readonly string[] {
  return (services.get(template.namespace) ?? []).filter((service) => selects(service, template)).map(nameOf);
}

/** The Service that a host name means to pods of a namespace, as `name.namespace`: a short name is one of their own. */
function serviceOfHost(host: string, namespace: string): string {
  const inside = /^([^.]+\.[^.]+)\.svc(\.cluster\.local)?$/.exec(host)?.[1] ?? host;
  return inside.includes('.') ? inside : `${inside}.${namespace}`;
}

/** Which clients speak of a host, each with its place among all. */
function clientsByHost(clients: readonly Client[]): ReadonlyMap<string, readonly (readonly [number, Client])[]> {
  const found = new Map<string, (readonly [number, Client])[]>();
  for (const [place, client] of clients.entries()) {
    for (const host of new Set(
      client.containers.flatMap(({ urls, host: other }) => [...urls.map(({ host }) => host), other]),
    )) {
      const others = found.get(host);
      if (others === undefined) found.set(host, [[place, client]]);
      else others.push([place, client]);
    }
  }
  return found;
}

function selects(service: EmittedObject['object'], template: PodTemplate): boolean {
  const selector = Object.entries(textsOf(valueAt(service, ['spec', 'selector'])));
  return selector.length > 0 && selector.every(([key, value]) => template.labels[key] === value);
}

/** A pod that may be a client: what its containers say, read once for all databases. */
interface Client {
  readonly template: PodTemplate;
  readonly containers: readonly ClientContainer[];
}

interface ClientContainer {
  readonly variables: ReadonlyMap<string, string>;
  /** Of databases, each with the Service that its host name means. */
  readonly urls: readonly { readonly url: URL; readonly host: string }[];
  /** The Service of the variable that holds nothing but a host name. */
  readonly host: string;
}

function clientOf(template: PodTemplate, configMaps: ConfigMaps): Client {
  const { namespace } = template;
  const containers = variablesOfPod(template, configMaps).map((variables) => ({
    variables,
    urls: [...variables.values()]
      .map(databaseUrl)
      .filter((url) => url !== undefined)
      .map((url) => ({ url, host: serviceOfHost(url.hostname, namespace) })),
    host: serviceOfHost(
      variables.get('PGHOST') ?? variables.get('POSTGRES_HOST') ?? variables.get('DB_HOST') ?? '',
      namespace,
    ),
  }));
  return { template, containers };
}

/** What one kind of pod opens to one of the hosts. */
function clientLine(
  { template: client, containers }: Client,
  hosts: ReadonlySet<string>,
): readonly { readonly text: string; readonly connections: number }[] {
  const perPod = containers.flatMap((container) => perContainer(container, hosts));
  const { pods } = atThePeak(client);
  if (perPod.length === 0 || pods === 0) return [];
  const name = objectName(client.owner.object);
  // What runs to its end opens one connection; pools and workers are of what serves.
  if (client.kind === 'Job' || client.kind === 'CronJob') {
    return [{ text: `${name}: ${pods} × 1`, connections: pods }];
  }
  return perPod
    .filter(({ connections }) => connections > 0)
    .map(({ text, connections }) => ({
      text: `${name}: ${pods} pods × ${text} = ${pods * connections}`,
      connections: pods * connections,
    }));
}

function perContainer(
  { variables, urls, host }: ClientContainer,
  hosts: ReadonlySet<string>,
): readonly { readonly text: string; readonly connections: number }[] {
  const url = urls.find((one) => hosts.has(one.host))?.url;
  if (url === undefined && !hosts.has(host)) return [];
  const pool =
    numberIn(POOL, variables) ??
    URL_POOL.map((name) => wholeNumber(url?.searchParams.get(name) ?? undefined)).find((n) => n !== undefined);
  if (pool === undefined) return [{ text: 'a pool that cannot be read', connections: 0 }];
  const overflow = numberIn(OVERFLOW, variables) ?? 0;
  const workers = numberIn(WORKERS, variables) ?? 1;
  const each = overflow === 0 ? String(pool) : `(${pool} + ${overflow})`;
  return [{ text: `${workers} workers × ${each}`, connections: workers * (pool + overflow) }];
}

function databaseUrl(text: string): URL | undefined {
  return /^postgres(ql)?(\+\w+)?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

function numberIn(names: readonly string[], variables: ReadonlyMap<string, string>): number | undefined {
  return names.map((name) => wholeNumber(variables.get(name))).find((number) => number !== undefined);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
