import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { aContainer, answer, frame, refuse, useFakeEngine } from '../support/fake-engine';
import { serviceApp } from './apps';
import type { Outcome, World } from './fake-io';
import { useProject } from './fake-io';

const engine = useFakeEngine();
const project = useProject();

const PIPE = { stdin: '' };
const FILE = 'name: shop\nservices: {}\n';
const CONFIG = JSON.stringify({ services: { web: {}, db: { ports: [{ published: '5432' }] } } });

/** Runs `tars … --target compose` where Compose reads such a file. */
function tars(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const compose = `docker compose --project-name shop --file ${project().path('compose', 'docker-compose.yml')}`;
  const words = argv.includes('--target') ? argv : [...argv, '--target', 'compose'];
  return project().run(words, {
    ...PIPE,
    env: { DOCKER_HOST: engine().host },
    programs: {
      [`${compose} config`]: { stdout: CONFIG },
      [`${compose} --profile * config --format`]: { stdout: CONFIG },
      [`${compose} --profile * config --hash`]: { stdout: 'web now\ndb now\n' },
      [`${compose} up`]: {},
    },
    ...world,
  });
}

beforeEach(() => {
  project().write('compose/docker-compose.yml', FILE);
  engine()
    .has(aContainer('web'), aContainer('db', { state: { Health: { Status: 'starting' } } }))
    .on('GET /version', answer({ Version: '29.0.0' }));
});

test('status: the same columns, 1 when something is not as it should be', async () => {
  const { exitCode, stdout } = await tars(['status']);

  expect(exitCode).toBe(1);
  expect(stdout).toContain(`engine ${engine().host}, project shop, version 29.0.0; 2 Running`);
  expect(stdout).toMatch(/WORKLOAD +READY +UPDATED +AGE +STATE +IMAGES/);
  expect(stdout).toMatch(/service\/db +0\/1 +1 +60m +not yet +db:1\.0\.0/);
  expect(stdout).toMatch(/service\/web +1\/1 +1 +60m +ok/);
});

test('status as data', async () => {
  const { stdout } = await tars(['status', '-o', 'json']);

  expect(JSON.parse(stdout)).toMatchObject({
    engine: { project: 'shop', pods: { Running: 2 } },
    workloads: [
      { kind: 'Service', name: 'db' },
      { name: 'web', desired: 1 },
    ],
    isWell: false,
  });
});

test('pods, without a column that would be empty', async () => {
  const { stdout, exitCode } = await tars(['pods']);

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^POD +READY +STATUS +RESTARTS +AGE\nshop-db-1 +0\/1 +Running +0 +60m\nshop-web-1 +1\/1/);
});

test('a change names engine and project, and is done by Compose', async () => {
  const one = { Id: 'id-web-1', Labels: {} };
  engine().on('GET /containers/json', answer([one]), answer([one]), answer([one]), answer([one, one]));

  const { exitCode, stdout, stderr, ran } = await tars(['scale', 'web', '2', '--yes']);

  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'done: scaled web from 1 to 2\n' });
  expect(stderr).toContain(`scale service/web to 2\n  in engine ${engine().host}, project shop\n`);
  expect(ran.at(-1)).toMatch(/ up --detach --no-deps --no-recreate --scale web=2 web$/);
});

test('scaling that is waited for is done once, and leaves alone what somebody else has made of it meanwhile', async () => {
  const one = { Id: 'id-web-1', Labels: {} };
  engine().on('GET /containers/json', answer([one]), answer([one]), answer([one]), answer([one, one]), answer([one]));

  const { exitCode, stdout, stderr, ran } = await tars(['scale', 'web', '2', '--yes', '--wait']);

  expect([exitCode, stdout]).toEqual([5, 'done: scaled web from 1 to 2\n']);
  expect(stderr).toContain('TARS7007 engine: web should have 2 containers, and somebody else made it 1');
  expect(ran.filter((line) => line.includes(' up '))).toHaveLength(1);
});

test.each([
  ['the first is waited for', 1, 'aborted: web has been scaled from 1 to 2\n', undefined],
  [
    'the second ends Compose',
    2,
    'aborted: web had 1 containers, should have 2, and has 2, 1 of them not running\n',
    130,
  ],
])('Ctrl-C in a scale is 130, and says what there is: %s', async (_, presses, said, status) => {
  const one = { Id: 'id-web-1', Labels: {} };
  const second = aContainer('web', { number: 2, ...(status && { state: { Status: 'created', Running: false } }) });
  engine()
    .on(
      'GET /containers/json',
      answer([one]),
      answer([one]),
      answer([one]),
      answer([one, { Id: 'id-web-2', Labels: {} }]),
    )
    .on('GET /containers/id-web-2/json', answer(second));
  let press = (): void => undefined;

  const { exitCode, stdout, stderr } = await tars(['scale', 'web', '2', '--yes'], {
    onReady: (given) => (press = given),
    onStart: async (line, result, signal) => {
      if (!line.includes(' up ')) return result;
      for (let count = 0; count < presses; count++) press();
      expect(signal.aborted).toBe(presses === 2);
      await Promise.resolve();
      return { ...result, status: status ?? result.status };
    },
  });

  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(stderr).toContain('docker compose finishes what it has begun; Ctrl-C again ends it\n');
  expect(stderr.endsWith(said)).toBe(true);
});

test.each([
  ['in a pipe', {}, 2],
  ['no', { stdin: undefined, isTTY: true, answer: 'n' }, 2],
  ['Ctrl-C', { stdin: undefined, isTTY: true }, 130],
] as const)('nothing is changed without a yes: %s', async (_, world, exitCode) => {
  const outcome = await tars(['restart', 'web'], world as World);

  expect(outcome.exitCode).toBe(exitCode);
  expect(engine().count('POST /containers/id-web-1/restart')).toBe(0);
});

describe('what is not there is said before anybody is asked', () => {
  test.each([
    ['restart service/nope', 'project shop has no service nope'],
    ['restart svc/constructor', 'project shop has no service constructor'],
    ['scale service/nope 2', 'remedy:  choose one of db, web'],
    ['rollout status service/nope', 'project shop has no service nope'],
    ['logs service/nope', 'project shop has no service nope'],
    ['exec service/nope -- true', 'project shop has no service nope'],
    ['debug service/nope -- true', 'project shop has no service nope'],
    ['restart pod/nope', 'project shop has no container nope'],
    ['exec pod/nope -- true', 'project shop has no container nope'],
    ['debug pod/nope -- true', 'project shop has no container nope'],
    ['exec pod/shop-web-1 -c nope -- true', 'shop-web-1 has no container "nope"'],
    ['debug pod/shop-web-1 -c nope -- true', 'remedy:  choose one of web'],
  ])('%s', async (line, message) => {
    engine()
      .on('GET /containers/json', answer([]))
      .on('GET /containers/nope/json', refuse(404, 'No such container: nope'));
    const [own = '', inside] = line.split(' -- ');
    const words = [...own.split(' '), '--target', 'compose', ...(inside === undefined ? [] : ['--', inside])];

    const { exitCode, stderr } = await tars(words, { stdin: undefined, isTTY: true } as unknown as World);

    expect([exitCode, stderr]).toEqual([4, expect.stringContaining(message) as string]);
    expect(stderr).not.toMatch(/go on\?|in engine/);
    expect(engine().seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

test('a dry run changes nothing', async () => {
  for (const words of [
    ['restart', 'web'],
    ['restart', 'pod/shop-web-1'],
    ['scale', 'web', '3'],
  ]) {
    const { exitCode, stdout } = await tars([...words, '--dry-run']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^would have /) as string });
  }
  expect(engine().seen.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test.each([
  ['a port of the machine', ['scale', 'db', '2', '--yes'], 1, 'db cannot have 2 containers: it publishes port 5432'],
  ['no service', ['restart', 'nothing', '--yes'], 4, 'choose one of db, web'],
  ['no revisions', ['rollout', 'undo', 'web', '--yes'], 2, 'TARS7025 engine: Compose keeps no revisions'],
  [
    'another number',
    ['scale', 'web', '3', '--current-replicas', '9', '--yes'],
    5,
    'should have 9 containers, and has 2',
  ],
  ['an option of the other target', ['pods', '-n', 'x'], 2, '--namespace is of --target kubernetes'],
  ['a kind of the other target', ['logs', 'deployment/web'], 2, "there is no kind 'deployment' here"],
  ['a file that is a directory', ['pods', '--file', 'compose'], 1, 'it is a directory: name a file'],
  ['a file without a name', ['pods', '--file', ''], 2, "'--file <file>' argument '' is invalid. It is empty"],
  ['a project without a name', ['pods', '--project', ''], 2, "'--project <name>' argument '' is invalid. It is empty"],
  ['an engine without a name', ['pods', '--engine', ''], 2, "'--engine <program>' argument '' is invalid. It is empty"],
  ['a namespace without a name', ['pods', '-n', ''], 2, "argument '' is invalid. It is empty"],
  ['a file that is not there', ['pods', '--file', 'none.yml'], 4, 'there is no compose file none.yml'],
])('exit code: %s', async (_, argv, exitCode, message) => {
  // Both containers are given for whatever is asked of a service.
  const outcome = await tars(argv);

  expect(outcome.exitCode).toBe(exitCode);
  expect(outcome.stderr).toContain(message);
});

test.each([
  [
    'a device',
    ['pods'],
    () => {
      symlinkSync('/dev/null', project().path('compose', 'docker-compose.yml'));
    },
  ],
  [
    'a pipe',
    ['pods', '--project', 'shop'],
    () => execFileSync('mkfifo', [project().path('compose', 'docker-compose.yml')]),
  ],
])('a compose file that is %s is read neither here nor by Compose: it may have no end', async (what, argv, make) => {
  rmSync(project().path('compose', 'docker-compose.yml'));
  make();

  const { exitCode, stderr, ran } = await tars(argv);

  expect([exitCode, ran]).toEqual([1, []]);
  expect(stderr).toMatch(/error TARS4003 .*docker-compose\.yml: the file cannot be read: it is no file/);
  expect(stderr).toContain(`it is ${what}: name a file`);
});

test('a certificate that is a directory', async () => {
  project().write('tls/ca.pem/file', '');
  const env = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'tls' };

  const { exitCode, stderr } = await tars(['pods'], { env });

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/error TARS4003 .*ca\.pem: the file cannot be read[^]*it is a directory: name a file/);
});

test('an engine that is not there', async () => {
  const { exitCode, stderr } = await tars(['pods'], { env: { DOCKER_HOST: 'unix:///nowhere.sock' } });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('error TARS7016 engine: ');
  expect(stderr).not.toContain('kubectl');
});

test.each([
  ['--project', ['pods', '--project', 'shop'], {}, undefined],
  ['COMPOSE_PROJECT_NAME', ['pods'], { COMPOSE_PROJECT_NAME: 'shop' }, undefined],
  ['its file', ['pods'], {}, FILE],
  ['its directory', ['pods'], {}, 'services: {}\n'],
])('the project is known by %s', async (_, argv, env, file) => {
  if (file === undefined) project().write('compose/docker-compose.yml', 'name: other\n');
  else project().write('compose/docker-compose.yml', file);

  await tars(argv, { env: { DOCKER_HOST: engine().host, ...env } });

  const filters = engine()
    .seen.find(({ path }) => path === '/containers/json')
    ?.query.get('filters');
  expect(filters).toContain(`com.docker.compose.project=${file === 'services: {}\n' ? 'compose' : 'shop'}"`);
});

test('without a file and a name nobody knows which project is meant', async () => {
  rmSync(project().path('compose'), { recursive: true });

  const { exitCode, stderr } = await project().run(['pods', '--target', 'compose'], PIPE);

  expect(exitCode).toBe(4);
  expect(stderr).toContain('say --file or --project');
});

test('the engine is that of Docker’s context, unless DOCKER_HOST says otherwise', async () => {
  const programs = { 'docker context inspect': { stdout: `${engine().host}\n` } };

  expect((await tars(['pods'], { env: {}, programs })).exitCode).toBe(0);
});

test('tars.cluster.yaml says which target is meant', async () => {
  project().write('tars.cluster.yaml', 'target: compose\n');
  const world = { ...PIPE, env: { DOCKER_HOST: engine().host } };
  expect((await project().run(['pods'], world)).stdout).toContain('shop-web-1');

  project().write('tars.cluster.yaml', 'target: swarm\n');
  expect((await project().run(['pods'], world)).stderr).toContain('one of kubernetes, compose');
});

test('a command ends as it does, its streams apart', async () => {
  engine().onExec(
    'shop-web-1',
    (socket) => {
      socket.end(Buffer.concat([frame('stdout', 'out\n'), frame('stderr', 'err\n')]));
    },
    () => ({ Running: false, ExitCode: 7 }),
  );

  const { exitCode, stdout, stderr } = await project().run(['exec', 'web', '--target', 'compose', '--yes', '--', 'x'], {
    ...PIPE,
    env: { DOCKER_HOST: engine().host },
  });

  expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: 'out\n' });
  expect(stderr).toMatch(/err\n$/);
});

test('a container with tools is taken away after its command, whatever came of it', async () => {
  engine()
    .on('GET /images/busybox:1.37.0/json', answer({}))
    .on('POST /containers/create', answer({ Id: 'tools' }, 201))
    .on('POST /containers/tools/start', answer(undefined, 204))
    .on('GET /containers/tools/json', answer({ ...aContainer('web'), Id: 'tools', Name: '/shop-web-1-debug-1' }))
    .on('DELETE /containers/tools', answer(undefined, 204))
    .on('POST /containers/shop-web-1-debug-1/exec', refuse(409, 'container x is not running'));
  const listed = answer([{ Id: 'tools', Labels: {} }]);
  engine().on(
    'GET /containers/json',
    answer([{ Id: 'id-web-1', Labels: {} }]),
    answer([{ Id: 'id-web-1', Labels: {} }]),
    answer([{ Id: 'id-web-1', Labels: {} }]),
    answer([]),
    listed,
  );

  const { exitCode, stderr } = await project().run(['debug', 'web', '--target', 'compose', '--yes', '--', 'x'], {
    ...PIPE,
    env: { DOCKER_HOST: engine().host },
  });

  expect(exitCode).toBe(1);
  expect(stderr).toContain('TARS7019 engine');
  expect(engine().count('DELETE /containers/tools')).toBe(1);
});

test('main.ts says that a service keeps state, where its file does not', async () => {
  project().write('main.ts', '');
  const compose = `docker compose --project-name shop --file ${project().path('compose', 'docker-compose.yml')}`;
  const world = {
    ...PIPE,
    env: { DOCKER_HOST: engine().host },
    programs: { [`${compose} --profile *`]: { stdout: JSON.stringify({ services: { web: {} } }) } },
  };
  const app = serviceApp({ composeName: 'web', workload: 'stateful-set' });

  const argv = ['scale', 'web', '2', '--target', 'compose', '--yes'];
  const { exitCode, stderr } = await project().tars(app, argv, world);

  expect(exitCode).toBe(1);
  expect(stderr).toContain('web cannot have 2 containers: it keeps state');
});
