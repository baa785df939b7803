import { renderCompose } from '../../lib/compose/render-compose';
import type { ServiceProps } from '../../lib/model/service-props';
import { EnvValue } from '../../lib/model/value';
import { anEndpoint, aSystem } from '../support/builders';

const DATABASE: ServiceProps = {
  name: 'db',
  ports: [{ name: 'http', port: 5432 }],
  health: { readiness: { command: ['ready'] } },
};
const API: ServiceProps = {
  name: 'api',
  build: { kind: 'python', repository: 'shop-api', context: 'app/api' },
  ports: [{ name: 'http', port: 8000 }],
  env: { DB: anEndpoint('db').url(), A: EnvValue.fromValue('service') },
  volumes: [{ name: 'data', mountPath: '/app/data' }, { name: 'cache', mountPath: '/app/cache' }],
  profiles: ['shop'],
};

function services(props: ServiceProps, environment: 'development' | 'production' = 'production') {
  const settings = { environment };
  return renderCompose(aSystem({ settings, services: [DATABASE, { ...API, ...props }] })).file.services;
}

describe('a task that blocks the start', () => {
  const migrate = { command: ['python', '$X'], env: { A: EnvValue.fromValue('task') } };

  test('is a one-shot on which its service depends', () => {
    const { api, 'api-migrate': task } = services({ migrate });
    expect(api?.depends_on).toEqual({
      db: { condition: 'service_healthy' },
      'api-migrate': { condition: 'service_completed_successfully' },
    });
    expect(task).toMatchObject({
      image: 'shop-api:0.1.0',
      pull_policy: 'never',
      profiles: ['shop'],
      entrypoint: ['python', '$$X'],
      environment: { A: 'task', DB: 'http://db:5432' },
      depends_on: { db: { condition: 'service_healthy' } },
      networks: ['api_db'],
      user: '1000:1000',
      read_only: true,
      cap_drop: ['ALL'],
      restart: 'no',
      init: true,
      healthcheck: { disable: true },
      labels: { app: 'tars', component: 'api' },
    });
  });

  test('leaves the build to its service, and mounts only what it asks for', () => {
    const task = services({ migrate })['api-migrate'];
    expect(task).not.toHaveProperty('build');
    expect(task).not.toHaveProperty('volumes');
    expect(task?.tmpfs).toEqual(['/tmp:size=64m,mode=1777']);
  });

  test('runs the sources that are being worked on', () => {
    const development = { sources: { src: '/app/src' }, env: { B: EnvValue.fromValue('dev') } };
    const task = services({ migrate, development }, 'development')['api-migrate'];
    expect(task?.environment).toEqual({ A: 'task', B: 'dev', DB: 'http://db:5432' });
    expect(task?.volumes).toMatchObject([{ type: 'bind', source: '../app/api/src', target: '/app/src' }]);
  });

  test('does not wait for its own service, though it connects to it', () => {
    const tasks = [{ name: 'seed', command: ['x'], blocksStart: true, env: { U: anEndpoint('api').url() } }];
    const { api, 'api-seed': task } = services({ tasks });
    expect(task).not.toHaveProperty('depends_on');
    expect(task?.networks).toEqual(['api-seed_api']);
    expect(api?.networks).toEqual(['api-seed_api', 'api_db']);
  });
});

describe('a task that does not', () => {
  const tasks = [{ name: 'pull', command: ['pull', 'model'], internet: true, volumes: ['data'] }];

  test('does its work, then stays: nobody waits for it', () => {
    const { api, 'api-pull': task } = services({ tasks });
    expect(api?.depends_on).toEqual({ db: { condition: 'service_healthy' } });
    expect(task?.entrypoint).toEqual([
      '/bin/sh',
      '-c',
      'until "$$@"; do echo "that failed: the next try is in 60 seconds" >&2; sleep 60; done; exec sleep 2147483647',
      'sh',
      'pull',
      'model',
    ]);
    expect(task).toMatchObject({ restart: 'no', healthcheck: { disable: true }, init: true });
  });

  test('has the networks and volumes that it asks for, and no links of its service', () => {
    const task = services({ tasks })['api-pull'];
    expect(task?.networks).toEqual(['api-pull-internet']);
    expect(task).not.toHaveProperty('depends_on');
    expect(task?.volumes).toEqual([{ type: 'volume', source: 'api_data', target: '/app/data' }]);
  });

  test('has no network at all when it needs none', () => {
    expect(services({ tasks: [{ name: 'x', command: ['x'] }] })['api-x']).toMatchObject({ network_mode: 'none' });
  });

  test('may wait for its service when it connects to it', () => {
    const health = { readiness: { command: ['x'] } };
    const task = services({ health, tasks: [{ name: 'seed', command: ['x'], env: { U: anEndpoint('api').url() } }] })['api-seed'];
    expect(task?.depends_on).toEqual({ api: { condition: 'service_healthy' } });
  });
});

describe('a job with a schedule', () => {
  const job: ServiceProps = { name: 'report', workload: 'cron-job', schedule: '0 3 * * *', connectTo: [anEndpoint('db')], profiles: ['shop'] };

  test('waits in a profile of its own to be run by hand', () => {
    const { file, env, notices } = renderCompose(aSystem({ services: [DATABASE, job] }));
    expect(file.services['report']).toMatchObject({ profiles: ['jobs'], restart: 'no', networks: ['report_db'] });
    expect(env).not.toContain('COMPOSE_PROFILES');
    expect(notices).toContainEqual(
      expect.objectContaining({
        path: 'tars/report',
        message: 'compose cannot run tars/report by its schedule',
        remedy: 'Compose has no clock: run it by hand with "docker compose run --rm report"',
      }),
    );
  });
});
