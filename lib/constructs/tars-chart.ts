import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { inApplyOrder } from '../kubernetes/apply-order';
import type { Endpoint } from '../model/endpoint';
import type { IssueCollector } from '../model/issues';
import { show } from '../model/issues';
import type { AutoscalingProps } from '../model/service-props';
import { EnvValue } from '../model/value';
import { DEFAULT_KUBERNETES_VERSION, FEATURES, hasFeature, parseKubernetesMinor } from '../model/versions';
import { Adminer } from './adminer';
import { AdmissionPolicies } from './admission-policies';
import { OncallRole } from './oncall-role';
import { Exposure } from './exposure';
import { ExternalService } from './external-service';
import { Grafana } from './grafana';
import { DefaultDeny, GuardRails, RestrictedNamespace } from './guard-rails';
import { Ollama } from './ollama';
import { Postgres } from './postgres';
import { given, readPreset } from './preset';
import { Prometheus } from './prometheus';
import { PythonApi } from './python-api';
import { Redis } from './redis';
import type { Service } from './service';
import { SystemSettings } from './settings';
import { markSystemRoot } from './system';
import type { TarsChartProps } from './tars-chart-props';
import { TARS_CHART_KEYS } from './tars-chart-props';
import { WebApp } from './web-app';

const WORKERS = 4;
const POOL_SIZE = 5;
/** Answers of a language model take their time; a WebSocket may be quiet for long (decision D9). */
const WEBSOCKET_SECONDS = 3600;
const STREAMING_SECONDS = 900;

/**
 * The TARS stack, made of nothing but what this library exports: examples/tars-from-constructs
 * builds the same one by hand.
 */
export class TarsChart extends Chart {
  public readonly postgres: Postgres;
  public readonly redis: Redis;
  /** Undefined where Ollama runs elsewhere. */
  public readonly ollama: Ollama | undefined;
  public readonly backend: PythonApi;
  public readonly frontend: WebApp;
  public readonly adminer: Adminer | undefined;
  public readonly prometheus: Prometheus | undefined;
  public readonly grafana: Grafana | undefined;

  public constructor(scope: Construct, id: string, props: TarsChartProps = {}) {
    super(scope, id, { namespace: props.namespace ?? 'tars' });
    markSystemRoot(this);
    readPreset<TarsChartProps>(this, props, TARS_CHART_KEYS, (reader) => {
      if (props.admissionPolicies === true) checkAdmission(props, reader.at('admissionPolicies'));
      if (props.replicas === undefined || props.autoscaling === false) return;
      reader.at('replicas').add({
        code: 'TARS1013',
        message: 'replicas beside autoscaling: each apply would undo what the autoscaler did',
        given: show(props.replicas),
        allowed: 'replicas with autoscaling: false, or autoscalingPolicy.minReplicas',
        remedy: 'set autoscaling: false, or say the bounds in autoscalingPolicy',
      });
    });

    if ((props.createNamespace ?? true) && props.clusterScoped !== 'omit') new RestrictedNamespace(this, 'namespace');
    new GuardRails(this, 'guard-rails', props.quota);
    new DefaultDeny(this, 'default-deny');
    if (props.admissionPolicies === true) new AdmissionPolicies(this, 'admission-policies');
    if (props.oncallRole === true) new OncallRole(this, 'oncall-role');
    new SystemSettings(
      this,
      'settings',
      given({
        kubernetesVersion: props.kubernetesVersion,
        environment: props.environment,
        images: props.images,
        secrets: props.secrets,
        dns: props.dns,
        monitoringNamespaces: props.monitoringNamespaces,
      }),
    );

    const storage = given({ storageClass: props.storageClass });
    this.postgres = new Postgres(this, 'postgres', {
      ...storage,
      database: 'tars_db',
      user: 'tars',
      // Replicas at the maximum and a surge, each with its workers' pools, and a reserve (decision D20).
      maxConnections: 300,
      resources: { cpuRequest: '250m', cpuLimit: '2', memoryRequest: '512Mi', memoryLimit: '2Gi' },
      publish: 5432,
    });
    this.redis = new Redis(this, 'redis', { ...storage, composeName: 'cache', publish: 6379 });
    const ollama = this.languageModels(props);
    this.ollama = ollama.own;
    this.backend = new PythonApi(this, 'backend', this.backendProps(props, ollama.endpoint));
    this.frontend = new WebApp(this, 'frontend', {
      build: {
        kind: 'node-static',
        repository: `${id}-frontend`,
        context: 'app/frontend',
        dockerfile: 'frontend.Dockerfile',
      },
      env: { API_PROXY_TARGET: this.backend.endpoint.url() },
      ports: [{ name: 'http', port: 3000, publish: 3000 }],
      health: {
        startup: { httpPath: '/healthz', periodSeconds: 2, failureThreshold: 30 },
        readiness: { httpPath: '/healthz', periodSeconds: 10 },
        liveness: { tcp: true, periodSeconds: 20 },
        // The development server knows the page only.
        compose: { httpPath: '/', periodSeconds: 10 },
      },
      development: {
        target: 'development',
        // Not by npm, which wants to write into its home directory.
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
    if (props.adminer ?? true) {
      this.adminer = new Adminer(this, 'adminer', {
        database: this.postgres.endpoint,
        publish: 8080,
        profiles: ['adminer'],
      });
    }
    if (props.monitoring ?? true) {
      const profiles = ['monitoring'];
      this.prometheus = new Prometheus(this, 'prometheus', {
        ...storage,
        targets: [this.backend],
        publish: 9090,
        profiles,
      });
      this.grafana = new Grafana(this, 'grafana', {
        ...storage,
        prometheus: this.prometheus.endpoint,
        publish: 3001,
        profiles,
      });
    }
    this.expose(props);
  }

  /**
   * The chart's objects in the order in which they should be applied: namespace, guard rails,
   * configuration, what runs. So the file is the same whatever the order of construction.
   */
  public override toJson(): object[] {
    return inApplyOrder(super.toJson() as Record<string, unknown>[]);
  }

  /** Ollama of our own, or the one that runs elsewhere. */
  private languageModels(props: TarsChartProps): { endpoint: Endpoint; own: Ollama | undefined } {
    if (props.ollamaHost === undefined) {
      const own = new Ollama(this, 'ollama', {
        ...given({ models: props.models, gpu: props.gpu, storageClass: props.storageClass }),
        publish: 11434,
      });
      return { endpoint: own.endpoint, own };
    }
    const external = new ExternalService(this, 'ollama', {
      host: props.ollamaHost,
      port: props.ollamaPort ?? 11434,
      portName: 'http',
    });
    return { endpoint: external.endpoint, own: undefined };
  }

  private backendProps(props: TarsChartProps, ollama: Endpoint): ConstructorParameters<typeof PythonApi>[2] {
    const policy: AutoscalingProps = { minReplicas: 3, maxReplicas: 10, ...props.autoscalingPolicy };
    const shared = {
      ...given({ storageClass: props.storageClass }),
      accessMode: props.storageAccessMode ?? ('ReadWriteOnce' as const),
    };
    const text = (value: string): EnvValue => EnvValue.fromValue(value);
    const [model] = Array.isArray(props.models) ? (props.models as readonly string[]) : [];
    return {
      build: {
        kind: 'python',
        repository: `${this.node.id}-backend`,
        context: 'app/backend',
        dockerfile: 'Dockerfile',
        command: ['python', 'api/main.py'],
        expose: [8000, 8001, 3000],
        userName: 'tars',
      },
      configMapName: `${this.node.id}-config`,
      env: {
        TARS_ENV: text('production'),
        DATABASE_URL: this.postgres.url,
        PGPASSWORD: this.postgres.password,
        REDIS_URL: this.redis.url(),
        REDIS_PASSWORD: this.redis.password,
        OLLAMA_BASE_URL: ollama.url(),
        ...(model === undefined ? {} : { OLLAMA_MODEL: text(model) }),
        API_HOST: text('0.0.0.0'),
        API_PORT: text('8000'),
        WEBSOCKET_PORT: text('8001'),
        API_WORKERS: text(String(WORKERS)),
        DB_POOL_SIZE: text(String(POOL_SIZE)),
        DEFAULT_LLM_ENGINE: text('ollama'),
        EMBEDDING_MODEL: text('sentence-transformers/all-MiniLM-L6-v2'),
        MEMORY_MAX_CONVERSATIONS: text('1000'),
        DOCUMENT_CHUNK_SIZE: text('512'),
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
        { name: 'data', mountPath: '/app/data', size: '10Gi', claimName: `${this.node.id}-data-pvc`, ...shared },
        { name: 'models', mountPath: '/app/models', size: '50Gi', claimName: `${this.node.id}-models-pvc`, ...shared },
        { name: 'logs', mountPath: '/app/logs', kind: 'scratch', size: '256Mi', keepOnCompose: true },
      ],
      ...((props.autoscaling ?? true) ? { autoscaling: policy } : { replicas: props.replicas ?? 3 }),
      graceSeconds: 35,
      preStopSeconds: 5,
      access: {
        kind: props.backendAccess ?? 'load-balancer',
        headlessBeside: true,
        sessionAffinity: true,
        ...given({ allowedCidrs: props.allowedCidrs }),
      },
      internet: true,
      metricsPort: 'http',
      migrate: { command: ['python', 'api/migrate.py'] },
      connections: { opensPerReplica: WORKERS * POOL_SIZE, to: this.postgres.endpoint },
      development: {
        env: { TARS_RELOAD: text('1'), TARS_ENV: text('development') },
        sources: { api: '/app/api', tars: '/app/tars', migrations: '/app/migrations' },
      },
    };
  }

  private expose(props: TarsChartProps): void {
    const kind = props.exposure ?? 'ingress';
    if (kind === 'none') return;
    const api = props.apiHost ?? 'api.tars.local';
    const web = props.webHost ?? 'tars.local';
    const http = this.backend.endpointOf('http');
    const websocket = this.backend.endpointOf('websocket');
    const quiet = { timeoutSeconds: WEBSOCKET_SECONDS };
    const streaming = { timeoutSeconds: STREAMING_SECONDS, streaming: true };
    const page: Service = this.frontend;
    new Exposure(this, 'exposure', {
      kind,
      ...given({
        className: props.ingressClass,
        balancing: props.balancing,
        controllerNamespaces: props.controllerNamespaces,
        tls: props.tls,
      }),
      routes: [
        { host: api, path: '/', to: http },
        { host: api, path: '/api/chat', to: http, ...streaming },
        { host: api, path: '/ws', to: http, ...quiet },
        { host: web, path: '/', to: page.endpoint },
        { host: web, path: '/api', to: http },
        { host: web, path: '/api/chat', to: http, ...streaming },
        { host: web, path: '/ws', to: websocket, ...quiet },
      ],
    });
  }
}

/** Policies of the API server are objects of the cluster, and 1.30 is the first that has them. */
function checkAdmission(props: TarsChartProps, issues: IssueCollector): void {
  if (props.clusterScoped === 'omit') {
    issues.add({
      code: 'TARS1016',
      message: 'admission policies are objects of the cluster, and clusterScoped leaves those out',
      given: 'admissionPolicies: true and clusterScoped: "omit"',
      allowed: 'one of them',
      remedy: 'leave one of them out',
    });
  }
  const minor = parseKubernetesMinor(props.kubernetesVersion ?? DEFAULT_KUBERNETES_VERSION);
  if (minor === undefined || hasFeature(minor, 'validatingAdmissionPolicy')) return;
  issues.add({
    code: 'TARS1018',
    message: `Kubernetes 1.${minor} does not have ValidatingAdmissionPolicy`,
    given: 'true',
    allowed: `from Kubernetes 1.${FEATURES.validatingAdmissionPolicy}`,
    remedy: `set kubernetesVersion to your server's version if that is at least 1.${FEATURES.validatingAdmissionPolicy}, or leave admissionPolicies out`,
  });
}
