import { App, Chart } from 'cdk8s';
import { Service } from '../../lib/constructs/service';
import { systemOf } from '../../lib/constructs/system';
import type { Answers } from '../../lib/kubernetes/answers';
import {
  ACCESS,
  CLAIM,
  HEALTH,
  PORT,
  RESOURCES,
  RUN_AS,
  SCRATCH,
  SERVICE,
  STOP,
  TASK,
} from '../../lib/kubernetes/answers';
import { serviceObjects } from '../../lib/kubernetes/service-objects';
import { Endpoint } from '../../lib/model/endpoint';
import type { ClaimVolume, ScratchVolume, ServiceSpec } from '../../lib/model/service-spec';
import type { SystemModel } from '../../lib/model/system-model';
import { assembleSystem } from '../../lib/model/system-model';
import { EnvValue } from '../../lib/model/value';

type Change = (spec: ServiceSpec) => ServiceSpec;

/** A service that says something about every field, among others that link to it. */
function example(): SystemModel {
  const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
  const text = (value: string): EnvValue => EnvValue.fromValue(value);
  const db = new Service(chart, 'db', { image: 'db:1', ports: [{ name: 'sql', port: 5432 }] });
  const api = new Service(chart, 'api', {
    image: 'api:1',
    entrypoint: ['/entry'],
    command: ['serve'],
    env: { A: text('1'), DB: db.endpoint.url() },
    ports: [{ name: 'http', port: 8000, publish: 8000 }],
    health: {
      startup: { httpPath: '/health' },
      readiness: { httpPath: '/ready' },
      liveness: { httpPath: '/health' },
      compose: { tcp: true },
    },
    volumes: [
      { name: 'data', mountPath: '/data', size: '1Gi' },
      { name: 'cache', mountPath: '/cache', kind: 'scratch' },
    ],
    replicas: 2,
    stopSignal: 'SIGINT',
    access: { kind: 'load-balancer' },
    metricsPort: 'http',
    migrate: { command: ['migrate'] },
    tasks: [{ name: 'pull', command: ['pull'] }],
  });
  new Service(chart, 'web', { image: 'web:1', env: { API: api.endpoint.url() } });
  const model = systemOf(chart);
  const network = { ...model.settings.network, monitoringNamespaces: ['monitoring'] };
  return { ...model, settings: { ...model.settings, kubernetesMinor: 37, network } };
}

/** Everything that Kubernetes is given of the service `api`, after a change of it. */
function manifests(change: Change = (spec) => spec): string {
  const model = example();
  const services = model.services.map((spec) => (spec.name === 'api' ? change(spec) : spec));
  const changed = assembleSystem({ ...model, services });
  const spec = changed.services.find((s) => s.path === 'shop/api');
  if (spec === undefined) throw new Error('the example lost its service');
  const objects = serviceObjects(spec, () => changed).map((object) => ({
    kind: object.kind,
    name: typeof object.name === 'string' ? object.name : object.name(),
    labels: object.labels,
    fields: Object.entries(object.fields).map(([key, produce]) => [key, produce()]),
  }));
  return JSON.stringify(objects);
}

const OTHER_RESOURCES = {
  cpuRequestMillis: 7,
  cpuLimitMillis: 7,
  memoryRequestMiB: 7,
  memoryLimitMiB: 7,
  storageRequestMiB: 7,
  storageLimitMiB: 7,
};

/** One other value for each field; a field added to a table does not compile until it has one. */
type Others<S> = { readonly [K in keyof S]-?: S[K] };

const service: Omit<Others<ServiceSpec>, 'path'> = {
  name: 'api2',
  chart: 'other',
  prefix: 'store',
  namespace: 'elsewhere',
  composeName: 'other',
  profiles: ['extra'],
  image: { kind: 'registry', reference: 'api:2', pullPolicy: 'IfNotPresent' },
  entrypoint: ['/other'],
  command: ['other'],
  env: [{ name: 'B', value: { kind: 'text', parts: ['2'] } }],
  configMapName: 'settings',
  files: [{ path: '/etc/x', content: { kind: 'text', parts: ['y'] } }],
  ports: [],
  health: { startup: undefined, readiness: undefined, liveness: undefined, compose: undefined },
  resources: OTHER_RESOURCES,
  volumes: [],
  runAs: { uid: 7, gid: 7, readOnlyRoot: false, composeUser: '7:7', httpClient: 'none' },
  workload: { kind: 'stateful-set', scale: { kind: 'fixed', replicas: 1 } },
  stop: { signal: undefined, graceSeconds: 77, preStopSeconds: 7 },
  access: {
    kind: 'none',
    headlessName: undefined,
    sessionAffinity: false,
    allowedCidrs: [],
    trafficDistribution: undefined,
    balancing: 'ip-hash',
  },
  links: [],
  peers: [{ kind: 'addresses', cidr: '10.0.0.0/8', port: undefined }],
  internet: true,
  metrics: undefined,
  tasks: [],
  development: { target: 'x', command: undefined, env: [], sources: [], memoryLimitMiB: undefined },
  gpu: { count: 1, runtimeClassName: 'nvidia', tolerationKeys: [] },
  connections: { opensPerReplica: 5, to: new Endpoint('db', 'sql', 'shop'), admits: undefined },
  overrides: { kubernetes: { spec: { paused: true } }, compose: undefined },
};

interface Row {
  readonly name: string;
  readonly rendered: boolean;
  readonly change: Change;
}

function rows<S extends object>(
  struct: string,
  answers: Answers<S>,
  others: Partial<Others<S>>,
  put: (other: Partial<S>) => Change,
): Row[] {
  return Object.entries(others).map(([field, other]) => ({
    name: `${struct}.${field}`,
    rendered: answers[field as keyof S] === 'rendered',
    change: put({ [field]: other } as Partial<S>),
  }));
}

const inVolume =
  <V extends ClaimVolume | ScratchVolume>(kind: V['kind']) =>
  (other: Partial<V>): Change =>
  (spec) => ({
    ...spec,
    volumes: spec.volumes.map((v) => (v.kind === kind && v.name !== 'tmp' ? { ...v, ...other } : v)),
  });

const TABLE: readonly Row[] = [
  ...rows<ServiceSpec>('service', SERVICE, service, (other) => (spec) => ({ ...spec, ...other })),
  ...rows(
    'port',
    PORT,
    { name: 'web', number: 9, protocol: 'UDP', publish: undefined, openTo: 'links' },
    (other) => (spec) => ({
      ...spec,
      ports: spec.ports.map((p) => ({ ...p, ...other })),
    }),
  ),
  ...rows(
    'health',
    HEALTH,
    { startup: undefined, readiness: undefined, liveness: undefined, compose: undefined },
    (other) => (spec) => ({
      ...spec,
      health: { ...spec.health, ...other },
    }),
  ),
  ...rows('resources', RESOURCES, OTHER_RESOURCES, (other) => (spec) => ({
    ...spec,
    resources: { ...spec.resources, ...other },
  })),
  ...rows<ClaimVolume>(
    'claim',
    CLAIM,
    {
      name: 'store',
      mountPath: '/store',
      sizeMiB: 7,
      accessMode: 'ReadWriteMany',
      storageClass: 'fast',
      per: 'existing',
      claimName: 'other',
      composeMountPath: '/other',
      readOnly: true,
    },
    inVolume<ClaimVolume>('claim'),
  ),
  ...rows<ScratchVolume>(
    'scratch',
    SCRATCH,
    { name: 'other', mountPath: '/other', sizeMiB: 7, medium: 'memory', composeStorage: 'volume' },
    inVolume<ScratchVolume>('scratch'),
  ),
  ...rows(
    'runAs',
    RUN_AS,
    { uid: 7, gid: 7, readOnlyRoot: false, composeUser: '7:7', httpClient: 'curl' },
    (other) => (spec) => ({
      ...spec,
      runAs: { ...spec.runAs, ...other },
    }),
  ),
  ...rows('stop', STOP, { signal: 'SIGQUIT', graceSeconds: 77, preStopSeconds: 7 }, (other) => (spec) => ({
    ...spec,
    stop: { ...spec.stop, ...other },
  })),
  ...rows(
    'access',
    ACCESS,
    {
      kind: 'cluster-ip',
      headlessName: 'api-headless',
      sessionAffinity: true,
      allowedCidrs: ['10.0.0.0/8'],
      trafficDistribution: 'PreferClose',
      balancing: 'ip-hash',
    },
    (other) => (spec) => ({ ...spec, access: { ...spec.access, ...other } }),
  ),
  ...rows(
    'task',
    TASK,
    {
      name: 'other',
      command: ['other'],
      env: [{ name: 'T', value: { kind: 'text', parts: ['1'] } }],
      blocksStart: true,
      internet: true,
      volumes: ['data'],
      sharesLinks: true,
      resources: OTHER_RESOURCES,
      staysOnCompose: false,
    },
    (other) => (spec) => ({ ...spec, tasks: spec.tasks.map((t) => (t.name === 'pull' ? { ...t, ...other } : t)) }),
  ),
];

describe('the answers of Kubernetes to the fields of the model', () => {
  const before = manifests();

  it('covers every field of a service but its path', () => {
    expect(
      TABLE.filter((r) => r.name.startsWith('service.'))
        .map((r) => r.name.slice(8))
        .sort(),
    ).toEqual(
      Object.keys(SERVICE)
        .filter((key) => key !== 'path')
        .sort(),
    );
  });

  it.each(TABLE.filter((row) => row.rendered))(
    '$name is rendered: another value gives other manifests',
    ({ change }) => {
      expect(manifests(change) === before).toBe(false);
    },
  );

  it.each(TABLE.filter((row) => !row.rendered))(
    '$name is not: another value gives the same manifests',
    ({ change }) => {
      expect(manifests(change) === before).toBe(true);
    },
  );
});
