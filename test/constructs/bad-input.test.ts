import { App, Chart } from 'cdk8s';
import type { Issue } from '../../lib/model/issues';
import { formatIssue, TarsError } from '../../lib/model/issues';
import { Exposure } from '../../lib/constructs/exposure';
import { GuardRails } from '../../lib/constructs/guard-rails';
import { Postgres } from '../../lib/constructs/postgres';
import { Service } from '../../lib/constructs/service';
import { SystemSettings } from '../../lib/constructs/settings';
import { checkSystem, ref } from '../../lib/constructs/system';
import { TarsChart } from '../../lib/constructs/tars-chart';
import type { ServiceProps } from '../../lib/model/service-props';
import { EnvValue } from '../../lib/model/value';
import { synthesize } from '../../lib/synth';

/** Props as JavaScript may hand them in. */
const js = (props: unknown): ServiceProps => props as ServiceProps;
const WEB: ServiceProps = { image: 'web:1', ports: [{ name: 'http', port: 80 }] };

type Row = readonly [
  mistake: string,
  build: (chart: Chart) => unknown,
  expected: {
    readonly code: Issue['code'];
    readonly path: string;
    readonly given?: RegExp;
    readonly allowed?: RegExp;
    readonly remedy: RegExp;
  },
];

const service = (props: unknown) => (chart: Chart) => {
  new Service(chart, 'web', js(props));
};

const TABLE: readonly Row[] = [
  [
    'an unknown property',
    service({ ...WEB, replica: 2 }),
    { code: 'TARS1001', path: 'shop/web.replica', given: /2/, allowed: /replicas/, remedy: /did you mean "replicas"/ },
  ],
  [
    'a misspelt nested property',
    service({ ...WEB, health: { readyness: { tcp: true } } }),
    { code: 'TARS1001', path: 'shop/web.health.readyness', given: /tcp/, allowed: /readiness/, remedy: /"readiness"/ },
  ],
  [
    'a misspelt property of a ready-made service',
    (c) => new Postgres(c, 'db', { databse: 'x' } as object),
    { code: 'TARS1001', path: 'shop/db.databse', given: /x/, allowed: /database/, remedy: /"database"/ },
  ],
  [
    'a wrong type',
    service({ ...WEB, replicas: '3' }),
    { code: 'TARS1002', path: 'shop/web.replicas', given: /"3"/, allowed: /whole number/, remedy: /replicas/ },
  ],
  [
    'a name that is no DNS label',
    service({ ...WEB, name: 'Web_App' }),
    { code: 'TARS1003', path: 'shop/web.name', given: /Web_App/, allowed: /lower-case/, remedy: /name/ },
  ],
  [
    'a name too long once prefixed',
    service({ ...WEB, name: 'w'.repeat(50) }),
    { code: 'TARS1003', path: 'shop/web.name', given: /www/, allowed: /at most 47/, remedy: /name/ },
  ],
  [
    'two services with one name',
    (c) => {
      service(WEB)(c);
      new Service(c, 'other', { ...WEB, name: 'web' });
    },
    { code: 'TARS1004', path: 'shop/web', given: /web/, allowed: /of its own/, remedy: /id or name/ },
  ],
  [
    'one port twice',
    service({
      ...WEB,
      ports: [
        { name: 'http', port: 80 },
        { name: 'more', port: 80 },
      ],
    }),
    { code: 'TARS1005', path: 'shop/web.ports[1]', given: /more 80/, allowed: /once/, remedy: /another/ },
  ],
  [
    'one port name twice',
    service({
      ...WEB,
      ports: [
        { name: 'http', port: 80 },
        { name: 'http', port: 81 },
      ],
    }),
    { code: 'TARS1005', path: 'shop/web.ports[1]', given: /http 81/, allowed: /once/, remedy: /another/ },
  ],
  [
    'a port out of range',
    service({ ...WEB, ports: [{ name: 'http', port: 70_000 }] }),
    { code: 'TARS1006', path: 'shop/web.ports[0].port', given: /70000/, allowed: /65535/, remedy: /range/ },
  ],
  [
    'a link to nothing',
    (c) => new Service(c, 'web', { ...WEB, connectTo: [ref(c, 'nobody', 'http')] }),
    { code: 'TARS2001', path: 'shop/web', given: /nobody/, allowed: /web/, remedy: /declare/ },
  ],
  [
    'a link to a port that is not there',
    (c) => {
      service(WEB)(c);
      new Service(c, 'api', { ...WEB, connectTo: [ref(c, 'web', 'grpc')] });
    },
    { code: 'TARS2001', path: 'shop/api', given: /grpc/, allowed: /http/, remedy: /port/ },
  ],
  [
    'a cycle of waits',
    (c) => {
      new Service(c, 'a', { ...WEB, connectTo: [ref(c, 'b', 'http')] });
      new Service(c, 'b', { ...WEB, connectTo: [ref(c, 'a', 'http')] });
    },
    {
      code: 'TARS2002',
      path: 'shop/a',
      given: /shop\/a → shop\/b → shop\/a/,
      allowed: /cycle/,
      remedy: /waitFor\("none"\)/,
    },
  ],
  [
    'a healthy wait without a check',
    (c) => {
      const web = new Service(c, 'web', WEB);
      new Service(c, 'api', { ...WEB, connectTo: [web.endpoint.waitFor('healthy')] });
    },
    { code: 'TARS2003', path: 'shop/api', given: /healthy/, allowed: /started/, remedy: /readiness/ },
  ],
  [
    'requests above limits',
    service({ ...WEB, resources: { cpuRequest: '2', cpuLimit: '1' } }),
    {
      code: 'TARS1011',
      path: 'shop/web.resources.cpuRequest',
      given: /"2" above "1"/,
      allowed: /cpuLimit/,
      remedy: /raise cpuLimit/,
    },
  ],
  [
    'minReplicas above maxReplicas',
    service({ ...WEB, autoscaling: { minReplicas: 5, maxReplicas: 2 } }),
    {
      code: 'TARS1012',
      path: 'shop/web.autoscaling.minReplicas',
      given: /5 above 2/,
      allowed: /maxReplicas/,
      remedy: /lower/,
    },
  ],
  [
    'replicas beside autoscaling',
    service({ ...WEB, replicas: 2, autoscaling: {} }),
    { code: 'TARS1013', path: 'shop/web.replicas', given: /2/, allowed: /either/, remedy: /minReplicas/ },
  ],
  [
    'an image without a tag',
    service({ image: 'web' }),
    { code: 'TARS1008', path: 'shop/web.image', given: /"web"/, allowed: /tag/, remedy: /version/ },
  ],
  [
    'an image with latest',
    service({ image: 'registry.example.org:5000/web:latest' }),
    { code: 'TARS1008', path: 'shop/web.image', given: /latest/, allowed: /tag/, remedy: /version/ },
  ],
  [
    'neither image nor build',
    service({}),
    { code: 'TARS1016', path: 'shop/web', given: /neither/, allowed: /build/, remedy: /one of them/ },
  ],
  [
    'a host that is no host',
    (c) => new Exposure(c, 'door', { routes: [{ host: 'https://x.org/', to: new Service(c, 'web', WEB).endpoint }] }),
    { code: 'TARS1009', path: 'shop/door.routes[0].host', given: /https/, allowed: /labels/, remedy: /host alone/ },
  ],
  [
    'a storage size of 10GB',
    (c) => new Postgres(c, 'db', { storage: '10GB' }),
    { code: 'TARS1010', path: 'shop/db.storage', given: /10GB/, allowed: /10Gi/, remedy: /Mi, Gi or Ti/ },
  ],
  [
    'a storage size of -1',
    (c) => new Postgres(c, 'db', { storage: -1 } as object),
    { code: 'TARS1010', path: 'shop/db.storage', given: /-1/, allowed: /10Gi/, remedy: /Mi, Gi or Ti/ },
  ],
  [
    'a field that the version does not have',
    service({ image: 'job:1', workload: 'cron-job', schedule: '0 1 * * *', timeZone: 'Europe/Rome' }),
    { code: 'TARS1018', path: 'shop/web.timeZone', given: /Rome/, allowed: /1\.27/, remedy: /kubernetesVersion/ },
  ],
  [
    'a version out of range',
    (c) => {
      service(WEB)(c);
      new SystemSettings(c, 'settings', { kubernetesVersion: '1.38' });
    },
    { code: 'TARS1017', path: 'shop.kubernetesVersion', given: /1\.38/, allowed: /1\.25/, remedy: /kubectl version/ },
  ],
  [
    'a NUL in a value',
    service({ ...WEB, env: { A: EnvValue.fromValue('a\0b') } }),
    { code: 'TARS1007', path: 'shop/web.env.A', given: /u0000/, allowed: /NUL/, remedy: /base64/ },
  ],
  [
    'half a surrogate pair',
    service({ ...WEB, env: { A: EnvValue.fromValue('\ud800') } }),
    { code: 'TARS1007', path: 'shop/web.env.A', allowed: /surrogate/, remedy: /base64/ },
  ],
  [
    'a plain string as a value',
    service({ ...WEB, env: { A: 'x' } }),
    {
      code: 'TARS1002',
      path: 'shop/web.env.A',
      given: /"x"/,
      allowed: /EnvValue/,
      remedy: /EnvValue\.fromValue\("x"\)/,
    },
  ],
  [
    'a variable that no shell knows',
    service({ ...WEB, env: { '1-A': EnvValue.fromValue('x') } }),
    { code: 'TARS1007', path: 'shop/web.env["1-A"]', given: /1-A/, allowed: /letters/, remedy: /rename/ },
  ],
  [
    'a cron schedule of four fields',
    service({ image: 'job:1', workload: 'cron-job', schedule: '0 1 * *' }),
    { code: 'TARS1015', path: 'shop/web.schedule', given: /0 1/, allowed: /five fields/, remedy: /five/ },
  ],
  [
    'a relative mount',
    service({ ...WEB, volumes: [{ name: 'data', mountPath: 'data' }] }),
    { code: 'TARS1014', path: 'shop/web.volumes[0].mountPath', given: /data/, allowed: /"\/"/, remedy: /whole path/ },
  ],
  [
    'no CIDR block',
    service({ ...WEB, access: { kind: 'load-balancer', allowedCidrs: ['10.0.0.1'] } }),
    {
      code: 'TARS1019',
      path: 'shop/web.access.allowedCidrs[0]',
      given: /10\.0\.0\.1/,
      allowed: /prefix/,
      remedy: /\/32/,
    },
  ],
  [
    'a quota that is too small, with the arithmetic',
    (c) => {
      service({ ...WEB, replicas: 4 })(c);
      new GuardRails(c, 'rails', { cpuLimits: '1' });
    },
    { code: 'TARS2006', path: 'shop/rails.cpuLimits', given: /1/, allowed: /2500m/, remedy: /raise/ },
  ],
  [
    'one host port twice',
    (c) => {
      new Service(c, 'a', { image: 'a:1', ports: [{ name: 'http', port: 80, publish: 8080 }] });
      new Service(c, 'b', { image: 'b:1', ports: [{ name: 'http', port: 80, publish: 8080 }] });
    },
    { code: 'TARS2004', path: 'shop/b.ports[0].publish', given: /8080/, allowed: /once/, remedy: /another port/ },
  ],
  [
    'too few connections',
    (c) => {
      const db = new Postgres(c, 'db', { maxConnections: 10 });
      new Service(c, 'api', { ...WEB, connections: { opensPerReplica: 20, to: db.endpoint } });
    },
    { code: 'TARS2007', path: 'shop/db.maxConnections', given: /10/, allowed: /43/, remedy: /raise/ },
  ],
];

function chartWith(build: (chart: Chart) => unknown): { app: App; chart: Chart } {
  const app = new App({ outdir: '/nonexistent/never/written/dist' });
  const chart = new Chart(app, 'shop');
  build(chart);
  return { app, chart };
}

describe('bad input', () => {
  it.each(TABLE)('%s', (_, build, { code, path, given, allowed, remedy }) => {
    const { chart } = chartWith(build);
    const issues = checkSystem(chart).filter((issue) => issue.severity === 'error');
    const issue = issues.find((i) => i.code === code && i.path === path);
    expect(issue === undefined ? issues.map(formatIssue) : issue).toMatchObject({ code, path });
    expect(issue?.given).toMatch(given ?? /./);
    expect(issue?.allowed).toMatch(allowed ?? /./);
    expect(issue?.remedy).toMatch(remedy);
  });

  it('is shown all together, and nothing is written', () => {
    const { app } = chartWith((chart) => {
      new Service(chart, 'a', js({ image: 'a', replica: 1 }));
      new Service(chart, 'b', { image: 'b:1', connectTo: [ref(chart, 'nobody', 'http')] });
    });
    let thrown: unknown;
    try {
      synthesize(app);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TarsError);
    const codes = thrown instanceof TarsError ? thrown.issues.map((issue) => issue.code) : [];
    expect(codes.sort()).toEqual(['TARS1001', 'TARS1008', 'TARS2001']);
  });

  it('is shown by stock cdk8s as well', () => {
    const { app } = chartWith(service({ image: 'web:latest' }));
    expect(() => {
      app.synth();
    }).toThrow(/TARS1008 shop\/web\.image/);
  });

  it('has no quarrel with the stack as shipped', () => {
    const chart = new TarsChart(new App(), 'tars');
    expect(checkSystem(chart).filter((issue) => issue.severity === 'error')).toEqual([]);
  });
});
