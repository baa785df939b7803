import type { ComposeSnapshot } from '../../../lib/ops/doctor/compose-snapshot';
import { diagnoseCompose } from '../../../lib/ops/doctor/diagnose';
import { aCertificate, aContainer, anEngine, engineLog, NOW } from './snapshots';

type Row = readonly [what: string, snapshot: ComposeSnapshot, code: string, object: string, affected?: string[]];

const exited = (exitCode: number): object => ({ status: 'exited', exitCode, finishedAt: NOW - 10_000 });
const sick = (last: string): object => ({ health: { status: 'unhealthy', last } });
const task = { restartPolicy: 'no', health: undefined };
const PORT =
  'driver failed programming external connectivity: Bind for 127.0.0.1:5432 failed: port is already allocated';
const attempt = (outcome: 'refused' | 'no-name' | 'no-dns'): ComposeSnapshot['attempts'] => [
  { client: 'api', server: 'db', host: 'db', port: 5432, outcome, detail: outcome },
];

/** A row by the names of its columns. */
function named([what, snapshot, code, object, affected = []]: Row): {
  readonly what: string;
  readonly snapshot: ComposeSnapshot;
  readonly code: string;
  readonly object: string;
  readonly affected: readonly string[];
} {
  return { what, snapshot, code, object, affected };
}

const FAULTS: readonly Row[] = [
  [
    'a container that restarts',
    anEngine([aContainer('api', { status: 'restarting', exitCode: 1, restartCount: 4 })]),
    'TARS7301',
    'service/api',
  ],
  ['a container that has failed', anEngine([aContainer('api', exited(1))]), 'TARS7301', 'service/api'],
  [
    'an image that is not there',
    anEngine([], { without: ['db'], images: ['web:1', 'api:1', 'api-migrate:1'] }),
    'TARS7302',
    'service/db',
  ],
  [
    'a variable without a value',
    anEngine([], {
      refusal:
        'error while interpolating services.db.environment: required variable PASSWORD is missing a value: set it',
    }),
    'TARS7303',
    'compose/.env PASSWORD',
  ],
  [
    'a file that Compose does not read',
    anEngine([], { refusal: 'yaml: line 3' }),
    'TARS7303',
    'compose/docker-compose.yml',
  ],
  ['too little memory', anEngine([aContainer('db', { ...exited(137), oomKilled: true })]), 'TARS7304', 'service/db'],
  ['a check that fails', anEngine([aContainer('db', sick('connection refused'))]), 'TARS7309', 'service/db'],
  ['nobody at the port', anEngine([], { attempts: attempt('refused') }), 'TARS7313', 'service/api -> db:5432'],
  ['no answer from the DNS', anEngine([], { attempts: attempt('no-dns') }), 'TARS7311', 'service/api'],
  ['no network in common', anEngine([], { attempts: attempt('no-name') }), 'TARS7313', 'service/api -> db:5432'],
  [
    'a check that does not end',
    anEngine([aContainer('api', { health: { status: 'starting', last: '' }, startedAt: NOW - 301_000 })]),
    'TARS7325',
    'service/api',
  ],
  [
    'another password',
    anEngine([aContainer('api', sick('503'))], {
      logs: [engineLog('db', 'FATAL: password authentication failed for user "shop"')],
    }),
    'TARS7314',
    'service/db',
    ['service/api'],
  ],
  [
    'an expired certificate',
    anEngine([], { certificates: [aCertificate('compose/secrets/tls/tls.crt', -3, -1)] }),
    'TARS7316',
    'compose/secrets/tls/tls.crt',
    ['service/gateway'],
  ],
  [
    'a killed container',
    anEngine([aContainer('db', { ...exited(137), restartPolicy: 'no' })]),
    'TARS7318',
    'service/db',
  ],
  ['a stopped container', anEngine([aContainer('db', exited(0))]), 'TARS7318', 'service/db'],
  [
    'a killed container that has complained before',
    anEngine([aContainer('db', exited(137))], {
      logs: [engineLog('db', 'cannot write the cache file: Permission denied')],
    }),
    'TARS7318',
    'service/db',
  ],
  ['a paused container', anEngine([aContainer('db', { status: 'paused' })]), 'TARS7318', 'service/db'],
  ['a removed container', anEngine([], { without: ['web'] }), 'TARS7318', 'service/web'],
  [
    'a port that is taken',
    anEngine([aContainer('db', { status: 'created', exitCode: 128, error: PORT })]),
    'TARS7319',
    'service/db',
  ],
  [
    'a command that is not there',
    anEngine([
      aContainer('db', { status: 'created', exitCode: 127, error: 'exec: "x": executable file not found in $PATH' }),
    ]),
    'TARS7320',
    'service/db',
  ],
  [
    'files of somebody else',
    anEngine([aContainer('db', { status: 'restarting', exitCode: 1 })], {
      logs: [engineLog('db', 'mkdir: cannot create directory: Permission denied')],
    }),
    'TARS7321',
    'service/db',
  ],
  [
    'a disk that is full',
    anEngine([aContainer('db', { status: 'restarting', exitCode: 1 })], {
      logs: [engineLog('db', 'PANIC: could not write to file "pg_wal/xlogtemp.1": No space left on device')],
    }),
    'TARS7323',
    'service/db',
  ],
  [
    'a file that is mounted and gone, of a container that runs',
    anEngine([], { missingMounts: ['./files/web.conf'] }),
    'TARS7320',
    'service/web',
  ],
  [
    'a file that is mounted and gone, of one that was not made for it',
    anEngine([], { without: ['web'], missingMounts: ['./files/web.conf'] }),
    'TARS7320',
    'service/web',
  ],
  [
    'a container without the name of its service',
    anEngine([aContainer('db', { nameless: ['api_db'] })], { attempts: attempt('no-name') }),
    'TARS7322',
    'service/db',
    ['service/api -> db:5432'],
  ],
  [
    'a project that was never brought up',
    anEngine([], { without: ['web', 'api', 'api-migrate', 'db'], images: [] }),
    'TARS7318',
    'project/shop',
  ],
  [
    'a project that was stopped',
    anEngine(['web', 'api', 'db'].map((name) => aContainer(name, exited(name === 'db' ? 0 : 143)))),
    'TARS7318',
    'project/shop',
  ],
  ['a network that was left', anEngine([aContainer('db', { networks: [] })]), 'TARS7322', 'service/db'],
  [
    'a task that has failed',
    anEngine([aContainer('api-migrate', { ...task, ...exited(1) })]),
    'TARS7324',
    'service/api-migrate',
  ],
  [
    'a container that was never started',
    anEngine([aContainer('api', { status: 'created' })]),
    'TARS7325',
    'service/api',
  ],
  [
    'another password, of which the client speaks as well',
    anEngine([aContainer('api', sick('503'))], {
      logs: [
        engineLog('db', 'FATAL: password authentication failed for user "shop"'),
        engineLog('api', 'connection failed: FATAL: password authentication failed for user "shop"'),
      ],
    }),
    'TARS7314',
    'service/db',
    ['service/api'],
  ],
];

test.each(FAULTS.map(named))('$what', ({ snapshot, code, object, affected }) => {
  const findings = diagnoseCompose(snapshot);
  expect(findings.map((one) => [one.code, one.object, one.affected])).toEqual([[code, object, affected]]);
  expect(findings.flatMap(({ remedies }) => remedies.filter((line) => !line.startsWith('#')))).not.toEqual([]);
});

const CONSEQUENCES: readonly Row[] = [
  [
    'whoever waits for a database whose port is taken',
    anEngine([
      aContainer('db', { status: 'created', error: PORT }),
      aContainer('api-migrate', { ...task, status: 'created' }),
      aContainer('api', { status: 'created' }),
      aContainer('web', sick('502')),
    ]),
    'TARS7319',
    'service/db',
    ['service/api', 'service/web'],
  ],
  [
    'who is cut off from a database that was disconnected',
    anEngine([aContainer('db', { networks: [] }), aContainer('api', sick('503'))], { attempts: attempt('no-name') }),
    'TARS7322',
    'service/db',
    ['service/api', 'service/api -> db:5432'],
  ],
  [
    'a crash for want of a migration',
    anEngine([aContainer('api-migrate', { ...task, ...exited(1) }), aContainer('api', { status: 'created' })]),
    'TARS7324',
    'service/api-migrate',
    ['service/api'],
  ],
];

test.each(CONSEQUENCES.map(named))('not reported by itself: $what', ({ snapshot, code, object, affected }) => {
  expect(diagnoseCompose(snapshot).map((one) => [one.code, one.object, one.affected])).toEqual([
    [code, object, affected],
  ]);
});

const NEAR_MISSES: readonly (readonly [string, ComposeSnapshot])[] = [
  ['all is well', anEngine()],
  ['a crash that is over', anEngine([aContainer('api', { restartCount: 3, finishedAt: NOW - 1000 })])],
  ['out of memory an hour ago', anEngine([aContainer('api', { oomKilled: true, finishedAt: NOW - 3_600_000 })])],
  [
    'a check that has not passed yet',
    anEngine([aContainer('api', { health: { status: 'starting', last: 'refused' }, startedAt: NOW - 5000 })]),
  ],
  ['a task that is done', anEngine([aContainer('api-migrate', { ...task, ...exited(0) })])],
  ['one of two replicas that is stopped', anEngine([aContainer('web'), aContainer('web', exited(0))])],
  ['a network beside those that are meant', anEngine([aContainer('db', { networks: ['api_db', 'other'] })])],
  [
    'a server that is starting',
    anEngine([aContainer('db', { health: { status: 'starting', last: '' }, startedAt: NOW - 5000 })], {
      attempts: attempt('refused'),
    }),
  ],
  [
    'a container that complains while it starts',
    anEngine([aContainer('db', { health: { status: 'starting', last: '' }, startedAt: NOW - 5000 })], {
      logs: [engineLog('db', 'cannot raise the limit: Permission denied')],
    }),
  ],
  [
    'containers that were made a moment ago',
    anEngine([aContainer('api', { status: 'created', createdAt: NOW - 2000 })], { without: ['web'] }),
  ],
  [
    'containers that wait for one that is starting',
    anEngine([
      aContainer('db', { health: { status: 'starting', last: '' }, startedAt: NOW - 60_000 }),
      aContainer('api', { status: 'created', createdAt: NOW - 60_000, startedAt: 0 }),
    ]),
  ],
  [
    'containers that were stopped and whose turn comes',
    anEngine([
      aContainer('db', { startedAt: NOW - 2000 }),
      aContainer('api', { ...exited(0), startedAt: NOW - 50_000 }),
    ]),
  ],
  ['a good certificate', anEngine([], { certificates: [aCertificate('compose/secrets/tls/tls.crt')] })],
];

test.each(NEAR_MISSES)('quiet: %s', (_, snapshot) => {
  expect(diagnoseCompose(snapshot)).toEqual([]);
});
