import * as fc from 'fast-check';
import { load } from 'js-yaml';
import type { ComposeService } from '../../lib/compose/compose-file';
import { renderCompose } from '../../lib/compose/render-compose';
import { composeYaml } from '../../lib/compose/yaml';
import { renderNginx } from '../../lib/gateway/render-nginx';
import type { PortProps, ServiceProps } from '../../lib/model/service-props';
import { assembleSystem } from '../../lib/model/system-model';
import { EnvValue } from '../../lib/model/value';
import type { SystemSketch } from '../support/builders';
import { anEndpoint, anExposure, anExternal, aService, aSystem } from '../support/builders';
import { interpolate } from '../support/compose-reader';
import { tarsModel } from '../support/tars-model';

const HTTP: readonly PortProps[] = [{ name: 'http', port: 80 }];

/** The only service of a system with these props. */
function rendered(props: ServiceProps, sketch: SystemSketch = {}): ComposeService {
  const { file } = renderCompose(aSystem({ ...sketch, services: [aService(props), ...(sketch.services ?? [])] }));
  return file.services[props.composeName ?? props.name ?? 'web'] ?? {};
}

describe('one field of a service', () => {
  const rows: readonly (readonly [string, ServiceProps, ComposeService])[] = [
    ['an image', { image: 'redis:7.4.6' }, { image: 'redis:7.4.6' }],
    ['pull policy Always', { pullPolicy: 'Always' }, { pull_policy: 'always' }],
    ['pull policy Never', { pullPolicy: 'Never' }, { pull_policy: 'never' }],
    ['profiles, sorted', { profiles: ['b', 'a'] }, { profiles: ['a', 'b'] }],
    ['an entry point', { entrypoint: ['/run', '$X'] }, { entrypoint: ['/run', '$$X'] }],
    ['a command', { command: ['--a', '$X'] }, { command: ['--a', '$$X'] }],
    ['labels', { name: 'web' }, { labels: { app: 'tars', component: 'web' } }],
    ['user and rights', {}, { user: '1000:1000', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }],
    ['another user on Compose', { runAs: { uid: 1000, composeUser: '0:0' } }, { user: '0:0' }],
    ['a root that may be written to', { runAs: { readOnlyRoot: false } }, { cap_drop: ['ALL'] }],
    ['a signal and a grace period', { stopSignal: 'SIGINT', graceSeconds: 120 }, { stop_signal: 'SIGINT', stop_grace_period: '120s' }],
    ['/tmp in memory', {}, { tmpfs: ['/tmp:size=64m,mode=1777'] }],
    ['restarts', {}, { restart: 'unless-stopped' }],
    ['nobody to talk to: no network', {}, { network_mode: 'none' }],
    ['the internet', { internet: true }, { networks: ['web-internet'] }],
    [
      'limits, and a share of the CPU',
      { resources: { cpuRequest: '500m', memoryRequest: '256Mi', memoryLimit: '1Gi' } },
      {
        cpu_shares: 512,
        deploy: {
          resources: {
            limits: { memory: '1024M', cpus: '${TARS_CPUS_WEB:-0}', pids: 2048 },
            reservations: { memory: '256M' },
          },
        },
      },
    ],
    [
      'a GPU',
      { gpu: { count: 2 } },
      {
        deploy: {
          resources: { reservations: { devices: [{ driver: 'nvidia', count: 2, capabilities: ['gpu'] }] } },
        },
      },
    ],
    [
      'a claim, where Compose mounts it elsewhere',
      { volumes: [{ name: 'data', mountPath: '/data', composeMountPath: '/var/data' }] },
      { volumes: [{ type: 'volume', source: 'web_data', target: '/var/data' }] },
    ],
    [
      'a claim that exists already: by its own name',
      { volumes: [{ name: 'data', mountPath: '/data', per: 'existing', claimName: 'shared' }] },
      { volumes: [{ type: 'volume', source: 'shared', target: '/data' }] },
    ],
    [
      'scratch in memory',
      { volumes: [{ name: 'run', mountPath: '/run/x', kind: 'memory', size: '1Mi' }] },
      { tmpfs: ['/run/x:size=1m,mode=1777', '/tmp:size=64m,mode=1777'] },
    ],
    [
      'scratch that Compose keeps',
      { volumes: [{ name: 'logs', mountPath: '/logs', kind: 'scratch', keepOnCompose: true }] },
      { volumes: [{ type: 'volume', source: 'web_logs', target: '/logs' }] },
    ],
    ['shared memory', { volumes: [{ name: 'shm', mountPath: '/dev/shm', kind: 'memory', size: '128Mi' }] }, { shm_size: '128m' }],
    [
      'a published port, on the loopback address',
      { ports: [{ name: 'http', port: 80, publish: 8080 }] },
      {
        ports: [{ target: 80, published: '8080', host_ip: '127.0.0.1', protocol: 'tcp' }],
        networks: ['web-published'],
      },
    ],
    [
      'a published port of UDP, on an address of the user',
      { ports: [{ name: 'dns', port: 53, protocol: 'UDP', publish: 5353, publishVia: 'gateway', publishAddress: '0.0.0.0' }] },
      { ports: [{ target: 53, published: '5353', host_ip: '0.0.0.0', protocol: 'udp' }] },
    ],
    ['no replicas', { replicas: 0 }, { deploy: { replicas: 0 } }],
  ];
  test.each(rows)('%s', (_, props, expected) => {
    expect(rendered(props)).toMatchObject(expected);
  });

  test('an absent field is not written at all', () => {
    const service = rendered({ runAs: { readOnlyRoot: false } });
    expect(Object.keys(service)).not.toEqual(expect.arrayContaining(['read_only']));
    for (const key of ['environment', 'ports', 'depends_on', 'healthcheck', 'profiles', 'command', 'volumes', 'tmpfs']) {
      expect(service).not.toHaveProperty(key);
    }
  });

  test('a service with access to the internet needs no network of its own for its published ports', () => {
    expect(rendered({ internet: true, ports: [{ name: 'http', port: 80, publish: 8080 }] }).networks).toEqual(['web-internet']);
  });
});

describe('environment', () => {
  const rows: readonly (readonly [string, EnvValue, string])[] = [
    ['a literal', EnvValue.fromValue('a$b'), 'a$$b'],
    ['a secret', EnvValue.fromSecret('KEY'), '${KEY:?copy compose/.env.example to compose/.env and set KEY there}'],
    [
      'a secret that may be empty',
      EnvValue.fromSecret('KEY', { mayBeEmpty: true }),
      '${KEY?copy compose/.env.example to compose/.env and set KEY there}',
    ],
    [
      'a key of somebody else\'s secret',
      EnvValue.fromSecret('db-password', { secretName: 'shop-db' }),
      '${SHOP_DB_DB_PASSWORD:?copy compose/.env.example to compose/.env and set SHOP_DB_DB_PASSWORD there}',
    ],
    ['a key that is no name of a variable', EnvValue.fromSecret('tls.key'), '${TLS_KEY:?copy compose/.env.example to compose/.env and set TLS_KEY there}'],
    [
      'a secret inside a URL',
      EnvValue.concat(EnvValue.fromValue('redis://:'), EnvValue.fromSecret('KEY'), EnvValue.fromValue('@x')),
      'redis://:${KEY:?copy compose/.env.example to compose/.env and set KEY there}@x',
    ],
    ['a URL', anEndpoint('redis', 'redis').url({ scheme: 'redis', user: 'u', path: '/0' }), 'redis://u@cache:6379/0'],
    ['an address', anEndpoint('redis', 'redis').address(), 'cache:6379'],
    ['a host', anEndpoint('redis', 'redis').host(), 'cache'],
    ['a port', anEndpoint('redis', 'redis').portNumber(), '6379'],
    ['all replicas', anEndpoint('redis', 'redis').replicas(), 'cache'],
  ];
  const redis: ServiceProps = { name: 'redis', composeName: 'cache', ports: [{ name: 'redis', port: 6379 }] };
  test.each(rows)('%s', (_, value, expected) => {
    expect(rendered({ env: { K: value } }, { services: [redis] }).environment).toEqual({ K: expected });
  });

  test('any text arrives in the process unchanged', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        (text) => {
          const { file } = renderCompose(aSystem({ services: [{ env: { K: EnvValue.fromValue(text) } }] }));
          const read = load(composeYaml(file)) as typeof file;
          expect(interpolate(read.services['web']?.environment?.['K'] ?? '', { KEY: 'wrong' })).toBe(text);
        },
      ),
    );
  });

  test('external hosts: as they are, as Compose sees them, or by a stand-in', () => {
    const host = (external: Parameters<typeof anExternal>[0]): unknown => {
      const externals = [anExternal({ name: 'db', host: 'db.example.com', ports: [{ name: 'http', number: 5432 }], ...external })];
      const standIn: ServiceProps = { name: 'fake', composeName: 'fake-db', ports: [{ name: 'other', port: 5432 }] };
      const service = rendered({ env: { K: anEndpoint('db').address() } }, { externals, services: [standIn] });
      return { value: service.environment?.['K'], hosts: service.extra_hosts, networks: service.networks };
    };
    expect(host({})).toEqual({ value: 'db.example.com:5432', hosts: undefined, networks: ['web-internet'] });
    expect(host({ composeHost: 'host.docker.internal' })).toEqual({
      value: 'host.docker.internal:5432',
      hosts: ['host.docker.internal:host-gateway'],
      networks: ['web-internet'],
    });
    expect(host({ composeStandIn: 'fake' })).toEqual({
      value: 'fake-db:5432',
      hosts: undefined,
      networks: ['web_fake-db'],
    });
  });
});

describe('links', () => {
  const server = (props: ServiceProps = {}): ServiceProps => ({ name: 'api', ports: HTTP, ...props });
  const checked: ServiceProps = { health: { readiness: { command: ['true'] } } };
  const unaskable: ServiceProps = { health: { readiness: { httpPath: '/' } } };

  test.each([
    ['healthy where there is a check', checked, undefined, { condition: 'service_healthy' }],
    ['started where there is none', {}, undefined, { condition: 'service_started' }],
    ['started where nobody in the image can ask', unaskable, undefined, { condition: 'service_started' }],
    ['started on request', checked, 'started', { condition: 'service_started' }],
    ['not at all on request', checked, 'none', undefined],
    ['not required when its profile may be off', { ...checked, profiles: ['x'] }, undefined, { condition: 'service_healthy', required: false }],
  ] as const)('a client waits: %s', (_, props, wait, expected) => {
    const service = rendered({ connectTo: [anEndpoint('api', 'http', wait)] }, { services: [server(props)] });
    expect(service.depends_on?.['api']).toEqual(expected);
    expect(service.networks).toEqual(['web_api']);
  });

  test.each([
    ['the same', ['x'], ['x'], undefined],
    ['one of several', ['x', 'y'], ['x'], undefined],
    ['too few', ['x'], ['x', 'y'], false],
    ['none of the server', [], ['x'], undefined],
  ] as const)('profiles of server and client: %s', (_, serverProfiles, profiles, required) => {
    const sketch = { services: [server({ ...checked, profiles: serverProfiles })] };
    const service = rendered({ connectTo: [anEndpoint('api')], profiles }, sketch);
    expect(service.depends_on?.['api']?.required).toBe(required);
  });

  test('every pair has a network of its own, that leads nowhere else', () => {
    const { file } = renderCompose(
      aSystem({
        services: [
          server(),
          { name: 'a', connectTo: [anEndpoint('api')] },
          { name: 'b', connectTo: [anEndpoint('api')], ports: [{ name: 'http', port: 80, publish: 81 }] },
        ],
      }),
    );
    expect(Object.fromEntries(Object.entries(file.services).map(([name, { networks }]) => [name, networks]))).toEqual({
      a: ['a_api'],
      api: ['a_api', 'b_api'],
      b: ['b-published', 'b_api'],
    });
    expect(file.networks).toEqual({
      a_api: { driver: 'bridge', internal: true },
      'b-published': { driver: 'bridge', driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } },
      b_api: { driver: 'bridge', internal: true },
    });
  });

  test('a link to itself needs nothing; a link to nothing is left to the rules', () => {
    const service = rendered({ connectTo: [anEndpoint('web'), anEndpoint('nobody')], ports: HTTP });
    expect(service).toMatchObject({ network_mode: 'none' });
    expect(service).not.toHaveProperty('depends_on');
  });

  test('of several links to one server the strongest condition counts', () => {
    const ports = [...HTTP, { name: 'other', port: 81 }];
    const connectTo = [anEndpoint('api', 'http', 'none'), anEndpoint('api', 'other')];
    expect(rendered({ connectTo }, { services: [server({ ...checked, ports })] }).depends_on).toEqual({
      api: { condition: 'service_healthy' },
    });
  });
});

describe('the whole file', () => {
  const options = { gatewayConfiguration: renderNginx(tarsModel()) };

  test('is the same whatever the order of declaration', () => {
    const model = tarsModel();
    const text = composeYaml(renderCompose(model, options).file);
    fc.assert(
      fc.property(fc.shuffledSubarray([...model.services], { minLength: model.services.length }), (services) => {
        expect(composeYaml(renderCompose(assembleSystem({ ...model, services }), options).file)).toBe(text);
      }),
      { numRuns: 20 },
    );
  });

  test('is named after the chart, its services sorted', () => {
    const { file } = renderCompose(tarsModel(), options);
    expect(file.name).toBe('tars');
    expect(Object.keys(file.services)).toEqual(Object.keys(file.services).sort());
  });

  test.each([
    ['the root chart', { path: 'shop', services: [aService({ name: 'a' }, { chart: 'shop', prefix: 'shop' })] }, 'shop'],
    ['the first chart where the root is the App', { path: '', services: [aService({}, { chart: 'b', prefix: 'b' }), aService({}, { chart: 'a', prefix: 'a' })] }, 'a'],
    ['a chart without a name', { path: '', services: [aService({}, { chart: '', prefix: '' })] }, 'app'],
  ])('named after %s', (_, sketch, expected) => {
    expect(renderCompose(aSystem(sketch)).file.name).toBe(expected);
  });

  test('the override is merged last, in the syntax of Compose', () => {
    const override = { compose: { restart: null, environment: { A: '${HOME}', B: null }, labels: { more: 'x' } } };
    const env = { B: EnvValue.fromValue('b'), C: EnvValue.fromValue('c') };
    const service = rendered({ env, override });
    expect(service).not.toHaveProperty('restart');
    expect(service.environment).toEqual({ C: 'c', A: '${HOME}' });
    expect(service.labels).toEqual({ app: 'tars', component: 'web', more: 'x' });
  });

  test('every service has a check, a memory limit, no capability and no new privileges', () => {
    for (const service of Object.values(renderCompose(tarsModel(), options).file.services)) {
      expect(service).toMatchObject({
        healthcheck: expect.any(Object) as unknown,
        deploy: { resources: { limits: { memory: expect.stringMatching(/^\d+M$/) as unknown } } },
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        read_only: true,
      });
    }
  });

  test('no port is open to the network', () => {
    const ports = Object.values(renderCompose(tarsModel(), options).file.services).flatMap(({ ports: p }) => p ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(new Set(ports.map((port) => port.host_ip))).toEqual(new Set(['127.0.0.1']));
  });

  test('configuration files are mounted from beside the file, and a change of one recreates the container', () => {
    const withFile = (content: string): ReturnType<typeof renderCompose> =>
      renderCompose(aSystem({ services: [{ files: [{ path: '/etc/x.conf', content: EnvValue.fromValue(content) }] }] }));
    const { file, files } = withFile('a$b');
    expect(files).toEqual([{ path: 'files/web/etc/x.conf', content: 'a$b' }]);
    expect(file.services['web']?.volumes).toEqual([
      { type: 'bind', source: './files/web/etc/x.conf', target: '/etc/x.conf', read_only: true, bind: { create_host_path: false } },
    ]);
    expect(file.services['web']?.labels).not.toEqual(withFile('other').file.services['web']?.labels);
  });

  test('an exposure alone makes a gateway', () => {
    const model = aSystem({ services: [{ ports: HTTP }], exposures: [anExposure()] });
    expect(Object.keys(renderCompose(model).file.services)).toEqual(['gateway', 'web']);
  });
});
