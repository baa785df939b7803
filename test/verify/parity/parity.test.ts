import { App, Chart } from 'cdk8s';
import type { ServiceProps } from 'cdk8s-tars';
import { EnvValue, ExternalService, ref, Service, subjectOf, TarsChart } from 'cdk8s-tars';
import environments from '../../../examples/environments/main';
import notes from '../../../examples/one-construct-in-plus-33/main';
import shop from '../../../examples/shop/main';
import { ALLOWED } from '../../../lib/verify/parity/allowed';
import { comparisons, parity } from '../../../lib/verify/parity/parity';
import type { Subject } from '../../../lib/verify/proof';
import { setCompose, setField } from '../mutations/edit';

/** What neither the stack nor an example has. */
function others(): App {
  const app = new App();
  const chart = new Chart(app, 'others', { namespace: 'others' });
  const data = new Chart(app, 'data', { namespace: 'data' });
  const http = [{ name: 'http', port: 80 }];
  const db = new Service(data, 'db', {
    image: 'db:1',
    workload: 'stateful-set',
    ports: [{ name: 'db', port: 5432 }],
    // No client for it is in the image.
    health: { readiness: { tcp: true } },
    volumes: [{ name: 'data', mountPath: '/data', composeMountPath: '/var/data', size: '1Gi' }],
  });
  const python = new Service(chart, 'python', {
    image: 'python:1',
    ports: http,
    health: { readiness: { tcp: true } },
    runAs: { httpClient: 'python' },
    connectTo: [db.endpoint],
  });
  const node = new Service(chart, 'node', {
    image: 'node:1',
    ports: [...http, { name: 'udp', port: 53, protocol: 'UDP', publish: 5353 }],
    health: { readiness: { tcp: true }, compose: { httpPath: '/alive' } },
    runAs: { httpClient: 'node', readOnlyRoot: false },
    connectTo: [python.endpoint.waitFor('started')],
    tasks: [{ name: 'fill', command: ['fill'], env: { TARGET: ref(chart, 'node', 'http').url() } }],
  });
  new Service(chart, 'web', {
    image: 'web:1',
    ports: http,
    internet: true,
    gpu: {},
    env: {
      NODE: node.endpoint.url(),
      DB: db.endpoint.address(),
      KEY: EnvValue.fromSecret('key', { secretName: 'their' }),
    },
    health: { readiness: { httpPath: '/' } },
    runAs: { httpClient: 'curl' },
    volumes: [{ name: 'cache', kind: 'scratch', mountPath: '/cache', size: '32Mi' }],
    allowFrom: [{ namespace: 'elsewhere' }],
    connectTo: [new ExternalService(chart, 'mail', { host: 'mail.example.com', port: 25 }).endpoint],
  });
  return app;
}

/** A service that HTTP asks on Kubernetes, in an image of which no client for it is known, and who waits for it. */
function asked(client: Pick<ServiceProps, 'runAs'> = {}): Subject {
  const app = new App();
  const chart = new Chart(app, 'asked', { namespace: 'asked' });
  const http = [{ name: 'http', port: 8080 }];
  const api = new Service(chart, 'api', {
    image: 'api:1',
    ports: http,
    health: { readiness: { httpPath: '/' } },
    ...client,
  });
  new Service(chart, 'web', {
    image: 'web:1',
    ports: http,
    env: { API: api.endpoint.url() },
    tasks: [{ name: 'fill', command: ['fill'], env: { API: api.endpoint.url() } }],
  });
  return subjectOf(app);
}

function stack(props: ConstructorParameters<typeof TarsChart>[2] = {}): Subject {
  const app = new App();
  new TarsChart(app, 'tars', props);
  return subjectOf(app);
}

const CORPUS: readonly (readonly [name: string, subject: Subject])[] = [
  ['the stack', stack({ models: ['llama3.2:1b'] })],
  ['the stack in production', stack({ environment: 'production' })],
  ['examples/environments', subjectOf(environments)],
  ['examples/one-construct-in-plus-33', subjectOf(notes)],
  ['examples/shop', subjectOf(shop)],
  ['what they do not have', subjectOf(others())],
  ['a check by HTTP without a client', asked()],
];

describe('the table of differences that are meant', () => {
  const used = new Set(
    CORPUS.flatMap(([, { emitted, systems }]) => comparisons(emitted, systems)).flatMap(({ allowed }) =>
      allowed.map(({ by }) => by.name),
    ),
  );

  test.each(CORPUS)('%s: nothing else differs', (_, subject) => {
    expect(parity.prove(subject)).toEqual([]);
    expect(comparisons(subject.emitted, subject.systems).every(({ compared }) => compared > 0)).toBe(true);
  });

  test('has no row that nothing needs any more', () => {
    expect(ALLOWED.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });

  test('a check by HTTP and who waits for it differ for want of a client alone', () => {
    const names = ({ emitted, systems }: Subject): readonly string[] => [
      ...new Set(comparisons(emitted, systems).flatMap(({ allowed }) => allowed.map(({ by }) => by.name))),
    ];
    const rows = ['a check that nobody can ask', 'waiting for a start'];
    expect(names(asked())).toEqual(expect.arrayContaining(rows));
    const withClient = asked({ runAs: { httpClient: 'curl' } });
    expect(names(withClient).filter((name) => rows.includes(name))).toEqual([]);
    expect(parity.prove(withClient)).toEqual([]);
  });

  test('has a name of its own and a reason for each row', () => {
    expect(new Set(ALLOWED.map(({ name }) => name)).size).toBe(ALLOWED.length);
    for (const { reason } of ALLOWED) expect(reason.length).toBeGreaterThan(20);
  });

  test('in production no row about development is needed', () => {
    const { emitted, systems } = stack({ environment: 'production' });
    const names = comparisons(emitted, systems).flatMap(({ allowed }) => allowed.map(({ by }) => by.name));
    expect(names.filter((name) => name.startsWith('development'))).toEqual([]);
    expect(names).toContain('host names in variables');
  });
});

describe('what is meant is meant exactly', () => {
  const subject = stack();
  const services = (name: string, ...rest: (string | number)[]): (string | number)[] => ['services', name, ...rest];
  const POD = ['spec', 'template', 'spec'];

  test.each<[what: string, steps: (string | number)[], value: string]>([
    ['a development target of another name', services('frontend', 'image'), 'tars-frontend:0.1.0-dev'],
    ['another development command', services('frontend', 'command', 0), 'npm'],
    ['sources of another directory', services('frontend', 'volumes', 0, 'source'), '../app/other'],
    ['sources that can be written', services('frontend', 'volumes', 0, 'read_only'), ''],
    ['another development memory', services('frontend', 'deploy', 'resources', 'limits', 'memory'), '2048M'],
    ['a CPU limit that is not the same', services('backend', 'deploy', 'resources', 'limits', 'cpus'), '1.5'],
    ['a host name of another service', services('frontend', 'environment', 'API_PROXY_TARGET'), 'http://cache:8000'],
    ['another port of the host', services('frontend', 'environment', 'API_PROXY_TARGET'), 'http://backend:8001'],
    ['another user', services('ollama', 'user'), '1:1'],
    ['a check that is not the one of the model', services('ollama', 'healthcheck', 'test', 2), 'ps'],
    ['a size of a tmpfs', services('cache', 'tmpfs', 0), '/run/redis:size=2m,mode=1777'],
  ])('%s is a difference', (_, steps, value) => {
    const emitted = setCompose(subject.emitted, steps, value);
    expect(parity.prove({ ...subject, emitted })).toHaveLength(1);
  });

  test('a CPU limit that is the same on both is none', () => {
    const emitted = setCompose(subject.emitted, services('backend', 'deploy', 'resources', 'limits', 'cpus'), '2');
    expect(parity.prove({ ...subject, emitted })).toEqual([]);
  });

  test('a variable of the pod that hides the one of the ConfigMap', () => {
    const emitted = setField(subject.emitted, 'Deployment/tars-backend', [...POD, 'containers', 0, 'env', 4], {
      name: 'LOG_FORMAT',
      value: 'text',
    });
    expect(parity.prove({ ...subject, emitted })).toMatchObject([
      {
        code: 'TARS6404',
        path: 'Deployment/tars-backend.spec.template.spec.containers[0].env[4]',
        given: 'Kubernetes: text; Compose: json (compose/docker-compose.yml services.backend.environment.LOG_FORMAT)',
      },
    ]);
  });

  test("an override of the user's is found, with both paths", () => {
    const app = new App();
    new Service(new Chart(app, 'shop'), 'web', {
      image: 'web:1',
      env: { MODE: EnvValue.fromValue('fast') },
      override: { compose: { environment: { MODE: 'slow' } } },
    });
    expect(parity.prove(subjectOf(app))).toMatchObject([
      {
        code: 'TARS6404',
        severity: 'warning',
        path: 'Deployment/shop-web.spec.template.spec.containers[0].env[0]',
        given: 'Kubernetes: fast; Compose: slow (compose/docker-compose.yml services.web.environment.MODE)',
      },
    ]);
  });
});

test('texts that both targets have to escape arrive the same', () => {
  const app = new App();
  const chart = new Chart(app, 'shop');
  const text = (value: string): EnvValue => EnvValue.fromValue(value);
  new Service(chart, 'web', {
    image: 'web:1',
    command: ['sh', '-c', 'echo $HOME $$ $(A) ${A:-b} "$(date)"'],
    env: {
      A: text('$(B) $$(B) ${B} $B $$'),
      B: text('b'),
      PASSWORD: EnvValue.fromSecret('KEY'),
      URL: EnvValue.concat(text('postgres://u:'), EnvValue.fromSecret('KEY'), text('@host/$db')),
      OTHER: EnvValue.fromSecret('tls.key', { secretName: 'theirs' }),
    },
  });
  const subject = subjectOf(app);
  expect(parity.prove(subject)).toEqual([]);
  const value = subject.emitted.compose[0]?.compose['services'];
  expect(JSON.stringify(value)).toContain('$$(B) $$$$(B) $${B} $$B $$$$');
});
