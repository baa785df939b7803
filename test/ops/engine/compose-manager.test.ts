import { ComposeManager } from '../../../lib/ops/engine/compose-manager';
import type { ComposeManagerOptions } from '../../../lib/ops/engine/compose-manager';
import { aContainer, answer, frame, refuse, useFakeEngine } from '../../support/fake-engine';

const engine = useFakeEngine();
const exited = (code: number, more: object = {}): object => ({
  ...{ Status: 'exited', Running: false, ExitCode: code, FinishedAt: '2025-11-25T11:30:00Z' },
  ...more,
});
const once = { RestartPolicy: { Name: 'no' } };

/** A manager whose Compose reads such a file, and notes what it was asked. */
function shop(services: object = { web: {} }, options: Partial<ComposeManagerOptions> = {}, hash = 'now') {
  const asked: string[] = [];
  const manager = new ComposeManager(engine().client(), {
    project: 'shop',
    compose: (args) => {
      asked.push(args.join(' '));
      const stdout = args.includes('--hash')
        ? Object.keys(services)
            .map((name) => `${name} ${hash}\n`)
            .join('')
        : JSON.stringify({ services });
      return Promise.resolve({ status: 0, stdout, stderr: '' });
    },
    ...options,
  });
  return { manager, asked };
}

test.each([
  ['runs', {}, 'Running', 'Running', true],
  ['healthy', { state: { Health: { Status: 'healthy' } } }, 'Running', 'Running', true],
  ['starting', { state: { Health: { Status: 'starting' } } }, 'Running', 'Running', false],
  ['unhealthy', { state: { Health: { Status: 'unhealthy' } } }, 'Running', 'Running', false],
  ['paused', { state: { Status: 'paused', Paused: true } }, 'Running', 'Paused', false],
  ['restarting', { state: { Status: 'restarting', Restarting: true } }, 'Running', 'Restarting', false],
  ['created', { state: { Status: 'created', Running: false } }, 'Pending', 'Created', false],
  ['ended well', { state: exited(0) }, 'Succeeded', 'Completed', false],
  ['ended badly', { state: exited(1) }, 'Failed', 'Error', false],
  ['out of memory', { state: exited(137, { OOMKilled: true }) }, 'Failed', 'OOMKilled', false],
])('a container as a pod: %s', async (_, facts, phase, status, isReady) => {
  engine().has(aContainer('web', facts));

  const [pod] = await shop().manager.listPods();

  expect(pod).toMatchObject({ name: 'shop-web-1', namespace: 'shop', phase, status, isReady, owner: 'Service/web' });
});

test('pods are chosen by labels, and by nothing that an engine does not know', async () => {
  engine().has(aContainer('web'));
  const { manager } = shop();

  await manager.listPods('component=web, tier');
  expect(
    JSON.parse(
      engine()
        .seen.find(({ path }) => path === '/containers/json')
        ?.query.get('filters') ?? '',
    ),
  ).toEqual({
    label: ['com.docker.compose.project=shop', 'com.docker.compose.oneoff=False', 'component=web', 'tier'],
  });
  await expect(manager.listPods('tier!=web')).rejects.toMatchObject({ code: 'Unsupported' });
  await expect(manager.listPods('tier in (a,b)')).rejects.toMatchObject({ code: 'Unsupported' });
});

test('a container of another project is not there', async () => {
  engine().has(aContainer('web', { labels: { 'com.docker.compose.project': 'other' } }));

  await expect(shop().manager.getPodInfo('id-web-1')).rejects.toMatchObject({ code: 'NotFound' });
});

test('services: what is there, what should be, and what did its work', async () => {
  engine().has(
    aContainer('migrate', { state: exited(0), host: once }),
    aContainer('seed', { state: exited(2), host: once }),
    aContainer('web'),
    aContainer('web', { number: 2, labels: { 'com.docker.compose.config-hash': 'before' } }),
  );

  const all = await shop({ migrate: {}, seed: {}, web: {}, cache: { deploy: { replicas: 2 } } }).manager.workloads();

  expect(all.map(({ name, desired, ready, updated, problems }) => [name, desired, ready, updated, problems])).toEqual([
    ['cache', 2, 0, 0, []],
    ['seed', 1, 0, 1, ['shop-seed-1: Error (2)']],
    ['web', 2, 2, 1, ['1 of an earlier configuration']],
  ]);
});

test('a file that Compose refuses is said once, and what runs is shown', async () => {
  engine().has(aContainer('cache'), aContainer('web'));
  const compose = () => Promise.resolve({ status: 1, stdout: '', stderr: 'set REDIS_PASSWORD' });

  const all = await shop({}, { compose }).manager.workloads();

  expect(all.map(({ ready, problems }) => [ready, problems])).toEqual([
    [1, [expect.stringContaining('set REDIS_PASSWORD')]],
    [1, []],
  ]);
});

test.each([
  ['a port of the machine', { ports: [{ published: '8080' }] }, undefined, 'it publishes port 8080'],
  ['a range that is too small', { ports: [{ published: '8080-8081' }] }, undefined, 'it publishes port 8080-8081'],
  ['a name', { container_name: 'web' }, undefined, 'its file names the container web'],
  ['state', {}, 'it keeps state', 'it keeps state'],
])('%s keeps a service alone', async (_, service, why, message) => {
  engine().has(aContainer('web'));
  const { manager, asked } = shop({ web: service }, { oneOnly: () => Promise.resolve(why) });

  const scaled = manager.scaleDeployment('web', 3);

  await expect(scaled).rejects.toMatchObject({
    code: 'Refused',
    message: `web cannot have 3 containers: ${message}${message.includes('port') ? ' of this machine, which one container can have' : ''}`,
  });
  expect(asked.filter((line) => line.includes(' up '))).toEqual([]);
});

test('a service is scaled by Compose, with the files that it was made of', async () => {
  const labels = {
    'com.docker.compose.project.config_files': '/shop/a.yml,/shop/b.yml',
    'com.docker.compose.project.working_dir': '/shop',
    'com.docker.compose.project.environment_file': '/shop/.env',
  };
  engine().has(aContainer('web', { labels }));
  const list = (count: number) =>
    answer(Array.from({ length: count }, (_, i) => ({ Id: `id-web-${i + 1}`, Labels: {} })));
  engine()
    .on('GET /containers/id-web-2/json', answer(aContainer('web', { number: 2 })))
    .on('GET /containers/json', list(1), list(1), list(2));
  const { manager, asked } = shop({ web: { ports: [{ published: '0' }, {}] } });

  await expect(manager.scaleDeployment('web', 2)).resolves.toEqual({ from: 1, to: 2, isChanged: true });

  expect(asked.at(-1)).toBe(
    '--project-name shop --project-directory /shop --file /shop/a.yml --file /shop/b.yml --env-file /shop/.env ' +
      'up --detach --no-deps --no-recreate --scale web=2 web',
  );
});

test.each([
  ['a precondition', { currentReplicas: 4 }, 'PreconditionFailed'],
  ['a number that is none', {}, 'Refused', 1.5],
  ['a service that is not there', {}, 'NotFound', 2, 'nothing'],
  ['somebody else', {}, 'ScaleSuperseded'],
] as const)('scaling fails by %s', async (_, options, code, replicas: number = 2, name: string = 'web') => {
  engine().has(aContainer('web'));

  await expect(shop().manager.scaleDeployment(name, replicas, options)).rejects.toMatchObject({ code });
});

test('a dry run of a scale starts nothing', async () => {
  engine().has(aContainer('web'));
  const { manager, asked } = shop();

  await expect(manager.scaleDeployment('web', 2, { dryRun: true })).resolves.toMatchObject({ isChanged: true });
  expect(asked.filter((line) => line.includes(' up '))).toEqual([]);
});

const failing = { Health: { Status: 'unhealthy', Log: [{ End: '', ExitCode: 1, Output: 'no answer\n' }] } };
test.each([
  ['all serve', [aContainer('web')], 'done', 'all 1 serve', []],
  ['a task ended', [aContainer('web', { state: exited(0), host: once })], 'done', 'all 1 serve', []],
  [
    'one is unhealthy',
    [aContainer('web'), aContainer('web', { number: 2, state: failing })],
    'waiting',
    '1 of 2 containers serve',
    ['shop-web-2: runs, and is unhealthy: no answer'],
  ],
  [
    'one has ended',
    [aContainer('web', { state: exited(3) })],
    'failed',
    '0 of 1 containers serve',
    ['shop-web-1: Error (3)'],
  ],
  [
    'one is paused',
    [aContainer('web', { state: { Status: 'paused', Paused: true } })],
    'paused',
    'paused; 0 of 1 containers serve',
    ['shop-web-1: paused'],
  ],
  ['none is there', [], 'waiting', 'no container is there yet', []],
])('rollout: %s', async (_, containers, state, message, reasons) => {
  engine().has(...containers);

  await expect(shop().manager.rolloutStatus({ name: 'web' })).resolves.toEqual({
    ...{ workload: 'service/web', state, message, reasons },
  });
});

test('rollout: an earlier configuration', async () => {
  engine().has(aContainer('web'));

  await expect(shop({ web: {} }, {}, 'later').manager.rolloutStatus({ name: 'web' })).resolves.toMatchObject({
    ...{ state: 'waiting', message: '1 of 1 containers are of an earlier configuration' },
    reasons: ['`docker compose up --detach web` replaces them'],
  });
});

test('rollout: a service that nobody knows', async () => {
  engine().has();

  await expect(shop({}).manager.rolloutStatus({ name: 'web' })).rejects.toMatchObject({ code: 'NotFound' });
});

test.each([
  ['a container that has ended and stays so', exited(3), { refusalMs: 0 }, 'ProgressDeadlineExceeded'],
  ['a container that is paused', { Status: 'paused', Paused: true }, {}, 'RolloutPaused'],
  ['one that does not become healthy', { Health: { Status: 'starting' } }, { timeoutMs: 200 }, 'Timeout'],
] as const)('waiting for a rollout ends with %s', async (_, state, wait, code) => {
  engine()
    .has(aContainer('web', { state }))
    .on('GET /events', (__, response) => {
      response.writeHead(200).flushHeaders();
    });

  await expect(shop().manager.waitForRollout({ name: 'web' }, wait)).rejects.toMatchObject({ code, system: 'engine' });
  expect(await engine().openConnections()).toBeLessThanOrEqual(4);
});

test('a restart is one after the other, and a task beside it is left alone', async () => {
  engine()
    .has(aContainer('web'), aContainer('web', { number: 2 }))
    .on('POST /containers/id-web-1/restart', answer(undefined, 204))
    .on('POST /containers/id-web-2/restart', answer(undefined, 204));
  const { manager } = shop();

  await expect(manager.restart({ name: 'web' })).resolves.toEqual(['shop-web-1', 'shop-web-2']);
  await expect(manager.restart({ name: 'web' }, { dryRun: true })).resolves.toHaveLength(2);
  expect(engine().count('POST /containers/id-web-2/restart')).toBe(1);
  await expect(manager.restartPod('shop-web-1', { force: true })).rejects.toMatchObject({ code: 'Unsupported' });
});

test('a debug container that cannot be started is taken away again', async () => {
  engine()
    .has(aContainer('web'))
    .on('GET /images/tools:1/json', answer({}))
    .on('POST /containers/create', answer({ Id: 'new' }, 201))
    .on('POST /containers/new/start', refuse(500, 'no such program: sleep'))
    .on('DELETE /containers/new', answer(undefined, 204));
  const { manager } = shop();
  const withTools = () => manager.debug('shop-web-1', { image: 'tools:1' });
  // Nothing was added to it before.
  engine().on('GET /containers/json', answer([]));

  await expect(withTools()).rejects.toMatchObject({ code: 'Refused' });

  expect(engine().count('DELETE /containers/new')).toBe(1);
  const made = engine().seen.find(({ path }) => path === '/containers/create');
  expect(made?.query.get('name')).toBe('shop-web-1-debug-1');
  expect(JSON.parse(made?.body ?? '')).toMatchObject({
    User: '1000:1000',
    HostConfig: {
      ...{ NetworkMode: 'container:id-web-1', PidMode: 'container:id-web-1', CapDrop: ['ALL'], ReadonlyRootfs: true },
      ...{ SecurityOpt: ['no-new-privileges:true'], AutoRemove: true },
    },
  });
});

test('an image that is not there is pulled, and what the registry says is told', async () => {
  engine()
    .has(aContainer('web'))
    .on('POST /images/create', (_, response) => {
      response.writeHead(200).end('{"status":"Pulling"}\n{"error":"manifest unknown"}\n');
    });

  await expect(shop().manager.debug('shop-web-1', { image: 'host:5000/tools:1' })).rejects.toMatchObject({
    code: 'ContainerNotReady',
    message: expect.stringContaining('manifest unknown') as string,
  });
  expect(Object.fromEntries(engine().seen.at(-1)?.query ?? [])).toEqual({ fromImage: 'host:5000/tools', tag: '1' });
});

test.each([
  ['busybox@sha256:aaaa', { fromImage: 'busybox@sha256:aaaa' }],
  ['host:5000/tools:1@sha256:aaaa', { fromImage: 'host:5000/tools:1@sha256:aaaa' }],
  ['tools', { fromImage: 'tools', tag: 'latest' }],
])('the image %s is asked for as the engine takes it', async (image, query) => {
  engine().has(aContainer('web')).on('POST /images/create', refuse(404, 'no'));

  await expect(shop().manager.debug('shop-web-1', { image })).rejects.toMatchObject({ code: 'ContainerNotReady' });

  expect(Object.fromEntries(engine().seen.at(-1)?.query ?? [])).toEqual(query);
});

test('a debug container whose making is called off midway does not stay', async () => {
  const abort = new AbortController();
  engine()
    .has(aContainer('web'))
    .on('GET /images/tools:1/json', answer({}))
    .on('GET /containers/json', answer([]))
    .on('POST /containers/create', (seen, response) => {
      abort.abort();
      setTimeout(() => {
        answer({ Id: 'new' }, 201)(seen, response);
      }, 50);
    })
    .on('DELETE /containers/new', answer(undefined, 204));

  const adding = shop().manager.debug('shop-web-1', { image: 'tools:1', signal: abort.signal });

  await expect(adding).rejects.toMatchObject({ code: 'Aborted' });
  expect(engine().count('DELETE /containers/new')).toBe(1);
});

test('a debug container has a name that none has, of a container before it either', async () => {
  const added = { Id: 'old', Names: ['/shop-web-1-debug-1'], State: 'running', Labels: {} };
  engine()
    .has(aContainer('web'))
    .on('GET /containers/json', answer([added]));

  const name = await shop().manager.debug('shop-web-1', { image: 'tools:1', dryRun: true });

  expect(name).toBe('shop-web-1-debug-2');
});

test('a debug container is ended although another one ends at that moment', async () => {
  const added = { ...aContainer('web'), Id: 'd2', Name: '/shop-web-1-debug-2' };
  engine()
    .has(aContainer('web'))
    .on('GET /containers/json', answer([{ Id: 'gone' }, { Id: 'd2' }]))
    .on('GET /containers/d2/json', answer(added))
    .on('DELETE /containers/d2', answer(undefined, 204));

  await shop().manager.endDebug('shop-web-1', 'shop-web-1-debug-2');

  expect(engine().count('DELETE /containers/d2')).toBe(1);
});

test('events are asked for by the clock of the engine', async () => {
  engine()
    .has(aContainer('web'))
    .on('GET /_ping', (_, response) => {
      response.writeHead(200, { 'Api-Version': '1.52', Date: 'Tue, 25 Nov 2025 11:00:00 GMT' }).end('OK');
    })
    .on('GET /events', answer(undefined));

  await shop().manager.events();

  const asked = engine().seen.find(({ path }) => path === '/events');
  expect(asked?.query.get('until')).toBe(String(Date.parse('2025-11-25T11:00:01Z') / 1000));
});

test('a command runs in the container that is meant', async () => {
  engine()
    .has(aContainer('web'))
    .onExec(
      'shop-web-1',
      (socket) => socket.end(frame('stdout', 'x'.repeat(100))),
      () => ({ Running: false, ExitCode: 0 }),
    );
  const { manager } = shop();

  await expect(manager.executeInPod('shop-web-1', ['x'], { container: 'web', maxOutputBytes: 10 })).resolves.toEqual({
    ...{ exitCode: 0, stdout: 'x'.repeat(10), stderr: '', isTruncated: true },
  });
  engine().on('GET /containers/json', answer([]));
  await expect(manager.executeInPod('shop-web-1', ['x'], { container: 'other' })).rejects.toMatchObject({
    code: 'NotFound',
  });
});

test('events are those that the engine has, and what containers know of their past', async () => {
  const event = (Action: string, time: string, more: object = {}) => ({
    ...{ Type: 'container', Action, timeNano: Date.parse(time) * 1e6 },
    Actor: { ID: 'id-web-1', Attributes: { name: 'shop-web-1', 'com.docker.compose.service': 'web', ...more } },
  });
  const told = [
    event('start', '2025-11-25T11:00:02Z', { image: 'web:1.0.0' }),
    event('health_status: unhealthy', '2025-11-25T11:10:00Z'),
    event('die', '2025-11-25T11:30:00Z', { exitCode: '137', execDuration: '12' }),
  ];
  engine()
    .has(aContainer('web', { state: exited(137) }))
    .on('GET /events', (_, response) => {
      response.writeHead(200).end(told.map((one) => `${JSON.stringify(one)}\n`).join(''));
    });
  const { manager } = shop();

  const events = await manager.events();

  expect(events.map(({ type, reason, object, message }) => `${type} ${reason} ${object} ${message}`)).toEqual([
    'Normal create Container/shop-web-1 image web:1.0.0',
    'Normal start Container/shop-web-1 image web:1.0.0',
    'Warning health_status Container/shop-web-1 unhealthy',
    'Warning die Container/shop-web-1 ended with 137 after 12 s',
  ]);
  expect((await manager.events({ warningsOnly: true })).map(({ reason }) => reason)).toEqual(['health_status', 'die']);
  await expect(manager.events({ name: 'cache' })).resolves.toEqual([]);
});

test.each([
  ['revisions', (manager: ComposeManager) => manager.revisions()],
  ['rollback', (manager: ComposeManager) => manager.rollback()],
  ['pin', (manager: ComposeManager) => manager.pin('web', 2)],
  ['unpin', (manager: ComposeManager) => manager.unpin('web')],
])('%s is Unsupported, with a remedy', async (_, work) => {
  await expect(work(shop().manager)).rejects.toMatchObject({ code: 'Unsupported', issueCode: 'TARS7025' });
});

test('without Compose it is said what is missing', async () => {
  engine().has(aContainer('web'));
  const { manager } = shop({}, { compose: undefined });

  await expect(manager.scaleDeployment('web', 2)).rejects.toMatchObject({ code: 'Unsupported' });
  await expect(manager.workloads()).resolves.toMatchObject([{ name: 'web', desired: 1, updated: 1, problems: [] }]);
});

test('one service, also when its work is done', async () => {
  engine().has(aContainer('migrate', { state: exited(0), host: once }), aContainer('web'));
  const { manager } = shop({ migrate: {}, web: {}, cache: {} });

  await expect(manager.getDeploymentStatus('web')).resolves.toMatchObject({ kind: 'Service', desired: 1, ready: 1 });
  await expect(manager.getDeploymentStatus('migrate')).resolves.toMatchObject({ name: 'migrate', problems: [] });
  await expect(manager.getDeploymentStatus('cache')).resolves.toMatchObject({ desired: 1, ready: 0 });
  await expect(manager.getDeploymentStatus('nothing')).rejects.toMatchObject({ code: 'NotFound', system: 'engine' });
});

test('the machine of an engine is its node', async () => {
  engine().on(
    'GET /info',
    answer({ Name: 'box', ServerVersion: '29.0.0', NCPU: 2, MemTotal: 8 << 20, Warnings: null }),
  );
  const { manager } = shop();

  const [node, ...others] = await manager.getNodeInfo();

  expect(others).toEqual([]);
  expect(node).toMatchObject({
    ...{ name: 'box', version: '29.0.0', isReady: true, problems: [], used: undefined },
    allocatable: { cpuMillis: 2000, memoryBytes: 8 << 20 },
  });
  await expect(manager.getNodeInfo('other')).resolves.toEqual([]);
});

const starting = aContainer('web', { state: { Health: { Status: 'starting' } } });
test.each([
  ['that it is there', 'created', [], [starting], 'shop-web-1'],
  ['that it is gone', 'deleted', [starting], [], undefined],
  ['that it is ready', { condition: 'Ready' }, [starting], [aContainer('web')], 'shop-web-1'],
  ['that it is not', { condition: 'Ready', status: 'False' }, [aContainer('web')], [starting], 'shop-web-1'],
] as const)('a container is waited for: %s', async (_, condition, before, after, name) => {
  engine().has(...before);
  engine().on('GET /events', (__, response) => {
    response.writeHead(200).flushHeaders();
    // Somebody changes it, and the engine says so.
    engine().has(...after);
    const event = {
      Type: 'container',
      Action: 'health_status',
      Actor: { ID: 'id-web-1', Attributes: {} },
      timeNano: 1e18,
    };
    response.write(`${JSON.stringify(event)}\n`);
  });

  const found = await shop().manager.waitFor({ kind: 'Pod', name: 'shop-web-1' }, condition);

  expect(found?.name).toBe(name);
});

test('waiting for a container ends when it is removed, and by its time-out', async () => {
  engine()
    .has(starting)
    .on('GET /events', (_, response) => {
      response.writeHead(200).flushHeaders();
    });
  const { manager } = shop();
  const ref = { kind: 'Pod', name: 'shop-web-1' } as const;

  const wait = manager.waitFor(ref, { condition: 'Ready' }, { timeoutMs: 200 });
  await expect(wait).rejects.toMatchObject({
    code: 'Timeout',
    system: 'engine',
    remedy: 'wait longer with --timeout, or look at `tars status --target compose`',
  });
  const other = manager.waitFor(ref, { condition: 'Available' } as never);
  await expect(other).rejects.toMatchObject({ code: 'Unsupported' });

  engine().on('GET /events', (_, response) => {
    response.writeHead(200).flushHeaders();
    engine().has();
    response.write(
      '{"Type":"container","Action":"destroy","Actor":{"ID":"id-web-1","Attributes":{}},"timeNano":1e18}\n',
    );
  });
  await expect(manager.waitFor(ref, { condition: 'Ready' })).rejects.toMatchObject({ code: 'ObjectDeleted' });
});
