// @ts-check
// Faults are put into the running stack, one at a time: `tars doctor` names each by its true cause, and says
// nothing before and after.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binaryPath } from '../../testbed/binaries.mjs';
import { certificate } from '../certificate.mjs';
import { examine, isNamed } from '../doctor.mjs';
import { figure } from '../figures.mjs';
import { projectAt, root } from '../project.mjs';
import { settings } from '../settings.mjs';
import { containerOf } from './containers.mjs';
import { compose, docker, tryCompose } from './docker.mjs';
import { environmentFile } from './project.mjs';
import { up } from './stack.mjs';

const path = `${settings.own ? `${dirname(binaryPath('docker'))}:` : ''}${process.env.PATH}`;
const look = () => examine('compose', settings.project, path);
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
 * @returns {import('../doctor.mjs').Fault}
 */
const ofFile = (name, code, service, change, cause) => ({
  name,
  code,
  object: `service/${service}`,
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
const kept = 'kept-by-a-test:adminer';
const squatter = 'tars-doctor-squatter';

/** @type {readonly import('../doctor.mjs').Fault[]} */
const faults = [
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
    put: async () => {
      await compose(['rm', '--stop', '--force', 'adminer']);
      await docker(['tag', adminerImage, kept]);
      await docker(['rmi', adminerImage]);
      const { code } = await tryCompose(['up', '--detach', '--no-deps', 'adminer']);
      assert.notEqual(code, 0);
    },
    mend: async () => {
      await docker(['tag', kept, adminerImage]);
      await docker(['rmi', kept]);
      await up();
    },
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
    code: 'TARS7322',
    object: 'service/postgres',
    put: async () =>
      docker(['network', 'disconnect', 'tars_backend_postgres', (await containerOf('postgres')).name]),
    mend: async () => {
      const { name } = await containerOf('postgres');
      await docker(['network', 'connect', '--alias', 'postgres', 'tars_backend_postgres', name]);
    },
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

/** By hand, some of them: TARS_LIVE_FAULTS is a pattern of their names. */
const chosen = faults.filter(({ name }) => new RegExp(process.env.TARS_LIVE_FAULTS ?? '').test(name));

describe('tars doctor', () => {
  before(async () => {
    for (const name of extras) {
      const place = join(settings.project, name);
      if (!existsSync(place)) {
        (name.includes('.') ? cpSync : symlinkSync)(join(root, name), place);
      }
    }
    await up();
    adminerImage = (await containerOf('adminer')).facts.Config.Image;
  });

  after(async () => {
    for (const name of [...extras, 'compose.kept', 'secrets', 'dist', join('compose', 'fault.yml')]) {
      rmSync(join(settings.project, name), { recursive: true, force: true });
    }
    await up();
  });

  test('says nothing of the healthy stack', async () => {
    assert.deepEqual(await look(), []);
  });

  /** @type {number[]} */
  const seconds = [];
  for (const fault of chosen) {
    test(`names ${fault.name}`, async () => {
      seconds.push(await isNamed(fault, look));
    });
  }

  test('says nothing of the stack when all is mended', async () => {
    assert.deepEqual(await look(), []);
    figure('faults named, and nothing else', seconds.length, 'faults');
    figure('longest from a fault until it is named', Math.max(...seconds), 's');
  });
});
