import { App, Chart } from 'cdk8s';
import {
  Adminer,
  DefaultDeny,
  EnvValue,
  Exposure,
  Grafana,
  GuardRails,
  Ollama,
  Postgres,
  Prometheus,
  PythonApi,
  Redis,
  RestrictedNamespace,
  SystemSettings,
  WebApp,
} from 'cdk8s-tars';
import type { Construct } from 'constructs';

const WORKERS = 4;
const POOL_SIZE = 5;
const text = (value: string | number): EnvValue => EnvValue.fromValue(String(value));

/**
 * The stack of `new TarsChart(app, 'tars')`, built by hand in a plain cdk8s chart: the same objects,
 * byte for byte. Take it as the start of a stack of your own.
 */
class HandMadeTars extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'tars' });

    // What holds for the namespace. Each of these is a choice: leave one out, and it is not there.
    new RestrictedNamespace(this, 'namespace');
    new GuardRails(this, 'guard-rails');
    new DefaultDeny(this, 'default-deny');
    new SystemSettings(this, 'settings', { kubernetesVersion: '1.25' });

    const postgres = new Postgres(this, 'postgres', {
      database: 'tars_db',
      user: 'tars',
      maxConnections: 300,
      resources: { cpuRequest: '250m', cpuLimit: '2', memoryRequest: '512Mi', memoryLimit: '2Gi' },
      publish: 5432,
    });
    const redis = new Redis(this, 'redis', { composeName: 'cache', publish: 6379 });
    const ollama = new Ollama(this, 'ollama', { publish: 11434 });

    const backend = new PythonApi(this, 'backend', {
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
        // An endpoint in a value is a link: it opens the network policies on both sides, and makes
        // Compose wait.
        DATABASE_URL: postgres.url,
        PGPASSWORD: postgres.password,
        REDIS_URL: redis.url(),
        REDIS_PASSWORD: redis.password,
        OLLAMA_BASE_URL: ollama.endpoint.url(),
        API_HOST: text('0.0.0.0'),
        API_PORT: text(8000),
        WEBSOCKET_PORT: text(8001),
        API_WORKERS: text(WORKERS),
        DB_POOL_SIZE: text(POOL_SIZE),
        DEFAULT_LLM_ENGINE: text('ollama'),
        EMBEDDING_MODEL: text('sentence-transformers/all-MiniLM-L6-v2'),
        MEMORY_MAX_CONVERSATIONS: text(1000),
        DOCUMENT_CHUNK_SIZE: text(512),
        PROMETHEUS_ENABLED: text('true'),
        LOG_FORMAT: text('json'),
        JWT_SECRET_KEY: EnvValue.fromSecret('JWT_SECRET_KEY'),
        OPENAI_API_KEY: EnvValue.fromSecret('OPENAI_API_KEY', { mayBeEmpty: true }),
      },
      ports: [
        { name: 'http', port: 8000, publish: 8000, publishVia: 'gateway' },
        { name: 'websocket', port: 8001, publish: 8001, publishVia: 'gateway' },
      ],
      health: {
        startup: { httpPath: '/health', periodSeconds: 2, failureThreshold: 30 },
        readiness: { httpPath: '/ready', initialDelaySeconds: 10, periodSeconds: 5 },
        liveness: { httpPath: '/health', initialDelaySeconds: 30, periodSeconds: 10 },
        compose: { httpPath: '/ready', periodSeconds: 30 },
      },
      resources: { cpuRequest: '500m', cpuLimit: '2', memoryRequest: '512Mi', memoryLimit: '2Gi' },
      volumes: [
        { name: 'data', mountPath: '/app/data', size: '10Gi', claimName: 'tars-data-pvc' },
        { name: 'models', mountPath: '/app/models', size: '50Gi', claimName: 'tars-models-pvc' },
        { name: 'logs', mountPath: '/app/logs', kind: 'scratch', size: '256Mi', keepOnCompose: true },
      ],
      autoscaling: { minReplicas: 3, maxReplicas: 10 },
      graceSeconds: 35,
      preStopSeconds: 5,
      access: { kind: 'load-balancer', headlessBeside: true, sessionAffinity: true },
      internet: true,
      metricsPort: 'http',
      migrate: { command: ['python', 'api/migrate.py'] },
      connections: { opensPerReplica: WORKERS * POOL_SIZE, to: postgres.endpoint },
      development: {
        env: { TARS_RELOAD: text(1), TARS_ENV: text('development') },
        sources: { api: '/app/api', tars: '/app/tars', migrations: '/app/migrations' },
      },
    });

    const frontend = new WebApp(this, 'frontend', {
      build: {
        kind: 'node-static',
        repository: 'tars-frontend',
        context: 'app/frontend',
        dockerfile: 'frontend.Dockerfile',
      },
      env: { API_PROXY_TARGET: backend.endpoint.url() },
      ports: [{ name: 'http', port: 3000, publish: 3000 }],
      health: {
        startup: { httpPath: '/healthz', periodSeconds: 2, failureThreshold: 30 },
        readiness: { httpPath: '/healthz', periodSeconds: 10 },
        liveness: { tcp: true, periodSeconds: 20 },
        compose: { httpPath: '/', periodSeconds: 10 },
      },
      development: {
        target: 'development',
        command: ['node', 'node_modules/vite/bin/vite.js', '--configLoader', 'native'],
        sources: {
          src: '/app/src',
          public: '/app/public',
          'index.html': '/app/index.html',
          'vite.config.mjs': '/app/vite.config.mjs',
        },
        memoryLimit: '1Gi',
      },
    });

    new Adminer(this, 'adminer', { database: postgres.endpoint, publish: 8080, profiles: ['adminer'] });
    const profiles = ['monitoring'];
    const prometheus = new Prometheus(this, 'prometheus', { targets: [backend], publish: 9090, profiles });
    new Grafana(this, 'grafana', { prometheus: prometheus.endpoint, publish: 3001, profiles });

    const http = backend.endpointOf('http');
    const websocket = backend.endpointOf('websocket');
    new Exposure(this, 'exposure', {
      kind: 'ingress',
      className: 'nginx',
      routes: [
        { host: 'api.tars.local', path: '/', to: http },
        { host: 'api.tars.local', path: '/api/chat', to: http, timeoutSeconds: 900, streaming: true },
        { host: 'api.tars.local', path: '/ws', to: http, timeoutSeconds: 3600 },
        { host: 'tars.local', path: '/', to: frontend.endpoint },
        { host: 'tars.local', path: '/api', to: http },
        { host: 'tars.local', path: '/api/chat', to: http, timeoutSeconds: 900, streaming: true },
        { host: 'tars.local', path: '/ws', to: websocket, timeoutSeconds: 3600 },
      ],
    });
  }
}

const app = new App();
new HandMadeTars(app, 'tars');

if (require.main === module) app.synth();

export default app;
