import { ApiObject, App, Chart } from 'cdk8s';
import { ConfigMap, Deployment, EnvValue, Probe, Secret, Service } from 'cdk8s-plus-33';
import type { IConfigMap } from 'cdk8s-plus-33';
import { Postgres, systemOf } from 'cdk8s-tars';
import type { Construct } from 'constructs';

/**
 * A chart that somebody wrote with cdk8s-plus-33, and one construct of ours in it. What the two have
 * to know of each other are names, numbers and labels.
 */
class Notes extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'notes' });

    // The database lets nobody in that the model does not know, so it is told who else comes.
    const labels = { part: 'web' };
    const db = new Postgres(this, 'db', {
      database: 'notes',
      user: 'notes',
      publish: 5434,
      allowFrom: [{ podLabels: labels }],
    });
    const host = ApiObject.of(db.node.findChild('service')).name;
    const port = db.spec.ports[0]?.number ?? 5432;
    // The Secret that `tars secrets init` fills: its name is the chart's id and "-secrets".
    const secretName = systemOf(db).secrets.find((secret) => secret.chart === this.node.path)?.name ?? '';

    // The cast is for exactOptionalPropertyTypes, under which cdk8s-plus does not match itself.
    const settings = new ConfigMap(this, 'settings', {
      data: { host, port: String(port), database: db.database, user: db.user },
    }) as IConfigMap;
    const secret = Secret.fromSecretName(this, 'secrets', secretName);
    const web = new Deployment(this, 'web', {
      replicas: 2,
      podMetadata: { labels },
      containers: [
        {
          image: 'ghcr.io/example/notes:2.0.1',
          portNumber: 8080,
          readiness: Probe.fromHttpGet('/ready'),
          envVariables: {
            PGHOST: EnvValue.fromConfigMap(settings, 'host'),
            PGPORT: EnvValue.fromConfigMap(settings, 'port'),
            PGDATABASE: EnvValue.fromConfigMap(settings, 'database'),
            PGUSER: EnvValue.fromConfigMap(settings, 'user'),
            PGPASSWORD: EnvValue.fromSecretValue({ secret, key: db.passwordKey }),
          },
        },
      ],
    });
    new Service(this, 'web-service', { selector: web, ports: [{ port: 80, targetPort: 8080 }] });
  }
}

const app = new App();
new Notes(app, 'notes');

if (require.main === module) app.synth();

export default app;
