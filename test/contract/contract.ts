import { isDeepStrictEqual } from 'node:util';
import type { Output } from './output';
import { at } from './output';

/** One fact of the contract. */
export interface Fact {
  /** Section of the contract, or its decision. */
  readonly section: string;
  readonly fact: string;
  readonly ask: (output: Output) => unknown;
  readonly expected: unknown;
}

type Row = readonly [fact: string, path: string, expected: unknown];

/** Facts about one manifest. */
const object = (section: string, name: string, ...rows: readonly Row[]): Fact[] =>
  rows.map(([fact, path, expected]) => ({
    section,
    fact: `${name}: ${fact}`,
    ask: (output) => (path === '' ? output.kubernetes[name] !== undefined : at(output.kubernetes[name], path)),
    expected,
  }));

/** Facts about one compose service. */
const compose = (section: string, name: string, ...rows: readonly Row[]): Fact[] =>
  rows.map(([fact, path, expected]) => ({
    section,
    fact: `compose ${name}: ${fact}`,
    ask: (output) => at(output.compose, `services.${name}.${path}`),
    expected,
  }));

/** Texts that a file has to hold. */
const text = (
  section: string,
  file: string,
  ...rows: readonly (readonly [fact: string, text: string | RegExp])[]
): Fact[] =>
  rows.map(([fact, wanted]) => ({
    section,
    fact: `${file}: ${fact}`,
    ask: ({ files }) => (typeof wanted === 'string' ? files[file]?.includes(wanted) : wanted.test(files[file] ?? '')),
    expected: true,
  }));

const POD = 'spec.template.spec';
const MAIN = `${POD}.containers[0]`;
const published = (host: string, target: number): Row => [
  `published at ${host}, on the loopback address`,
  `ports[published=${host}]`,
  { target, published: host, host_ip: '127.0.0.1', protocol: 'tcp' },
];
const port = (name: string, number: number): Row => [
  `port ${name} ${number}`,
  `spec.ports[name=${name}]`,
  { name, port: number, targetPort: name, protocol: 'TCP' },
];
const probe = (name: string, path: string, ...rest: readonly Row[]): Row[] => [
  [`${name} GET ${path}`, `${MAIN}.${name}.httpGet`, { path, port: 'http', scheme: 'HTTP' }],
  ...rest.map(([fact, key, expected]): Row => [`${name} ${fact}`, `${MAIN}.${name}.${key}`, expected]),
];
const runs = (uid: number): Row => ['numeric uid', `${POD}.securityContext.runAsUser`, uid];
const image = (reference: string): Row => ['image', `${MAIN}.image`, reference];
const path = (host: string, prefix: string, service: string, name: string): Row => [
  `${host} ${prefix} -> ${service} ${name}`,
  `spec.rules[host=${host}].http.paths[path=${prefix}].backend.service`,
  { name: service, port: { name } },
];
const BACKEND = 'Deployment/tars-backend';
const STREAMS = 'Ingress/tars-ingress-streaming-900s';
const SOCKETS = 'Ingress/tars-ingress-websocket-3600s';

/** The contract, a row for each name and number. */
export const CONTRACT: readonly Fact[] = [
  // 1. Components
  ...object('1', 'Namespace/tars', ['exists', '', true]),
  ...object(
    '1',
    BACKEND,
    ['exists', '', true],
    ['label app', 'metadata.labels.app', 'tars'],
    ['label component', 'metadata.labels.component', 'backend'],
  ),
  ...object(
    '1',
    BACKEND,
    image('tars-backend:0.1.0'),
    ['port 8000', `${MAIN}.ports[name=http].containerPort`, 8000],
    ['port 8001', `${MAIN}.ports[name=websocket].containerPort`, 8001],
  ),
  ...object('1', BACKEND, ['logs at /app/logs', `${MAIN}.volumeMounts[name=logs].mountPath`, '/app/logs']),
  ...['name', 'instance', 'component', 'part-of', 'managed-by'].flatMap((label) => [
    {
      section: '1',
      fact: `recommended label ${label}`,
      expected: 'string',
      ask: (o: Output) =>
        typeof (at(o.kubernetes[BACKEND], 'spec.template.metadata.labels') as Record<string, unknown>)[
          `app.kubernetes.io/${label}`
        ],
    },
  ]),
  ...object('1', 'Deployment/tars-frontend', image('tars-frontend:0.1.0'), [
    'port',
    `${MAIN}.ports[0].containerPort`,
    3000,
  ]),
  ...object(
    '1',
    'StatefulSet/tars-postgres',
    image('postgres:15.14'),
    ['port', `${MAIN}.ports[0].containerPort`, 5432],
    runs(999),
  ),
  ...object(
    '1',
    'StatefulSet/tars-redis',
    image('redis:7.4.6'),
    ['port', `${MAIN}.ports[0].containerPort`, 6379],
    runs(999),
  ),
  ...object('1', 'StatefulSet/tars-ollama', image('ollama/ollama:0.12.6'), [
    'port',
    `${MAIN}.ports[0].containerPort`,
    11434,
  ]),
  ...object('1', 'Deployment/tars-adminer', image('adminer:5.4.1'), ['port', `${MAIN}.ports[0].containerPort`, 8080]),
  ...object(
    '1',
    'StatefulSet/tars-prometheus',
    image('prom/prometheus:v3.7.2'),
    ['port', `${MAIN}.ports[0].containerPort`, 9090],
    runs(65_534),
  ),
  ...object(
    '1',
    'StatefulSet/tars-grafana',
    image('grafana/grafana:12.2.1'),
    ['port', `${MAIN}.ports[0].containerPort`, 3000],
    runs(472),
  ),

  // 2. Image of the backend
  ...text(
    '2',
    'docker/Dockerfile',
    ['builder stage', 'FROM python:3.12-slim AS builder'],
    ['runtime stage', 'FROM python:3.12-slim AS runtime'],
    ['virtual environment', 'python -m venv'],
    ['copied from the builder', 'COPY --from=builder'],
    ['build tools in the builder only', /^(?=[^]*build-essential)(?![^]*AS runtime[^]*build-essential)/],
    ['group tars 1000', 'groupadd --gid 1000 tars'],
    ['user tars 1000', 'useradd --uid 1000 --gid 1000'],
    ['runs as 1000:1000', 'USER 1000:1000'],
    ['health check over HTTP', /HEALTHCHECK[^]*GET[^]*\/health/],
    ['ports', 'EXPOSE 8000 8001 3000'],
    ['command', 'CMD ["python", "api/main.py"]'],
    ['dependencies by layer', /COPY requirements\.txt[^]*pip install[^]*COPY \. \./],
    ['dependencies by cache mount', '--mount=type=cache'],
  ),
  ...text(
    '2',
    'docker/Dockerfile.dockerignore',
    ...['.git', '**/__pycache__', '**/node_modules', '**/.venv', 'logs', 'data', 'models'].map(
      (line): [string, RegExp] => [`keeps ${line} out`, new RegExp(`^${line.replace(/[.*]/g, '\\$&')}$`, 'm')],
    ),
  ),

  // 3. Compose
  ...compose(
    '3',
    'backend',
    ['waits for postgres', 'depends_on.postgres.condition', 'service_healthy'],
    ['waits for cache', 'depends_on.cache.condition', 'service_healthy'],
    ['waits for ollama', 'depends_on.ollama.condition', 'service_healthy'],
    ['checked every 30 s', 'healthcheck.interval', '30s'],
    ['volume data', 'volumes[target=/app/data].type', 'volume'],
    ['volume models', 'volumes[target=/app/models].type', 'volume'],
    ['volume logs', 'volumes[target=/app/logs].type', 'volume'],
    ['publishes nothing itself', 'ports', undefined],
    [
      'reads the password from .env',
      'environment.PGPASSWORD',
      '${POSTGRES_PASSWORD:?copy compose/.env.example to compose/.env and set POSTGRES_PASSWORD there}',
    ],
    [
      'OPENAI_API_KEY may be empty',
      'environment.OPENAI_API_KEY',
      '${OPENAI_API_KEY?copy compose/.env.example to compose/.env and set OPENAI_API_KEY there}',
    ],
    ['memory limit', 'deploy.resources.limits.memory', '2048M'],
    ['CPU limit by a variable', 'deploy.resources.limits.cpus', '${TARS_CPUS_BACKEND:-0}'],
    ['read-only root', 'read_only', true],
    ['no capability', 'cap_drop', ['ALL']],
    ['reloads', 'environment.TARS_RELOAD', '1'],
  ),
  ...compose(
    '3',
    'frontend',
    published('3000', 3000),
    ['development target', 'build.target', 'development'],
    ['source mounted', 'volumes[target=/app/src].read_only', true],
    ['API proxy', 'environment.API_PROXY_TARGET', 'http://backend:8000'],
  ),
  ...compose(
    '3',
    'postgres',
    published('5432', 5432),
    ['stops with SIGINT', 'stop_signal', 'SIGINT'],
    ['grace', 'stop_grace_period', '120s'],
    ['user', 'user', '999:999'],
  ),
  ...compose(
    '3',
    'cache',
    published('6379', 6379),
    ['user', 'user', '999:999'],
    [
      'password',
      'environment.REDIS_PASSWORD',
      '${REDIS_PASSWORD:?copy compose/.env.example to compose/.env and set REDIS_PASSWORD there}',
    ],
  ),
  ...compose('3', 'ollama', published('11434', 11434), ['check', 'healthcheck.test', ['CMD', 'ollama', 'list']]),
  ...compose('3', 'adminer', published('8080', 8080), ['profile', 'profiles', ['adminer']]),
  ...compose(
    '3',
    'grafana',
    published('3001', 3000),
    ['profile', 'profiles', ['monitoring']],
    ['waits', 'depends_on.prometheus.condition', 'service_healthy'],
  ),
  ...compose('3', 'prometheus', published('9090', 9090), ['profile', 'profiles', ['monitoring']]),
  ...compose('3', 'gateway', published('8000', 8000), published('8001', 8001), published('8088', 8088), [
    'image',
    'image',
    'nginx:1.29.2',
  ]),
  ...compose('3', 'backend-migrate', ['one-shot', 'restart', 'no']),
  ...['adminer', 'backend', 'cache', 'frontend', 'gateway', 'grafana', 'ollama', 'postgres', 'prometheus'].flatMap(
    (name) => [
      {
        section: '3',
        fact: `compose ${name}: has a health check`,
        expected: true,
        ask: (o: Output) => Array.isArray(at(o.compose, `services.${name}.healthcheck.test`)),
      },
      {
        section: '3',
        fact: `compose ${name}: has a memory limit`,
        expected: 'string',
        ask: (o: Output) => typeof at(o.compose, `services.${name}.deploy.resources.limits.memory`),
      },
    ],
  ),
  ...text('3', 'compose/.env.example', ['all profiles on', 'COMPOSE_PROFILES=adminer,monitoring']),
  ...text('3', 'compose/compose.dev.yml', ['start_interval', 'start_interval:'], ['develop', 'develop:']),
  ...text(
    '3',
    'compose/gateway/nginx.conf',
    ['host api', 'server_name api.tars.local;'],
    ['host web', 'server_name tars.local;'],
    ['WebSocket', 'Upgrade $http_upgrade'],
    ['listens', 'listen 8088;'],
    ['names at run time', 'server backend:8000 resolve'],
    ['WebSocket time-out', 'proxy_read_timeout 3600s;'],
    ['stream time-out', 'proxy_read_timeout 900s;'],
  ),

  // 4. Workloads
  ...object(
    '4',
    BACKEND,
    ['RollingUpdate', 'spec.strategy.type', 'RollingUpdate'],
    ['maxSurge', 'spec.strategy.rollingUpdate.maxSurge', 1],
    ['maxUnavailable', 'spec.strategy.rollingUpdate.maxUnavailable', 0],
    ['runAsNonRoot', `${POD}.securityContext.runAsNonRoot`, true],
    runs(1000),
    ...probe('livenessProbe', '/health', ['delay', 'initialDelaySeconds', 30], ['period', 'periodSeconds', 10]),
    ...probe('readinessProbe', '/ready', ['delay', 'initialDelaySeconds', 10], ['period', 'periodSeconds', 5]),
    ...probe('startupProbe', '/health', ['threshold', 'failureThreshold', 30], ['period', 'periodSeconds', 2]),
    ['requests cpu', `${MAIN}.resources.requests.cpu`, '500m'],
    ['requests memory', `${MAIN}.resources.requests.memory`, '512Mi'],
    ['limits cpu, canonical', `${MAIN}.resources.limits.cpu`, '2'],
    ['limits memory', `${MAIN}.resources.limits.memory`, '2Gi'],
    ['mounts data', `${MAIN}.volumeMounts[name=data].mountPath`, '/app/data'],
    ['mounts models', `${MAIN}.volumeMounts[name=models].mountPath`, '/app/models'],
    ['claim data', `${POD}.volumes[name=data].persistentVolumeClaim.claimName`, 'tars-data-pvc'],
    ['claim models', `${POD}.volumes[name=models].persistentVolumeClaim.claimName`, 'tars-models-pvc'],
    [
      'anti-affinity weight',
      `${POD}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight`,
      100,
    ],
    [
      'anti-affinity on hostname',
      `${POD}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey`,
      'kubernetes.io/hostname',
    ],
    ['grace', `${POD}.terminationGracePeriodSeconds`, 35],
  ),
  ...object('4', 'PersistentVolumeClaim/tars-data-pvc', ['size', 'spec.resources.requests.storage', '10Gi']),
  ...object('4', 'PersistentVolumeClaim/tars-models-pvc', ['size', 'spec.resources.requests.storage', '50Gi']),
  ...['postgres', 'redis', 'ollama'].flatMap((name) => [
    ...object(
      '4',
      `StatefulSet/tars-${name}`,
      ['claim template', 'spec.volumeClaimTemplates[0].kind', 'PersistentVolumeClaim'],
      ['service name', 'spec.serviceName', `tars-${name}-headless`],
    ),
    ...object('4', `Service/tars-${name}-headless`, ['headless', 'spec.clusterIP', 'None']),
    ...object('5', `Service/tars-${name}`, ['ClusterIP', 'spec.type', 'ClusterIP']),
  ]),

  // 5. Networking
  ...object(
    '5',
    'Service/tars-backend',
    ['type', 'spec.type', 'LoadBalancer'],
    port('http', 8000),
    port('websocket', 8001),
    ['affinity', 'spec.sessionAffinity', 'ClientIP'],
  ),
  ...object('5', 'Service/tars-backend-headless', ['headless', 'spec.clusterIP', 'None']),
  ...object('5', 'Service/tars-frontend', ['ClusterIP', 'spec.type', 'ClusterIP'], port('http', 3000)),
  ...object(
    '5',
    'Ingress/tars-ingress',
    ['class', 'spec.ingressClassName', 'nginx'],
    ['TLS', 'spec.tls', [{ hosts: ['api.tars.local', 'tars.local'], secretName: 'tars-tls-cert' }]],
    path('api.tars.local', '/', 'tars-backend', 'http'),
    path('tars.local', '/api', 'tars-backend', 'http'),
    path('tars.local', '/', 'tars-frontend', 'http'),
  ),
  ...object(
    '5',
    SOCKETS,
    path('tars.local', '/ws', 'tars-backend', 'websocket'),
    path('api.tars.local', '/ws', 'tars-backend', 'http'),
  ),
  ...[
    {
      section: 'D9',
      fact: 'WebSocket time-out',
      expected: '3600',
      ask: (o: Output) =>
        (at(o.kubernetes[SOCKETS], 'metadata.annotations') as Record<string, string> | undefined)?.[
          'nginx.ingress.kubernetes.io/proxy-read-timeout'
        ],
    },
    {
      section: 'D9',
      fact: 'streaming time-out',
      expected: '900',
      ask: (o: Output) =>
        (at(o.kubernetes[STREAMS], 'metadata.annotations') as Record<string, string> | undefined)?.[
          'nginx.ingress.kubernetes.io/proxy-read-timeout'
        ],
    },
    {
      section: 'D9',
      fact: 'streams are not buffered',
      expected: 'off',
      ask: (o: Output) =>
        (at(o.kubernetes[STREAMS], 'metadata.annotations') as Record<string, string> | undefined)?.[
          'nginx.ingress.kubernetes.io/proxy-buffering'
        ],
    },
  ],
  ...object('5', 'NetworkPolicy/tars-default-deny', [
    'isolates app=tars',
    'spec',
    { podSelector: { matchLabels: { app: 'tars' } }, policyTypes: ['Ingress', 'Egress'] },
  ]),
  ...['adminer', 'backend', 'frontend', 'grafana', 'ollama', 'postgres', 'prometheus', 'redis'].flatMap((name) => [
    ...object('D3', `NetworkPolicy/tars-${name}`, ['denies by default, inwards', 'spec.policyTypes', ['Ingress']]),
    ...object('D3', `NetworkPolicy/tars-${name}-egress`, [
      'denies by default, outwards',
      'spec.policyTypes',
      ['Egress'],
    ]),
  ]),

  // 6. Configuration
  ...object(
    '6',
    'ConfigMap/tars-config',
    ...Object.entries({
      TARS_ENV: 'production',
      DATABASE_URL: 'postgresql://tars@tars-postgres:5432/tars_db',
      REDIS_URL: 'redis://tars-redis:6379/0',
      OLLAMA_BASE_URL: 'http://tars-ollama:11434',
      API_HOST: '0.0.0.0',
      API_PORT: '8000',
      API_WORKERS: '4',
      DEFAULT_LLM_ENGINE: 'ollama',
      EMBEDDING_MODEL: 'sentence-transformers/all-MiniLM-L6-v2',
      MEMORY_MAX_CONVERSATIONS: '1000',
      DOCUMENT_CHUNK_SIZE: '512',
      PROMETHEUS_ENABLED: 'true',
      LOG_FORMAT: 'json',
    }).map(([key, value]): Row => [key, `data.${key}`, value]),
  ),
  ...object(
    '6',
    BACKEND,
    ['reads tars-config', `${MAIN}.envFrom`, [{ configMapRef: { name: 'tars-config' } }]],
    [
      'PGPASSWORD from the Secret',
      `${MAIN}.env[name=PGPASSWORD].valueFrom.secretKeyRef`,
      { name: 'tars-secrets', key: 'POSTGRES_PASSWORD' },
    ],
  ),
  {
    section: '6',
    fact: 'Secret tars-secrets: its keys',
    ask: (o) => Object.keys(at(o.kubernetes['Secret/tars-secrets'], 'data') as object).sort(),
    expected: ['GRAFANA_ADMIN_PASSWORD', 'JWT_SECRET_KEY', 'OPENAI_API_KEY', 'POSTGRES_PASSWORD', 'REDIS_PASSWORD'],
  },
  ...object('D2', 'Secret/tars-secrets', ['immutable', 'immutable', true]),
  ...object(
    '6',
    'StatefulSet/tars-postgres',
    ['database', `${MAIN}.env[name=POSTGRES_DB].value`, 'tars_db'],
    ['user', `${MAIN}.env[name=POSTGRES_USER].value`, 'tars'],
  ),

  // 7. Guard rails and scaling
  ...[
    ['requests.cpu', '10'],
    ['requests.memory', '20Gi'],
    ['limits.memory', '40Gi'],
    ['pods', '50'],
    // Above the contract's 20: what the model needs (decision D4).
    ['limits.cpu', '32500m'],
  ].map(([key = '', expected]) => ({
    section: '7',
    fact: `tars-quota ${key}`,
    expected,
    ask: (o: Output) =>
      (at(o.kubernetes['ResourceQuota/tars-quota'], 'spec.hard') as Record<string, string> | undefined)?.[key],
  })),
  ...object(
    '7',
    'LimitRange/tars-limits',
    ['pod minimum', 'spec.limits[type=Pod].min', { cpu: '100m', memory: '128Mi' }],
    ['pod maximum, as Ollama needs it', 'spec.limits[type=Pod].max', { cpu: '4', memory: '8Gi' }],
    ['container default', 'spec.limits[type=Container].default', { cpu: '500m', memory: '512Mi' }],
  ),
  ...object(
    '7',
    'HorizontalPodAutoscaler/tars-backend',
    ['minimum', 'spec.minReplicas', 3],
    ['maximum', 'spec.maxReplicas', 10],
    ['CPU at 60 % of the request', 'spec.metrics[0].resource.target', { type: 'Utilization', averageUtilization: 60 }],
    [
      'memory at 80 % of the limit',
      'spec.metrics[1].resource.target',
      { type: 'AverageValue', averageValue: '1717986918' },
    ],
    ['scale-up cooldown', 'spec.behavior.scaleUp.policies[0].periodSeconds', 60],
    ['scale-down cooldown', 'spec.behavior.scaleDown.stabilizationWindowSeconds', 300],
  ),
  ...object('D6', BACKEND, ['no replicas beside the autoscaler', 'spec.replicas', undefined]),
  ...object('D5', BACKEND, [
    'replicas share a node',
    `${POD}.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey`,
    'kubernetes.io/hostname',
  ]),

  // 8. Observability
  ...['cluster-health', 'pod-distribution', 'resource-utilisation', 'request-patterns', 'error-trends'].map((name) => ({
    section: '8',
    fact: `dashboard ${name}`,
    expected: true,
    ask: (o: Output) =>
      at(o.kubernetes['ConfigMap/tars-grafana-files'], 'data') !== undefined &&
      `etc_grafana_dashboards_${name}.json` in (at(o.kubernetes['ConfigMap/tars-grafana-files'], 'data') as object),
  })),
  ...text('8', 'compose/files/prometheus/etc/prometheus/prometheus.yml', ['scrapes the backend', 'names: ["backend"]']),
  {
    section: '8',
    fact: 'Prometheus scrapes every replica',
    expected: true,
    ask: (o) =>
      String(
        (at(o.kubernetes['ConfigMap/tars-prometheus-files'], 'data') as Record<string, string> | undefined)?.[
          'etc_prometheus_prometheus.yml'
        ],
      ).includes('names: ["tars-backend-headless"]'),
  },

  // Decisions
  ...object(
    'D10',
    'StatefulSet/tars-postgres',
    ['PGDATA in a subdirectory', `${MAIN}.env[name=PGDATA].value`, '/var/lib/postgresql/data/pgdata'],
    ['grace', `${POD}.terminationGracePeriodSeconds`, 120],
  ),
  {
    section: 'D21',
    fact: 'a migration Job named after its content',
    expected: 1,
    ask: (o) => Object.keys(o.kubernetes).filter((name) => /^Job\/tars-backend-migrate-[0-9a-f]{8}$/.test(name)).length,
  },
  {
    section: 'D14',
    fact: 'the backend alone may reach the internet',
    expected: ['tars-backend-egress'],
    ask: (o) =>
      Object.values(o.kubernetes)
        .filter((x) => x['kind'] === 'NetworkPolicy' && JSON.stringify(x).includes('"port":443'))
        .map((x) => at(x, 'metadata.name')),
  },
  {
    section: 'D1',
    fact: 'no secret but in the Secret',
    expected: [],
    ask: ({ files }) =>
      Object.entries(files)
        .filter(([name, content]) => !name.endsWith('.secrets.k8s.yaml') && content.includes('test-'))
        .map(([name]) => name),
  },
  {
    section: 'D22',
    fact: 'Pod Security restricted is enforced',
    expected: 'restricted',
    ask: (o) =>
      (at(o.kubernetes['Namespace/tars'], 'metadata.labels') as Record<string, string> | undefined)?.[
        'pod-security.kubernetes.io/enforce'
      ],
  },
];

/** The facts that an output does not keep. */
export function contractFailures(output: Output): string[] {
  return CONTRACT.flatMap(({ section, fact, ask, expected }) => {
    let got: unknown;
    try {
      got = ask(output);
    } catch (error) {
      got = String(error);
    }
    return isDeepStrictEqual(got, expected)
      ? []
      : [`${section} ${fact}: ${JSON.stringify(got)}, not ${JSON.stringify(expected)}`];
  });
}
