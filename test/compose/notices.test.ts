import { composeNotices } from '../../lib/compose/render-compose';
import { formatIssue } from '../../lib/model/issues';
import type { ServiceProps } from '../../lib/model/service-props';
import { EnvValue } from '../../lib/model/value';
import { anEndpoint, anExternal, aSystem } from '../support/builders';
import { tarsModel } from '../support/tars-model';

const OTHER: ServiceProps = { name: 'other', strategy: 'Recreate', ports: [{ name: 'http', port: 80 }] };

const messages = (props: ServiceProps): string[] =>
  composeNotices(aSystem({ services: [{ strategy: 'Recreate', ...props }, OTHER], externals: [anExternal()] }))
    .map((issue) => issue.message)
    .filter((message) => !message.endsWith('its own disk'));

describe('what Compose cannot express is told', () => {
  const check = { command: ['x'] };
  test.each<[string, ServiceProps, string[]]>([
    ['nothing', {}, []],
    ['liveness', { health: { liveness: check } }, ['compose cannot restart a container whose liveness check fails']],
    ['a rolling update', { strategy: 'RollingUpdate' }, ['compose cannot replace a container without a pause']],
    [
      'the size of a claim',
      { volumes: [{ name: 'a', mountPath: '/a' }] },
      ['compose cannot limit the size of a volume'],
    ],
    [
      'a claim for each replica',
      { workload: 'stateful-set', replicas: 2, volumes: [{ name: 'a', mountPath: '/a' }] },
      [
        'compose cannot limit the size of a volume',
        'compose cannot give each replica a volume of its own',
        'compose cannot be asked for several replicas in the file and leave --scale to the user',
      ],
    ],
    ['an autoscaler', { autoscaling: {} }, ['compose cannot scale by load']],
    [
      'session affinity',
      { access: { sessionAffinity: true } },
      ['compose cannot send the same client to the same replica'],
    ],
    [
      'a replica by the address of the client',
      { access: { balancing: 'ip-hash' } },
      ['compose cannot choose a replica by the address of the client'],
    ],
    ['the least busy replica', { access: { balancing: 'least-connections' } }, []],
    [
      'allowed addresses of a port that is open to the network',
      {
        access: { kind: 'load-balancer', allowedCidrs: ['10.0.0.0/8'] },
        ports: [{ name: 'http', port: 80, publish: 80, publishAddress: '0.0.0.0' }],
      },
      ['compose cannot limit who opens a published port by address'],
    ],
    [
      'allowed addresses of a port on the loopback address: nothing',
      {
        access: { kind: 'load-balancer', allowedCidrs: ['10.0.0.0/8'] },
        ports: [{ name: 'http', port: 80, publish: 80 }],
      },
      [],
    ],
    [
      'a link: neither its direction nor its port',
      { connectTo: [anEndpoint('other')] },
      ['compose cannot limit a link to its port and its direction'],
    ],
    [
      'a link to something outside',
      { connectTo: [anEndpoint('outside')] },
      ['compose cannot limit a link to the addresses of something outside'],
    ],
    ['a schedule', { workload: 'cron-job', schedule: '@daily' }, ['compose cannot run tars/web by its schedule']],
  ])('%s', (_, props, expected) => {
    const withoutStrategy = props.workload === undefined ? props : { ...props, strategy: undefined };
    const { strategy, ...rest } = { strategy: 'Recreate' as const, ...withoutStrategy };
    expect(messages({ ...rest, ...(strategy === undefined ? {} : { strategy }) })).toEqual(expected);
  });

  test('once for all services that it concerns', () => {
    const services = ['a', 'b'].map((name): ServiceProps => ({ name, health: { liveness: check } }));
    expect(composeNotices(aSystem({ services }))).toContainEqual({
      code: 'TARS3005',
      severity: 'notice',
      path: 'tars',
      message: 'compose cannot restart a container whose liveness check fails',
      given: 'tars/a, tars/b',
      remedy: 'the engine restarts what ends and only marks what is unhealthy: look at "docker compose ps"',
    });
  });

  test('many networks', () => {
    const clients = Array.from({ length: 25 }, (_, i): ServiceProps => ({
      name: `c${i}`,
      connectTo: [anEndpoint('web')],
    }));
    const services: ServiceProps[] = [{ ports: [{ name: 'http', port: 80 }] }, ...clients];
    const found = composeNotices(aSystem({ services })).map((issue) => issue.message);
    expect(found).toContain('compose cannot be sure of address ranges for 25 networks');
  });

  test('of the TARS stack', () => {
    expect(composeNotices(tarsModel()).map(formatIssue).join('\n')).toMatchInlineSnapshot(`
      "notice TARS3005 tars: compose cannot restart a container whose liveness check fails
          given:   tars/adminer, tars/backend, tars/redis, tars/frontend, tars/grafana, tars/ollama, tars/postgres, tars/prometheus
          remedy:  the engine restarts what ends and only marks what is unhealthy: look at "docker compose ps"
      notice TARS3005 tars: compose cannot limit what a container writes to its own disk
          given:   tars/adminer, tars/backend, tars/redis, tars/frontend, tars/grafana, tars/ollama, tars/postgres, tars/prometheus
          remedy:  the engine can do so on few file systems only: keep an eye on the disk
      notice TARS3005 tars: compose cannot replace a container without a pause
          given:   tars/adminer, tars/backend, tars/frontend
          remedy:  Compose stops the old container before it starts the new one
      notice TARS3005 tars: compose cannot limit a link to its port and its direction
          given:   tars/adminer, tars/backend, tars/frontend, tars/grafana, tars/prometheus
          remedy:  a client and its server share a network of their own, on which each reaches all ports of the other
      notice TARS3005 tars: compose cannot limit the size of a volume
          given:   tars/backend, tars/redis, tars/grafana, tars/ollama, tars/postgres, tars/prometheus
          remedy:  the engine's local driver has no quota: keep an eye on the disk
      notice TARS3005 tars/backend: compose cannot scale by load
          given:   tars/backend
          remedy:  one replica runs: start more with "docker compose up -d --scale NAME=3"
      notice TARS3005 tars/backend: compose cannot send the same client to the same replica
          given:   tars/backend
          remedy:  the engine's port proxy makes all clients look alike: the gateway takes the least busy replica"
    `);
  });
});

describe('names that clash on Compose are errors', () => {
  test('a task and a service', () => {
    const services: ServiceProps[] = [{ name: 'api', migrate: { command: ['x'] } }, { name: 'api-migrate' }];
    expect(composeNotices(aSystem({ services }))).toContainEqual(
      expect.objectContaining({ code: 'TARS1004', severity: 'error', given: '"api-migrate"' }),
    );
  });

  test('two secrets that would be one variable', () => {
    const env = { A: EnvValue.fromSecret('tls.key'), B: EnvValue.fromSecret('TLS_KEY') };
    expect(composeNotices(aSystem({ services: [{ env }] }))).toContainEqual(
      expect.objectContaining({ code: 'TARS2005', severity: 'error', given: 'key "TLS_KEY" and key "tls.key"' }),
    );
  });
});
