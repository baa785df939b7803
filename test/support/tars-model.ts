import { IMAGES } from '../../lib/model/images';
import type { ServiceProps } from '../../lib/model/service-props';
import type { ServiceSpec } from '../../lib/model/service-spec';
import type { SystemModel } from '../../lib/model/system-model';
import { EnvValue } from '../../lib/model/value';
import type { SettingsOverride } from './builders';
import { anEndpoint, anExposure, aRoute, aService, aSystem } from './builders';

/** The TARS stack, written with defineService: a realistic model for tests of the renderers. */
export function tarsModel(settings: SettingsOverride = {}): SystemModel {
  return aSystem({ settings, services: tarsServices(), exposures: [tarsExposure()] });
}

const text = (value: string): EnvValue => EnvValue.fromValue(value);
const secret = (key: string, mayBeEmpty = false): EnvValue => EnvValue.fromSecret(key, { mayBeEmpty });

const postgres = anEndpoint('postgres', 'postgres');
const redis = anEndpoint('redis', 'redis');
const ollama = anEndpoint('ollama', 'http');
const backend = anEndpoint('backend', 'http');
const websocket = anEndpoint('backend', 'websocket');
const frontend = anEndpoint('frontend', 'http');
const prometheus = anEndpoint('prometheus', 'http');

export function tarsServices(): ServiceSpec[] {
  return [BACKEND, FRONTEND, POSTGRES, REDIS, OLLAMA, ADMINER, PROMETHEUS, GRAFANA].map((props) => aService(props));
}

export function tarsExposure(): ReturnType<typeof anExposure> {
  return anExposure({
    tls: { kind: 'secret', secretName: 'tars-tls-cert' },
    routes: [
      aRoute({ host: 'api.tars.local', path: '/', endpoint: backend, timeoutSeconds: 900, streaming: true }),
      aRoute({ host: 'tars.local', path: '/api', endpoint: backend, timeoutSeconds: 900, streaming: true }),
      aRoute({ host: 'tars.local', path: '/ws', endpoint: websocket, timeoutSeconds: 3600, streaming: true }),
      aRoute({ host: 'tars.local', path: '/', endpoint: frontend }),
    ],
  });
}

const BACKEND: ServiceProps = {
  name: 'backend',
  build: {
    kind: 'python',
    repository: 'tars-backend',
    context: 'app/backend',
    dockerfile: 'Dockerfile',
    command: ['python', 'api/main.py'],
    expose: [8000, 8001, 3000],
    userName: 'tars',
  },
  configMapName: 'tars-config',
  env: {
    TARS_ENV: text('production'),
    DATABASE_URL: postgres.url({ scheme: 'postgresql', user: 'tars', path: '/tars_db' }),
    PGPASSWORD: secret('POSTGRES_PASSWORD'),
    REDIS_URL: redis.url({ scheme: 'redis', path: '/0' }),
    REDIS_PASSWORD: secret('REDIS_PASSWORD'),
    OLLAMA_BASE_URL: ollama.url(),
    OPENAI_API_KEY: secret('OPENAI_API_KEY', true),
    JWT_SECRET_KEY: secret('JWT_SECRET_KEY'),
    API_HOST: text('0.0.0.0'),
    API_PORT: text('8000'),
    API_WORKERS: text('4'),
    DEFAULT_LLM_ENGINE: text('ollama'),
    EMBEDDING_MODEL: text('sentence-transformers/all-MiniLM-L6-v2'),
    MEMORY_MAX_CONVERSATIONS: text('1000'),
    DOCUMENT_CHUNK_SIZE: text('512'),
    PROMETHEUS_ENABLED: text('true'),
    LOG_FORMAT: text('json'),
  },
  ports: [
    { name: 'http', port: 8000, publish: 8000, publishVia: 'gateway' },
    { name: 'websocket', port: 8001, publish: 8001, publishVia: 'gateway' },
  ],
  health: {
    startup: { httpPath: '/health', periodSeconds: 2, failureThreshold: 30 },
    liveness: { httpPath: '/health', initialDelaySeconds: 30, periodSeconds: 10 },
    readiness: { httpPath: '/ready', initialDelaySeconds: 10, periodSeconds: 5 },
    compose: { httpPath: '/ready', periodSeconds: 30 },
  },
  resources: { cpuRequest: '500m', cpuLimit: '2', memoryRequest: '512Mi', memoryLimit: '2Gi' },
  volumes: [
    { name: 'data', mountPath: '/app/data', size: '10Gi', claimName: 'tars-data-pvc' },
    { name: 'models', mountPath: '/app/models', size: '50Gi', claimName: 'tars-models-pvc' },
    { name: 'logs', mountPath: '/app/logs', kind: 'scratch', size: '256Mi', keepOnCompose: true },
  ],
  runAs: { uid: 1000, httpClient: 'python' },
  autoscaling: { minReplicas: 3 },
  access: { kind: 'load-balancer', headlessBeside: true, sessionAffinity: true },
  internet: true,
  metricsPort: 'http',
  migrate: { command: ['python', 'api/migrate.py'] },
  connections: { opensPerReplica: 20, to: postgres },
  development: {
    env: { TARS_ENV: text('development'), TARS_RELOAD: text('true') },
    sources: { api: '/app/api', tars: '/app/tars', migrations: '/app/migrations' },
  },
};

const FRONTEND: ServiceProps = {
  name: 'frontend',
  build: { kind: 'node-static', repository: 'tars-frontend', context: 'app/frontend', userName: 'node' },
  env: { BACKEND_URL: backend.url(), BACKEND_WS_URL: websocket.url({ scheme: 'ws' }) },
  ports: [{ name: 'http', port: 3000, publish: 3000 }],
  health: {
    readiness: { httpPath: '/' },
    liveness: { httpPath: '/', periodSeconds: 20 },
    startup: { httpPath: '/', failureThreshold: 30 },
  },
  runAs: { httpClient: 'node' },
  development: {
    target: 'development',
    command: ['npm', 'run', 'dev'],
    sources: { src: '/app/src' },
    memoryLimit: '1Gi',
  },
};

const POSTGRES: ServiceProps = {
  name: 'postgres',
  image: IMAGES.postgres,
  workload: 'stateful-set',
  env: {
    POSTGRES_USER: text('tars'),
    POSTGRES_DB: text('tars_db'),
    POSTGRES_PASSWORD: secret('POSTGRES_PASSWORD'),
    POSTGRES_INITDB_ARGS: text('--data-checksums'),
    PGDATA: text('/var/lib/postgresql/data/pgdata'),
  },
  ports: [{ name: 'postgres', port: 5432, publish: 5432 }],
  health: {
    startup: { command: ['pg_isready', '-h', '127.0.0.1'], periodSeconds: 2, failureThreshold: 60 },
    readiness: { command: ['pg_isready', '-h', '127.0.0.1', '-U', 'tars', '-d', 'tars_db'], periodSeconds: 5 },
    liveness: { command: ['pg_isready', '-h', '127.0.0.1'], periodSeconds: 20 },
  },
  volumes: [
    { name: 'data', mountPath: '/var/lib/postgresql/data', size: '10Gi' },
    { name: 'run', mountPath: '/var/run/postgresql', kind: 'memory' },
    { name: 'shm', mountPath: '/dev/shm', kind: 'memory', size: '128Mi' },
  ],
  runAs: { uid: 999 },
  stopSignal: 'SIGINT',
  graceSeconds: 120,
  connections: { admits: 300 },
};

/** Writes the configuration, password and all, to memory: neither an argument nor an image may hold it. */
const REDIS_WRAPPER =
  "umask 077; printf '%s\\n' \"requirepass \\\"$REDIS_PASSWORD\\\"\" 'appendonly yes' 'dir /data' 'maxmemory 384mb' " +
  "'maxmemory-policy allkeys-lru' > /run/redis/redis.conf; exec redis-server /run/redis/redis.conf";

const REDIS: ServiceProps = {
  name: 'redis',
  composeName: 'cache',
  image: IMAGES.redis,
  workload: 'stateful-set',
  entrypoint: ['/bin/sh', '-c'],
  command: [REDIS_WRAPPER],
  env: { REDIS_PASSWORD: secret('REDIS_PASSWORD'), REDISCLI_AUTH: secret('REDIS_PASSWORD') },
  ports: [{ name: 'redis', port: 6379, publish: 6379 }],
  health: {
    readiness: { command: ['/bin/sh', '-c', 'redis-cli ping | grep -q PONG'], periodSeconds: 5 },
    liveness: { tcp: true, periodSeconds: 20 },
  },
  volumes: [
    { name: 'data', mountPath: '/data', size: '1Gi' },
    { name: 'config', mountPath: '/run/redis', kind: 'memory', size: '1Mi' },
  ],
  runAs: { uid: 999 },
};

const OLLAMA: ServiceProps = {
  name: 'ollama',
  image: IMAGES.ollama,
  workload: 'stateful-set',
  env: {
    HOME: text('/var/lib/ollama'),
    OLLAMA_MODELS: text('/var/lib/ollama/models'),
    NVIDIA_VISIBLE_DEVICES: text('void'),
  },
  ports: [{ name: 'http', port: 11434, publish: 11434 }],
  health: {
    startup: { httpPath: '/', failureThreshold: 30 },
    readiness: { httpPath: '/' },
    liveness: { tcp: true, periodSeconds: 20 },
    compose: { command: ['ollama', 'list'] },
  },
  resources: { memoryRequest: '2Gi', memoryLimit: '8Gi', cpuRequest: '500m', cpuLimit: '4' },
  volumes: [{ name: 'models', mountPath: '/var/lib/ollama', size: '50Gi' }],
  runAs: { uid: 1000, composeUser: '0:0' },
  graceSeconds: 120,
  tasks: [
    {
      name: 'pull',
      command: ['/bin/sh', '-c', 'ollama serve & until ollama list; do sleep 1; done; ollama pull llama2'],
      internet: true,
      volumes: ['models'],
    },
  ],
};

const ADMINER: ServiceProps = {
  name: 'adminer',
  image: IMAGES.adminer,
  profiles: ['admin'],
  env: { ADMINER_DEFAULT_SERVER: postgres.host() },
  ports: [{ name: 'http', port: 8080, publish: 8080 }],
  health: { readiness: { httpPath: '/' }, liveness: { tcp: true } },
  runAs: { uid: 100, gid: 101, httpClient: 'wget' },
  stopSignal: 'SIGINT',
};

const PROMETHEUS: ServiceProps = {
  name: 'prometheus',
  image: IMAGES.prometheus,
  workload: 'stateful-set',
  profiles: ['monitoring'],
  connectTo: [backend.waitFor('none')],
  command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
  files: [
    {
      path: '/etc/prometheus/prometheus.yml',
      content: EnvValue.concat(
        text('scrape_configs:\n  - job_name: backend\n    dns_sd_configs:\n      - names: ['),
        backend.waitFor('none').replicas(),
        text(']\n        type: A\n        port: '),
        backend.waitFor('none').portNumber(),
        text('\n'),
      ),
    },
  ],
  ports: [{ name: 'http', port: 9090, publish: 9090 }],
  health: { readiness: { httpPath: '/-/ready' }, liveness: { httpPath: '/-/healthy' } },
  volumes: [{ name: 'data', mountPath: '/prometheus', size: '10Gi' }],
  runAs: { uid: 65534, httpClient: 'wget' },
  graceSeconds: 300,
};

const GRAFANA: ServiceProps = {
  name: 'grafana',
  image: IMAGES.grafana,
  workload: 'stateful-set',
  profiles: ['monitoring'],
  env: { GF_SECURITY_ADMIN_PASSWORD: secret('GRAFANA_ADMIN_PASSWORD'), PROMETHEUS_URL: prometheus.url() },
  ports: [{ name: 'http', port: 3000, publish: 3001 }],
  health: { readiness: { httpPath: '/api/health' }, liveness: { tcp: true } },
  volumes: [{ name: 'data', mountPath: '/var/lib/grafana', size: '1Gi' }],
  runAs: { uid: 472, gid: 0, httpClient: 'wget' },
};
