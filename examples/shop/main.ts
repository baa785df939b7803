import { App, Chart } from 'cdk8s';
import {
  DefaultDeny,
  EnvValue,
  Exposure,
  ExternalService,
  GuardRails,
  Postgres,
  Redis,
  RestrictedNamespace,
  Service,
  SystemSettings,
} from 'cdk8s-tars';
import type { Construct } from 'constructs';

/** The version of the shop that runs: its images are built and pushed somewhere else. */
const VERSION = '1.4.2';
const imageOf = (part: string): string => `ghcr.io/example/shop-${part}:${VERSION}`;

/** Another product, in a plain cdk8s chart: nothing here knows of TARS. */
class Shop extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'shop' });
    new RestrictedNamespace(this, 'namespace');
    new GuardRails(this, 'guard-rails');
    new DefaultDeny(this, 'default-deny');
    // The nightly job says its time zone, which a CronJob has since 1.27.
    new SystemSettings(this, 'settings', { kubernetesVersion: '1.29', monitoringNamespaces: ['monitoring'] });

    // The database is run by somebody else: a link, and nothing to deploy. On Compose a Postgres stands
    // in for it, so its Kubernetes objects are taken out of the tree.
    const standIn = new Postgres(this, 'database-stand-in', {
      composeName: 'database',
      database: 'shop',
      user: 'shop',
      passwordKey: 'DATABASE_PASSWORD',
      publish: 5433,
    });
    for (const child of standIn.node.children) standIn.node.tryRemoveChild(child.node.id);
    const database = new ExternalService(this, 'database', {
      host: 'shop.cluster-c1example.eu-central-1.rds.amazonaws.com',
      port: 5432,
      portName: 'postgres',
      cidrs: ['10.20.0.0/24'],
      composeStandIn: 'database-stand-in',
    });
    const redis = new Redis(this, 'redis', { evictionPolicy: 'noeviction' });

    const connections = {
      DATABASE_URL: database.endpoint.url({ scheme: 'postgresql', user: 'shop', path: '/shop' }),
      PGPASSWORD: EnvValue.fromSecret('DATABASE_PASSWORD'),
      REDIS_URL: redis.url(),
      REDIS_PASSWORD: redis.password,
    };
    const api = new Service(this, 'api', {
      image: imageOf('api'),
      env: { ...connections, LOG_FORMAT: EnvValue.fromValue('json') },
      ports: [{ name: 'http', port: 8080 }],
      health: {
        readiness: { httpPath: '/ready', periodSeconds: 5 },
        liveness: { httpPath: '/alive', periodSeconds: 20 },
      },
      runAs: { uid: 10001, httpClient: 'wget' },
      resources: { cpuRequest: '250m', cpuLimit: '1', memoryRequest: '256Mi', memoryLimit: '512Mi' },
      autoscaling: { minReplicas: 2, maxReplicas: 6 },
      migrate: { command: ['shop-api', 'migrate'] },
      metricsPort: 'http',
    });
    new Service(this, 'worker', {
      image: imageOf('worker'),
      env: connections,
      // It talks to the payment provider, and to nobody else outside.
      internet: true,
      replicas: 2,
      runAs: { uid: 10001 },
      graceSeconds: 120,
    });
    const web = new Service(this, 'web', {
      image: imageOf('web'),
      env: { API_URL: api.endpoint.url() },
      ports: [{ name: 'http', port: 3000 }],
      health: {
        readiness: { httpPath: '/', periodSeconds: 10 },
        liveness: { tcp: true, periodSeconds: 20 },
      },
      runAs: { uid: 10001, httpClient: 'node' },
      replicas: 2,
    });
    new Service(this, 'invoices', {
      image: imageOf('worker'),
      command: ['shop-worker', 'send-invoices'],
      env: connections,
      workload: 'cron-job',
      schedule: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      runAs: { uid: 10001 },
    });

    new Exposure(this, 'exposure', {
      className: 'traefik',
      tls: { issuer: 'letsencrypt' },
      routes: [
        { host: 'shop.example.com', path: '/', to: web.endpoint },
        { host: 'shop.example.com', path: '/api', to: api.endpoint },
      ],
    });
  }
}

const app = new App();
new Shop(app, 'shop');

if (require.main === module) app.synth();

export default app;
