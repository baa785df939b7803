// @ts-check
// Faults are put into the running stack, one at a time: `tars doctor` names each by its true cause, and says
// nothing before and after.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { binaryPath } from '../../testbed/binaries.mjs';
import { certificate } from '../certificate.mjs';
import { describeFaults, examine } from '../doctor.mjs';
import { projectAt, root } from '../project.mjs';
import { settings } from '../settings.mjs';
import { containerOf } from './containers.mjs';
import { compose, docker, tryCompose } from './docker.mjs';
import { environmentFile } from './project.mjs';
import { up } from './stack.mjs';

const path = `${settings.own ? `${dirname(binaryPath('docker'))}:` : ''}${process.env.PATH}`;
const day = 86_400_000;

/** What the project has for the time of this suite, since `tars doctor` reads main.ts. */
const extras = ['main.ts', 'package.json', 'cdk8s.yaml', 'build', 'node_modules'];
const override = join(settings.project, 'compose', 'fault.yml');

/**
 * Makes a service anew with something else in the compose file, and nobody else.
 *
 * @param {string} service
 * @param {object} change
 */
async function madeWith(service, change) {
  writeFileSync(override, JSON.stringify({ services: { [service]: change } }));
  // One that cannot be started fails here as well.
  await tryCompose(['--file', override, 'up', '--detach', '--no-deps', service]);
}

/**
 * A fault that is put in by the compose file.
 *
 * @param {string} name
 * @param {string} code
 * @param {string} service
 * @param {object} change
 * @param {RegExp} [cause]
 * @param {string} [object]
 * @returns {import('../doctor.mjs').Fault}
 */
const ofFile = (name, code, service, change, cause, object = `service/${service}`) => ({
  name,
  code,
  object,
  put: () => madeWith(service, change),
  mend: () => up(),
  ...(cause && { cause }),
});

/** @param {string} script as root, with the files of the cache */
async function inCacheData(script) {
  const { facts } = await containerOf('cache');
  const words = ['--user', '0:0', '--entrypoint', 'sh', '--volume', 'tars_cache_data:/data', facts.Config.Image];
  await docker(['run', '--rm', '--network', 'none', ...words, '-c', script]);
}

/**
 * @param {string} path of the engine's machine, `/file` in the script
 * @param {string} script as root
 * @param {string} [input]
 */
async function inFile(path, script, input) {
  const { facts } = await containerOf('cache');
  const words = ['--user', '0:0', '--entrypoint', 'sh', '--volume', `${path}:/file`, facts.Config.Image, '-c', script];
  return docker(['run', '--rm', '--interactive', '--network', 'none', ...words], { input });
}

/** What a container has for its resolver. @type {string} */
let resolver;

const environment = environmentFile(settings.project);
/** @type {string | undefined} */
let environmentBefore;

/** @param {(text: string) => string} change */
function changeEnvironment(change) {
  environmentBefore = readFileSync(environment, 'utf8');
  writeFileSync(environment, change(environmentBefore));
}

function restoreEnvironment() {
  if (environmentBefore !== undefined) {
    writeFileSync(environment, environmentBefore);
  }
}

/** @type {string} */
let adminerImage;
/** @type {string} */
let frontendImage;
const kept = 'kept-by-a-test:latest';
const backendNetwork = 'tars_backend_postgres';
const squatter = 'tars-doctor-squatter';

/**
 * An image that somebody has cleared away, and the container with it.
 *
 * @param {string} service
 * @param {() => string} image
 * @returns {Pick<import('../doctor.mjs').Fault, 'put' | 'mend'>}
 */
const withoutImage = (service, image) => ({
  put: async () => {
    await compose(['rm', '--stop', '--force', service]);
    await docker(['tag', image(), kept]);
    await docker(['rmi', image()]);
  },
  mend: async () => {
    await docker(['tag', kept, image()]);
    await docker(['rmi', kept]);
    await up();
  },
});

/**
 * A file of the project that is changed, or moved away.
 *
 * @param {string} path in the project
 * @param {(text: string) => string | undefined} change
 * @param {readonly string[]} made anew, and whatever comes of it
 * @param {readonly string[]} [mended] made anew when it is as before
 * @returns {Pick<import('../doctor.mjs').Fault, 'put' | 'mend'>}
 */
function withFile(path, change, made, mended = made) {
  const file = join(settings.project, path);
  let before = '';
  return {
    put: async () => {
      before = readFileSync(file, 'utf8');
      const text = change(before);
      if (text === undefined) {
        rmSync(file);
      } else {
        writeFileSync(file, text);
      }
      if (made.length > 0) {
        await tryCompose(['up', '--detach', '--no-deps', '--force-recreate', ...made]);
      }
    },
    mend: async () => {
      writeFileSync(file, before);
      await up(mended.length > 0 ? ['--force-recreate', '--no-deps', ...mended] : []);
    },
  };
}

/**
 * @param {string} service
 * @param {string} signal for its first process
 */
async function signalled(service, signal) {
  const { facts } = await containerOf(service);
  const kill = ['--entrypoint', 'sh', facts.Config.Image, '-c', `kill -${signal} ${facts.State.Pid}`];
  await docker(['run', '--rm', '--pid', 'host', '--network', 'none', '--user', '0:0', ...kill]);
}

/** @param {readonly string[]} words of how postgres is connected again */
async function reconnected(...words) {
  const { name } = await containerOf('postgres');
  await docker(['network', 'disconnect', backendNetwork, name]);
  await docker(['network', 'connect', ...words, backendNetwork, name]);
}

/** @type {readonly import('../doctor.mjs').Fault[]} */
const faults = [
  {
    name: 'a stack that is not there',
    code: 'TARS7318',
    object: 'project/tars',
    put: () => compose(['down']),
    mend: () => up(),
  },
  {
    name: 'a container that is killed and not started again',
    code: 'TARS7318',
    object: 'service/cache',
    put: async () => {
      const { id } = await containerOf('cache');
      await docker(['update', '--restart', 'no', id]);
      await docker(['kill', id]);
    },
    mend: () => up(['--force-recreate', '--no-deps', 'cache']),
  },
  {
    name: 'a container that is paused',
    code: 'TARS7318',
    object: 'service/cache',
    cause: /paused/,
    put: async () => docker(['pause', (await containerOf('cache')).id]),
    mend: async () => docker(['unpause', (await containerOf('cache')).id]),
  },
  ofFile('a variable that is no port', 'TARS7301', 'backend', { environment: { API_PORT: 'abc' } }, /abc|API_PORT/),
  ofFile('a command that is not there', 'TARS7320', 'adminer', { entrypoint: ['no-such-program'] }),
  {
    name: 'a port that somebody else has',
    code: 'TARS7319',
    object: 'service/adminer',
    cause: /8080/,
    put: async () => {
      await compose(['rm', '--stop', '--force', 'adminer']);
      const words = ['--name', squatter, '--publish', '127.0.0.1:8080:8080', '--entrypoint', 'sleep', adminerImage];
      await docker(['run', '--detach', ...words, 'infinity']);
      const { code } = await tryCompose(['up', '--detach', '--no-deps', 'adminer']);
      assert.notEqual(code, 0);
    },
    mend: async () => {
      await docker(['rm', '--force', squatter]);
      await up(['--force-recreate', '--no-deps', 'adminer']);
    },
  },
  {
    name: 'an image that cannot be pulled',
    code: 'TARS7302',
    object: 'service/adminer',
    cause: /has not been pulled/,
    ...withoutImage('adminer', () => adminerImage),
  },
  {
    name: 'an image that was never built',
    core: true,
    code: 'TARS7302',
    object: 'service/frontend',
    cause: /has not been built/,
    ...withoutImage('frontend', () => frontendImage),
  },
  {
    name: 'a service that is stopped',
    core: true,
    code: 'TARS7318',
    object: 'service/ollama',
    cause: /stopped/,
    put: () => compose(['stop', 'ollama']),
    mend: () => up(),
  },
  {
    name: 'a container that is removed',
    code: 'TARS7318',
    object: 'service/adminer',
    cause: /removed/,
    put: () => compose(['rm', '--stop', '--force', 'adminer']),
    mend: () => up(),
  },
  ofFile(
    'a volume that is full',
    'TARS7323',
    'adminer',
    { entrypoint: ['sh', '-c', 'head -c 100000000 /dev/zero > /tmp/all'] },
    /No space left/,
  ),
  {
    name: 'a configuration that the gateway does not read',
    code: 'TARS7301',
    object: 'service/gateway',
    cause: /unknown directive "listens"/,
    ...withFile('compose/gateway/nginx.conf', (text) => text.replace(/\blisten\b/, 'listens'), ['gateway']),
  },
  {
    name: 'a program that does not compile',
    code: 'TARS7301',
    object: 'service/backend',
    cause: /SyntaxError/,
    ...withFile('app/backend/api/main.py', (text) => `${text}\ndef broken(:\n`, ['backend']),
  },
  {
    name: 'a program that no longer compiles while it runs',
    code: 'TARS7309',
    object: 'service/backend',
    cause: /SyntaxError/,
    ...withFile('app/backend/tars/application.py', (text) => `${text}\ndef broken(:\n`, [], ['backend']),
  },
  {
    name: 'a file that is mounted and not there',
    code: 'TARS7320',
    object: 'service/frontend',
    cause: /app\/frontend\/index\.html/,
    ...withFile('app/frontend/index.html', () => undefined, ['frontend']),
  },
  {
    name: 'a database that nobody finds by its name',
    core: true,
    code: 'TARS7322',
    object: 'service/postgres',
    cause: /without an alias/,
    put: () => reconnected(),
    mend: () => reconnected('--alias', 'postgres'),
  },
  {
    name: 'another password than the cache has',
    code: 'TARS7314',
    object: 'service/cache',
    put: () => compose(['up', '--detach', '--no-deps', 'backend'], { env: { REDIS_PASSWORD: 'another-altogether' } }),
    mend: () => up(),
  },
  {
    name: 'a compose file that Compose does not read',
    core: true,
    code: 'TARS7303',
    object: 'compose/docker-compose.yml',
    ...withFile('compose/docker-compose.yml', (text) => `${text}\nservice: []\n`, []),
  },
  {
    name: 'a process that hangs',
    code: 'TARS7309',
    object: 'service/cache',
    put: () => signalled('cache', 'STOP'),
    mend: () => signalled('cache', 'CONT'),
  },
  ofFile('a health check that fails', 'TARS7309', 'adminer', {
    healthcheck: { test: ['CMD', 'false'], interval: '1s', retries: 1, start_period: '0s' },
  }),
  ofFile('too little memory', 'TARS7304', 'adminer', {
    entrypoint: ['tail', '/dev/zero'],
    deploy: { resources: { limits: { memory: '128M' } } },
  }),
  {
    name: 'a volume that belongs to somebody else',
    code: 'TARS7321',
    object: 'service/cache',
    cause: /ermission denied/,
    put: async () => {
      await inCacheData('chown -R 0:0 /data && chmod -R 700 /data');
      await docker(['restart', (await containerOf('cache')).id]);
    },
    mend: async () => {
      await inCacheData('chown -R 999:999 /data');
      await up(['--force-recreate', '--no-deps', 'cache']);
    },
  },
  {
    name: 'a database that is cut off from its network',
    core: true,
    code: 'TARS7322',
    object: 'service/postgres',
    put: async () =>
      docker(['network', 'disconnect', backendNetwork, (await containerOf('postgres')).name]),
    mend: async () => {
      const { name } = await containerOf('postgres');
      await docker(['network', 'connect', '--alias', 'postgres', backendNetwork, name]);
    },
  },
  {
    name: 'a container that asks another DNS',
    code: 'TARS7311',
    object: 'service/backend',
    put: async () => {
      const { facts } = await containerOf('backend');
      resolver = await inFile(facts.ResolvConfPath, 'cat /file && echo nameserver 192.0.2.1 > /file');
    },
    mend: async () => {
      const { facts } = await containerOf('backend');
      await inFile(facts.ResolvConfPath, 'cat > /file', resolver);
    },
  },
  ofFile(
    'a server that does not listen, though its check passes',
    'TARS7313',
    'ollama',
    { entrypoint: ['sleep', 'infinity'], healthcheck: { test: ['CMD', 'true'], interval: '1s' } },
    /nobody listens there/,
    'service/backend -> ollama:11434',
  ),
  {
    name: 'a container that was made and never started',
    code: 'TARS7325',
    object: 'service/adminer',
    cause: /interrupted/,
    put: async () => {
      await compose(['rm', '--stop', '--force', 'adminer']);
      await compose(['create', 'adminer']);
    },
    mend: () => up(),
  },
  {
    name: 'another password than the database has',
    code: 'TARS7314',
    object: 'service/postgres',
    cause: /password authentication failed/,
    put: () => compose(['up', '--detach', '--no-deps', 'backend'], { env: { POSTGRES_PASSWORD: 'another-altogether' } }),
    mend: () => up(),
  },
  ofFile('a migration that fails', 'TARS7324', 'backend-migrate', {
    entrypoint: ['python', '-c', 'raise SystemExit("the table is locked")'],
  }, /the table is locked/),
  {
    name: 'a variable that .env does not say',
    core: true,
    code: 'TARS7303',
    object: 'compose/.env JWT_SECRET_KEY',
    put: async () =>
      changeEnvironment((text) => text.replace(/^JWT_SECRET_KEY=.*$/m, 'JWT_SECRET_KEY=')),
    mend: async () => restoreEnvironment(),
  },
  {
    name: 'a certificate of the gateway that has expired',
    code: 'TARS7316',
    object: 'secrets/tls/tls.crt',
    cause: /nobody has renewed it/,
    put: async () => {
      cpSync(join(settings.project, 'compose'), join(settings.project, 'compose.kept'), { recursive: true });
      projectAt(settings.project).synth('{ tls: { selfSigned: true } }');
      await up();
      const { cert } = await certificate(['tars.local'], Date.now() - 30 * day, Date.now() - day);
      writeFileSync(join(settings.project, 'secrets', 'tls', 'tls.crt'), cert);
    },
    mend: async () => {
      cpSync(join(root, 'main.ts'), join(settings.project, 'main.ts'));
      rmSync(join(settings.project, 'compose'), { recursive: true });
      cpSync(join(settings.project, 'compose.kept'), join(settings.project, 'compose'), { recursive: true });
      await up();
    },
  },
];

/** @type {readonly import('../doctor.mjs').Health[]} */
const healthy = [
  {
    name: 'while a service is made anew',
    core: true,
    during: () => up(['--force-recreate', '--no-deps', 'adminer']),
  },
  { name: 'while a stack that was stopped is started', begin: () => compose(['stop']), during: () => up() },
  {
    name: 'of a stack without its optional services',
    during: async () => {
      changeEnvironment((text) => text.replace(/^COMPOSE_PROFILES=.*$/m, 'COMPOSE_PROFILES='));
      await compose(['--profile', '*', 'rm', '--stop', '--force', 'adminer', 'prometheus', 'grafana']);
    },
    end: async () => {
      restoreEnvironment();
      await up();
    },
  },
  {
    name: 'of three replicas',
    during: () => up(['--scale', 'backend=3']),
    end: () => up(),
  },
];

describeFaults({
  look: () => examine('compose', settings.project, path),
  setUp: async () => {
    for (const name of extras) {
      const place = join(settings.project, name);
      if (!existsSync(place)) {
        (name.includes('.') ? cpSync : symlinkSync)(join(root, name), place);
      }
    }
    await up();
    adminerImage = (await containerOf('adminer')).facts.Config.Image;
    frontendImage = (await containerOf('frontend')).facts.Config.Image;
  },
  tearDown: async () => {
    for (const name of [...extras, 'compose.kept', 'secrets', 'dist', join('compose', 'fault.yml')]) {
      rmSync(join(settings.project, name), { recursive: true, force: true });
    }
    await up();
  },
  absent: ['project/tars'],
  healthy,
  faults,
});
