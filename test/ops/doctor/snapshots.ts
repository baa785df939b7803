import type { ConnectionAttempt } from '../../../lib/ops/doctor/connection-attempt';
import type { LogExcerpt } from '../../../lib/ops/doctor/log-excerpt';
import type { ComposeSnapshot, EngineContainer, ExpectedService } from '../../../lib/ops/doctor/compose-snapshot';
import type { KubernetesSnapshot } from '../../../lib/ops/doctor/kubernetes-snapshot';
import type { LiveObject } from '../../../lib/ops/doctor/objects';
import type { Topology } from '../../../lib/ops/doctor/topology';

export const NOW = Date.parse('2026-03-01T12:00:00Z');

/** A moment so many seconds ago. */
export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

/** The web page needs the API, and the API its database and a migration. */
export const TOPOLOGY: Topology = {
  components: ['web', 'api', 'db'].map((name) => ({
    name,
    workload: `${name === 'db' ? 'StatefulSet' : 'Deployment'}/shop-${name}`,
    composeName: name,
  })),
  links: [
    { client: 'web', server: 'api', port: 8000, kubernetesHost: 'shop-api', composeHost: 'api' },
    { client: 'api', server: 'db', port: 5432, kubernetesHost: 'shop-db', composeHost: 'db' },
  ],
  needs: [{ client: 'api', server: 'api-migrate' }],
};

/** An object whose fields a test says; what it leaves out is not there. */
export type Loose = LiveObject & Readonly<Record<string, unknown>>;

function labels(component: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/managed-by': 'cdk8s-tars', app: 'shop', component };
}

/** What a pod says that differs from one that is well. */
export interface PodChange {
  readonly status?: object;
  /** Of its one container. */
  readonly container?: object;
  /** State of its one container. */
  readonly state?: object;
  readonly ready?: boolean;
  readonly metadata?: object;
  readonly spec?: object;
}

/** A pod of a component; ready for an hour unless something else is said. */
export function aPod(component: string, change: PodChange = {}): Loose {
  const { status, container, state, ready = true, metadata, spec } = change;
  const owner =
    component === 'db' ? { kind: 'StatefulSet', name: 'shop-db' } : { kind: 'ReplicaSet', name: `shop-${component}-1` };
  return {
    kind: 'Pod',
    metadata: {
      name: `shop-${component}-1-a`,
      labels: labels(component),
      creationTimestamp: ago(3600),
      ownerReferences: [owner],
      ...metadata,
    },
    spec: { nodeName: 'node', ...podSpec(component, container), ...spec },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(3500) }],
      containerStatuses: [
        {
          name: component,
          ready,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: ago(3600) } },
          ...state,
        },
      ],
      ...status,
    },
  };
}

function podSpec(component: string, container: object = {}): object {
  return {
    containers: [
      {
        name: component,
        image: `${component}:1`,
        ports: [{ name: 'main', containerPort: 8000 }],
        env: [{ valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'PASSWORD' } } }],
        readinessProbe: { initialDelaySeconds: 5, periodSeconds: 5, failureThreshold: 3 },
        resources: { limits: { memory: '256Mi' } },
        ...container,
      },
    ],
  };
}

/** A Deployment or a StatefulSet of a component. */
export function aWorkload(component: string, change: object = {}): Loose {
  return {
    kind: component === 'db' ? 'StatefulSet' : 'Deployment',
    metadata: { name: `shop-${component}`, labels: labels(component) },
    spec: { replicas: 1, template: { metadata: { labels: labels(component) }, spec: podSpec(component) } },
    status: { replicas: 1 },
    ...change,
  };
}

/** Something else of a component. */
export function anObject(kind: string, name: string, component: string, fields: object = {}): Loose {
  return { kind, metadata: { name, labels: labels(component) }, ...fields };
}

/** What somebody has said of an object, a moment ago. */
export function anEvent(kind: string, name: string, reason: string, message: string): Loose {
  return {
    kind: 'Event',
    metadata: { name: `${name}.1` },
    type: 'Warning',
    reason,
    message,
    lastTimestamp: ago(10),
    involvedObject: { kind, name },
  };
}

const COMPONENTS = ['web', 'api', 'db'];
const SHARED: readonly Loose[] = [
  ...COMPONENTS.map((name) =>
    anObject('Service', `shop-${name}`, name, {
      spec: { selector: { app: 'shop', component: name }, ports: [{ port: 8000, targetPort: 'main' }] },
    }),
  ),
  ...COMPONENTS.map((name) =>
    anObject('NetworkPolicy', `shop-${name}`, name, { spec: { podSelector: { matchLabels: { component: name } } } }),
  ),
  anObject('HorizontalPodAutoscaler', 'shop-api', 'api', {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'shop-api' } },
    status: { conditions: [{ type: 'ScalingActive', status: 'True' }] },
  }),
  anObject('Ingress', 'shop', '', {
    spec: { tls: [{ hosts: ['shop.local', 'api.shop.local'], secretName: 'shop-tls' }] },
  }),
  ...COMPONENTS.map((name) => aWorkload(name)),
];

/** A cluster on which all is well; objects of the same kind and name take the place of those that are there. */
export function aCluster(
  instead: readonly LiveObject[] = [],
  change: Partial<KubernetesSnapshot> & { readonly without?: readonly string[] } = {},
): KubernetesSnapshot {
  const { without = [], ...rest } = change;
  const all: readonly LiveObject[] = [
    ...SHARED,
    ...COMPONENTS.map((name) => aPod(name)),
    ...['web', 'api'].map((name) => ({
      kind: 'ReplicaSet',
      metadata: { name: `shop-${name}-1`, ownerReferences: [{ kind: 'Deployment', name: `shop-${name}` }] },
    })),
    { kind: 'StorageClass', metadata: { name: 'standard' } },
    {
      kind: 'Node',
      metadata: { name: 'node' },
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'DiskPressure', status: 'False' },
        ],
      },
    } as LiveObject,
  ];
  const key = ({ kind, metadata }: LiveObject): string => `${kind}/${metadata.name}`;
  const taken = new Set([...instead.map(key), ...without]);
  return {
    now: NOW,
    namespace: 'shop',
    namespaceExists: true,
    manifests: 'dist',
    topology: TOPOLOGY,
    objects: [...all.filter((one) => !taken.has(key(one))), ...instead],
    expected: SHARED,
    unread: [],
    secrets: { 'shop-secrets': ['PASSWORD'], 'shop-tls': ['tls.crt', 'tls.key'] },
    certificates: [aCertificate('Secret/shop-tls')],
    metricsServed: true,
    logs: [],
    attempts: [],
    ...rest,
  };
}

/** One that is good for a day either way, unless days are said. */
export function aCertificate(object: string, from = -1, to = 1): KubernetesSnapshot['certificates'][number] {
  const day = 86_400_000;
  return { object, notBefore: NOW + from * day, notAfter: NOW + to * day, hosts: ['shop.local', '*.shop.local'] };
}

export function aLog(component: string, text: string, previous = false): LogExcerpt {
  return { name: `shop-${component}-1-a`, component, container: component, previous, text };
}

export function anAttempt(client: string, server: string, outcome: ConnectionAttempt['outcome']): ConnectionAttempt {
  return { client, server, host: `shop-${server}`, port: 8000, outcome, detail: outcome };
}

/** A container of a service, healthy unless something else is said. */
export function aContainer(service: string, change: Partial<EngineContainer> = {}): EngineContainer {
  return {
    name: `shop-${service}-1`,
    service,
    image: `${service}:1`,
    status: 'running',
    exitCode: 0,
    error: '',
    oomKilled: false,
    createdAt: NOW - 3_600_000,
    startedAt: NOW - 3_600_000,
    finishedAt: 0,
    restartCount: 0,
    restartPolicy: 'unless-stopped',
    memoryLimit: 2 ** 28,
    health: { status: 'healthy', last: '' },
    networks: NETWORKS[service] ?? [],
    nameless: [],
    ...change,
  };
}

const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  web: ['web_api'],
  api: ['web_api', 'api_db'],
  'api-migrate': ['api_db'],
  db: ['api_db'],
};
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  web: ['api'],
  api: ['db', 'api-migrate'],
  'api-migrate': ['db'],
};
const DONE: Partial<EngineContainer> = { status: 'exited', health: undefined, restartPolicy: 'no' };

/** An engine on which all is well; containers of the same service take the place of those that are there. */
export function anEngine(
  instead: readonly EngineContainer[] = [],
  change: Partial<ComposeSnapshot> & { readonly without?: readonly string[] } = {},
): ComposeSnapshot {
  const { without = [], ...rest } = change;
  const all = [aContainer('web'), aContainer('api'), aContainer('api-migrate', DONE), aContainer('db')];
  const expected = all.map(({ service, image, restartPolicy, networks }): ExpectedService => ({
    name: service,
    component: service,
    image,
    isBuilt: service !== 'db',
    isTask: restartPolicy === 'no',
    networks,
    needs: NEEDS[service] ?? [],
    mounts: service === 'web' ? ['./files/web.conf'] : [],
  }));
  return {
    now: NOW,
    project: 'shop',
    file: 'compose/docker-compose.yml',
    topology: TOPOLOGY,
    containers: [
      ...all.filter(({ service }) => !without.includes(service) && !instead.some((one) => one.service === service)),
      ...instead,
    ],
    expected,
    refusal: undefined,
    missingMounts: [],
    images: expected.map(({ image }) => image),
    certificates: [],
    logs: [],
    attempts: [],
    ...rest,
  };
}

/** A container's last words. */
export function engineLog(service: string, text: string): LogExcerpt {
  return { name: `shop-${service}-1`, component: service, container: `shop-${service}-1`, previous: false, text };
}
