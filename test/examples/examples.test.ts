import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { formatIssue, synthesize, TarsChart } from 'cdk8s-tars';
import environments, { environments as others } from '../../examples/environments/main';
import notes from '../../examples/one-construct-in-plus-33/main';
import shop from '../../examples/shop/main';
import tars from '../../examples/tars-from-constructs/main';
import { composeOf, inEmptyDirectory, manifestsOf, objectOf, pick } from './run';
import type { Files } from './run';

const EXAMPLES: Readonly<Record<string, readonly App[]>> = {
  environments: [environments, ...Object.values(others)],
  'one-construct-in-plus-33': [notes],
  shop: [shop],
  'tars-from-constructs': [tars],
};
const FOLDER = join(__dirname, '../../examples');

/** Everything that `tars synth` writes of these apps. */
function filesOf(apps: readonly App[]): Files {
  return inEmptyDirectory(() => {
    for (const app of apps) synthesize(app);
  }).files;
}

describe('examples', () => {
  test('are these', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(EXAMPLES).sort());
    for (const name of Object.keys(EXAMPLES)) expect(existsSync(join(FOLDER, name, 'README.md'))).toBe(true);
  });

  test.each(Object.entries(EXAMPLES))('%s: stock synth writes the same manifests, and nothing else', (_, apps) => {
    const ours = filesOf(apps);
    const stock = inEmptyDirectory(() => {
      for (const app of apps) app.synth();
    }).files;
    expect(Object.keys(stock).length).toBeGreaterThan(0);
    expect(stock).toEqual(pick(ours, /^dist\/.*\.k8s\.yaml$/));
  });

  test.each(Object.entries(EXAMPLES))('%s: nothing is wrong with it', (_, apps) => {
    const { result } = inEmptyDirectory(() => apps.flatMap((app) => synthesize(app, { dryRun: true }).issues));
    expect(result.filter((issue) => issue.severity === 'error').map(formatIssue)).toEqual([]);
  });
});

describe('tars-from-constructs', () => {
  const app = new App();
  new TarsChart(app, 'tars');
  const [ours, theirs] = [filesOf([tars]), filesOf([app])];

  test('is the stack of TarsChart: every object, byte for byte', () => {
    const objects = (files: Files): string[] => files['dist/tars.k8s.yaml']?.split(/^---\n/m).sort() ?? [];
    expect(objects(ours)).toEqual(objects(theirs));
    expect(objects(ours).length).toBeGreaterThan(50);
  });

  test('and every other file', () => {
    const others = /^(?!dist\/tars\.k8s\.yaml$)/;
    expect(pick(ours, others)).toEqual(pick(theirs, others));
  });
});

describe('shop', () => {
  const files = filesOf([shop]);
  const manifests = manifestsOf(files, 'dist/shop.k8s.yaml');
  const compose = composeOf(files);

  test('has its database outside, in the addresses where it is', () => {
    const workloads = manifests.filter((one) => ['Deployment', 'StatefulSet', 'CronJob'].includes(one.kind));
    expect(workloads.map((one) => `${one.kind}/${one.metadata.name}`).sort()).toEqual([
      'CronJob/shop-invoices',
      'Deployment/shop-api',
      'Deployment/shop-web',
      'Deployment/shop-worker',
      'StatefulSet/shop-redis',
    ]);
    expect(objectOf(manifests, 'NetworkPolicy', 'shop-worker-egress').spec).toMatchObject({
      egress: expect.arrayContaining([
        { to: [{ ipBlock: { cidr: '10.20.0.0/24' } }], ports: [{ port: 5432, protocol: 'TCP' }] },
      ]) as unknown,
    });
    expect(files['dist/shop.k8s.yaml']).toContain('postgresql://shop@shop.cluster-c1example.');
  });

  test('has a Postgres in its place on Compose', () => {
    expect(compose.services['database']?.image).toMatch(/^postgres:/);
    expect(compose.services['api']?.environment).toMatchObject({
      DATABASE_URL: 'postgresql://shop@database:5432/shop',
    });
    expect(compose.services['api']?.depends_on).toMatchObject({ database: { condition: 'service_healthy' } });
  });

  test('sends its invoices at night, by the clock of one place', () => {
    expect(objectOf(manifests, 'CronJob', 'shop-invoices').spec).toMatchObject({
      schedule: '30 2 * * *',
      timeZone: 'Europe/Berlin',
    });
    expect(compose.services['invoices']?.profiles).toEqual(['jobs']);
  });
});

describe('one-construct-in-plus-33', () => {
  const files = filesOf([notes]);
  const manifests = manifestsOf(files, 'dist/notes.k8s.yaml');

  test('the foreign Deployment finds the database', () => {
    const settings = manifests.find((one) => one.kind === 'ConfigMap');
    expect(settings?.data).toEqual({ host: 'notes-db', port: '5432', database: 'notes', user: 'notes' });
    expect(objectOf(manifests, 'Service', 'notes-db').spec).toMatchObject({ ports: [{ port: 5432 }] });
    const secretKeyRef = JSON.stringify({ key: 'DB_PASSWORD', name: 'notes-secrets' });
    const database = objectOf(manifests, 'StatefulSet', 'notes-db');
    const foreign = manifests.find((one) => one.kind === 'Deployment');
    for (const workload of [database, foreign]) expect(JSON.stringify(workload)).toContain(secretKeyRef);
  });

  test('and is let in by the policy', () => {
    const policies = manifests.filter((one) => one.kind === 'NetworkPolicy');
    expect(policies.map((one) => one.spec as object)).toMatchObject([
      {
        podSelector: { matchLabels: { app: 'notes', component: 'db' } },
        ingress: [
          {
            from: [{ podSelector: { matchLabels: { part: 'web' } } }],
            ports: [{ port: 5432, protocol: 'TCP' }],
          },
        ],
      },
      { podSelector: { matchLabels: { app: 'notes', component: 'db' } }, policyTypes: ['Egress'] },
    ]);
    const foreign = manifests.find((one) => one.kind === 'Deployment');
    expect(foreign?.spec).toMatchObject({ template: { metadata: { labels: { part: 'web' } } } });
  });

  test('the compose half is the database alone', () => {
    expect(Object.keys(composeOf(files).services)).toEqual(['db']);
  });
});

describe('environments', () => {
  const files = filesOf(EXAMPLES['environments'] ?? []);
  const production = manifestsOf(files, 'dist/tars.k8s.yaml');
  const staging = manifestsOf(files, 'dist/staging/tars.k8s.yaml');

  test.each([
    ['production', production, 'tars', 'api.tars.example.com'],
    ['staging', staging, 'tars-staging', 'api.staging.tars.example.com'],
  ])('%s has a namespace and hosts of its own', (_, manifests, namespace, host) => {
    expect(new Set(manifests.map((one) => one.metadata.namespace ?? one.metadata.name))).toEqual(new Set([namespace]));
    expect(objectOf(manifests, 'Ingress', 'tars-ingress').spec).toMatchObject({
      rules: expect.arrayContaining([expect.objectContaining({ host })]) as unknown,
    });
  });

  test('staging is smaller, and its replicas stay as they are', () => {
    const autoscalers = (manifests: typeof production): number =>
      manifests.filter((one) => one.kind === 'HorizontalPodAutoscaler').length;
    expect([autoscalers(production), autoscalers(staging)]).toEqual([1, 0]);
    expect(objectOf(staging, 'Deployment', 'tars-backend').spec).toMatchObject({ replicas: 1 });
    expect(Object.keys(composeOf(files, 'compose/staging/docker-compose.yml').services)).not.toContain('adminer');
  });

  test('each is for a server of its own version', () => {
    const tolerance = (text: string | undefined): boolean => text?.includes('tolerance:') ?? false;
    expect(tolerance(files['dist/tars.k8s.yaml'])).toBe(true);
    expect(tolerance(files['dist/staging/tars.k8s.yaml'])).toBe(false);
  });
});
