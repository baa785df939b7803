import * as nodeFs from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { parseEnvFile } from '../../lib/model/env-file';
import { EnvValue } from '../../lib/model/value';
import { serviceApp, tarsApp, twoEnvironments } from './apps';
import { useProject } from './fake-io';

const project = useProject();
const CLUSTER = 'secrets/cluster.env';
const COMPOSE = 'compose/.env';

const valuesOf = (file: string): ReadonlyMap<string, string> => parseEnvFile(project().read(file));

describe('tars secrets init', () => {
  test('makes both files, for their owner only', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['secrets', 'init']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`created ${CLUSTER}: GRAFANA_ADMIN_PASSWORD, JWT_SECRET_KEY, OPENAI_API_KEY`);
    expect([project().mode(CLUSTER), project().mode(COMPOSE), project().mode('secrets')]).toEqual([
      '600',
      '600',
      '700',
    ]);
    expect(project().read('secrets/.gitignore')).toMatch(/^\*$/m);
  });

  test('each file has values of its own; what may be empty is', async () => {
    await project().tars(tarsApp(), ['secrets', 'init']);
    const [cluster, compose] = [valuesOf(CLUSTER), valuesOf(COMPOSE)];
    expect(cluster.get('OPENAI_API_KEY')).toBe('');
    const strong = ['GRAFANA_ADMIN_PASSWORD', 'JWT_SECRET_KEY', 'POSTGRES_PASSWORD', 'REDIS_PASSWORD'];
    const all = [cluster, compose].flatMap((values) => strong.map((key) => values.get(key)));
    expect(new Set(all).size).toBe(8);
    for (const value of all) expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
  });

  test('the .env for Compose switches the optional services on, and says what is what', async () => {
    await project().tars(tarsApp(), ['secrets', 'init']);
    expect(valuesOf(COMPOSE).get('COMPOSE_PROFILES')).toBe('adminer,monitoring');
    expect(project().read(COMPOSE)).toMatch(
      /^# Settings of the Compose project "tars"\.\n# A variable of the same name/,
    );
    expect(project().read(COMPOSE)).not.toContain('Copy this file');
  });

  test('later runs add missing keys only', async () => {
    const mine = "# mine\nPOSTGRES_PASSWORD='kept'   # why\n\nUNKNOWN=stays\n";
    project().write(CLUSTER, mine, 0o600);
    const { stdout } = await project().tars(tarsApp(), ['secrets', 'init']);
    expect(stdout).toContain(
      `added to ${CLUSTER}: GRAFANA_ADMIN_PASSWORD, JWT_SECRET_KEY, OPENAI_API_KEY, REDIS_PASSWORD`,
    );
    expect(project().read(CLUSTER).startsWith(mine)).toBe(true);
    const before = project().files();
    const again = await project().tars(tarsApp(), ['secrets', 'init']);
    expect(again.stdout).toBe('nothing is missing\n');
    expect(project().files()).toEqual(before);
  });

  test('a file copied from .env.example is filled in where it is empty', async () => {
    await project().tars(tarsApp(), ['synth', '--no-secrets']);
    project().write(COMPOSE, project().read('compose/.env.example').replace('REDIS_PASSWORD=', 'REDIS_PASSWORD=own'));
    await project().tars(tarsApp(), ['secrets', 'init']);
    expect(valuesOf(COMPOSE).get('REDIS_PASSWORD')).toBe('own');
    expect(valuesOf(COMPOSE).get('POSTGRES_PASSWORD')).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(project().mode(COMPOSE)).toBe('600');
  });

  test.each([
    ['existing', { source: 'existing', secretName: 'mine' }],
    ['external', { source: 'external' }],
  ] as const)('a Secret from elsewhere (%s) has no file here, but Compose has its own', async (_, secrets) => {
    await project().tars(tarsApp({ secrets }), ['synth']);
    const files = [...project().files().keys()];
    expect(files).toContain(COMPOSE);
    expect(files.filter((file) => file.includes('secrets'))).toEqual([]);
  });

  test("somebody else's value is not invented: it stands empty, with a warning", async () => {
    const env = { TOKEN: EnvValue.fromSecret('token', { secretName: 'theirs' }) };
    const { exitCode, stderr } = await project().tars(serviceApp({ env }), ['synth']);
    expect(exitCode).toBe(0);
    expect(valuesOf(COMPOSE).get('THEIRS_TOKEN')).toBe('');
    expect(stderr).toContain('warning TARS4002 compose/.env:THEIRS_TOKEN');
    expect(stderr).toContain('`tars secrets set THEIRS_TOKEN` with the value that the Secret theirs has under token');
  });

  test('a file that cannot be read is named with its line, and stays', async () => {
    project().write(CLUSTER, "A='1'\nthis is hunter2 no line\n");
    const { exitCode, stderr } = await project().tars(tarsApp(), ['secrets', 'init']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`error TARS4003 ${CLUSTER}:2: `);
    expect(stderr).not.toContain('hunter2');
    expect(project().read(CLUSTER)).toContain('hunter2');
  });

  test('a file that is a device is not read: it may have no end', async () => {
    nodeFs.mkdirSync(project().path('secrets'), { mode: 0o700 });
    nodeFs.symlinkSync('/dev/null', project().path(CLUSTER));
    const { exitCode, stderr } = await project().tars(tarsApp(), ['secrets', 'init']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/error TARS4003 .*cluster\.env: the file cannot be read: it is no file/);
  });

  test('says which file others may read', async () => {
    await project().tars(tarsApp(), ['secrets', 'init']);
    nodeFs.chmodSync(project().path(CLUSTER), 0o644);
    const { stderr } = await project().tars(tarsApp(), ['synth']);
    expect(stderr).toContain(`warning TARS4006 ${CLUSTER}: others on this machine may read this file of secrets`);
    expect(stderr).toContain('given:   mode 0644');
    expect(stderr).toContain(`remedy:  chmod 600 ${CLUSTER}`);
  });

  test('a file that is linked to another place stays a link', async () => {
    project().write('store/cluster.env', "JWT_SECRET_KEY='kept'\n");
    project().write('secrets/.gitignore', '*\n');
    nodeFs.symlinkSync('../store/cluster.env', project().path(CLUSTER));
    await project().tars(tarsApp(), ['secrets', 'init']);
    expect(nodeFs.lstatSync(project().path(CLUSTER)).isSymbolicLink()).toBe(true);
    expect(project().read('store/cluster.env')).toMatch(/^JWT_SECRET_KEY='kept'\n[^]*POSTGRES_PASSWORD=/);
  });

  test('of two first runs at the same time one wins, and the other takes its values', async () => {
    let isFirst = true;
    const linkSync: typeof nodeFs.linkSync = (from, to) => {
      // Another process was faster by a moment.
      if (isFirst && String(to).endsWith('cluster.env'))
        nodeFs.writeFileSync(to, "POSTGRES_PASSWORD='theirs'\n", { mode: 0o600 });
      isFirst &&= !String(to).endsWith('cluster.env');
      nodeFs.linkSync(from, to);
    };
    const { exitCode } = await project().tars(tarsApp(), ['synth'], { fs: { linkSync } });
    expect(exitCode).toBe(0);
    expect(valuesOf(CLUSTER).get('POSTGRES_PASSWORD')).toBe('theirs');
    const encoded = Buffer.from('theirs').toString('base64');
    expect(project().read('dist/tars.secrets.k8s.yaml')).toContain(`POSTGRES_PASSWORD: ${encoded}`);
  });

  test('a file system without hard links does as well', async () => {
    const linkSync = (): never => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    };
    const { exitCode } = await project().tars(tarsApp(), ['secrets', 'init'], { fs: { linkSync } });
    expect(exitCode).toBe(0);
    expect(project().mode(CLUSTER)).toBe('600');
  });

  test('a disk that is full: nothing is left behind, and nothing is lost', async () => {
    project().write(CLUSTER, "JWT_SECRET_KEY='kept'\n", 0o600);
    project().write('secrets/.gitignore', '*\n');
    const writeFileSync: typeof nodeFs.writeFileSync = (file, data, options) => {
      if (typeof file !== 'number') nodeFs.writeFileSync(file, data, options);
      else throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    const { exitCode, stderr } = await project().tars(tarsApp(), ['secrets', 'init'], { fs: { writeFileSync } });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/error TARS5001 .*cluster\.env: it cannot be written, and is as it was: ENOSPC/);
    expect(stderr).toContain('remedy:  free some space and run it again');
    expect(project().read(CLUSTER)).toBe("JWT_SECRET_KEY='kept'\n");
    expect([...project().files().keys()].filter((file) => file.includes('tmp'))).toEqual([]);
  });
});

describe('self-signed certificates', () => {
  const selfSigned = tarsApp({ tls: { selfSigned: true } });
  const certificate = (): X509Certificate => new X509Certificate(project().read('secrets/tls/tls.crt'));

  test('made once, for the hosts, kept beside the secrets, its Secret among them', async () => {
    const { exitCode } = await project().tars(selfSigned, ['synth']);
    expect(exitCode).toBe(0);
    expect(certificate().subjectAltName).toBe('DNS:api.tars.local, DNS:tars.local');
    expect(project().mode('secrets/tls')).toBe('700');
    expect(project().mode('secrets/tls/ca.key')).toBe('600');
    // The gateway's container has another user, and reads it through a mount.
    expect(project().mode('secrets/tls/tls.key')).toBe('644');
    expect(project().read('dist/tars.secrets.k8s.yaml')).toContain('type: kubernetes.io/tls');
    expect(project().read('compose/docker-compose.yml')).toContain('../secrets/tls/tls.key');
    const again = await project().tars(selfSigned, ['synth']);
    expect(again.stdout).toMatch(/^nothing changed/);
  });

  test('other hosts: a warning with the remedy, which keeps the authority', async () => {
    await project().tars(selfSigned, ['synth']);
    const authority = project().read('secrets/tls/ca.crt');
    const moved = tarsApp({ tls: { selfSigned: true }, webHost: 'new.local' });
    const { stderr, exitCode } = await project().tars(moved, ['synth']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('warning TARS4007 secrets/tls/tls.crt: the certificate does not name new.local');
    expect(stderr).toContain('remedy:  run `tars secrets init --renew-certificate`');
    await project().tars(moved, ['secrets', 'init', '--renew-certificate']);
    expect(certificate().checkHost('new.local')).toBe('new.local');
    expect(project().read('secrets/tls/ca.crt')).toBe(authority);
    expect(certificate().checkIssued(new X509Certificate(authority))).toBe(true);
  });

  test.each([
    ['2028-02-20T00:00:00Z', 'it ends in 8 days'],
    ['2030-01-01T00:00:00Z', /it ended \d+ days ago/],
  ])('on %s: a warning', async (now, given) => {
    await project().tars(selfSigned, ['secrets', 'init']);
    const { stderr } = await project().tars(selfSigned, ['secrets', 'init'], { now: new Date(now) });
    expect(stderr).toContain('warning TARS4007 secrets/tls/tls.crt: the certificate has to be made anew');
    expect(stderr).toMatch(given);
  });

  test('a certificate without its key is not half believed', async () => {
    await project().tars(selfSigned, ['secrets', 'init']);
    nodeFs.rmSync(project().path('secrets/tls/tls.key'));
    const { exitCode, stderr } = await project().tars(selfSigned, ['synth']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error TARS4003 secrets/tls/tls.key: the private key of secrets/tls/tls.crt is not there');
  });

  test('another certificate for each environment', async () => {
    const tls = { selfSigned: true };
    await project().tars(twoEnvironments({ tls }, { tls }), ['synth']);
    expect(project().read('secrets/staging/tls/ca.crt')).not.toBe(project().read('secrets/tls/ca.crt'));
    expect(project().read('compose/staging/docker-compose.yml')).toContain('../../secrets/staging/tls/tls.crt');
  });
});

describe('tars secrets set', () => {
  const set = ['secrets', 'set', 'OPENAI_API_KEY'];

  test('reads standard input, without the last line end', async () => {
    await project().tars(tarsApp(), ['secrets', 'init']);
    const { exitCode, stdout, stderr } = await project().tars(tarsApp(), set, { stdin: 'sk-hunter2 \n' });
    expect(exitCode).toBe(0);
    expect(valuesOf(CLUSTER).get('OPENAI_API_KEY')).toBe('sk-hunter2 ');
    expect(valuesOf(COMPOSE).get('OPENAI_API_KEY')).toBe('sk-hunter2 ');
    expect(stdout).toMatch(/^set OPENAI_API_KEY in secrets\/cluster\.env\nset OPENAI_API_KEY in compose\/\.env\n/);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  test('asks on a terminal, in a project that has no secrets yet', async () => {
    const { stderr } = await project().tars(tarsApp(), set, { isTTY: true, typed: 'sk-hunter2' });
    expect(stderr).toContain('OPENAI_API_KEY: ');
    expect(stderr).not.toContain('hunter2');
    expect(valuesOf(CLUSTER).get('OPENAI_API_KEY')).toBe('sk-hunter2');
    expect(valuesOf(CLUSTER).get('POSTGRES_PASSWORD')).toMatch(/^[A-Za-z0-9]{40}$/);
  });

  test('Ctrl-C at the question changes nothing', async () => {
    const { exitCode, stderr } = await project().tars(tarsApp(), set, { isTTY: true });
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/aborted\n$/);
    expect([...project().files().keys()]).toEqual([]);
  });

  test('prints what has to follow, since the Secret is immutable', async () => {
    const { stdout } = await project().tars(tarsApp(), ['secrets', 'set', 'JWT_SECRET_KEY'], { stdin: 'x' });
    const commands = stdout
      .split('\n')
      .filter((line) => /^ {2}\w/.test(line))
      .map((line) => line.trim());
    expect(commands).toEqual([
      'npx tars synth',
      'kubectl -n tars delete secret tars-secrets',
      'kubectl apply -f dist',
      'kubectl -n tars rollout restart deployment/tars-backend',
      'docker compose -f compose/docker-compose.yml up -d',
    ]);
    expect(stdout).not.toContain('A database keeps');
  });

  test("a database's password: says that the database has to hear of it first", async () => {
    const { stdout } = await project().tars(tarsApp(), ['secrets', 'set', 'POSTGRES_PASSWORD'], { stdin: 'x' });
    expect(stdout).toContain('rollout restart deployment/tars-backend statefulset/tars-postgres');
    expect(stdout).toContain('A database keeps its password in its data');
  });

  test.each([
    ['--cluster', CLUSTER, COMPOSE],
    ['--compose', COMPOSE, CLUSTER],
  ])('%s sets the one alone', async (option, changed, other) => {
    await project().tars(tarsApp(), ['secrets', 'init']);
    await project().tars(tarsApp(), [...set, option], { stdin: 'x' });
    expect([valuesOf(changed).get('OPENAI_API_KEY'), valuesOf(other).get('OPENAI_API_KEY')]).toEqual(['x', '']);
  });

  test('--generate makes a strong value, another one for each file', async () => {
    await project().tars(tarsApp(), ['secrets', 'init']);
    const before = valuesOf(CLUSTER).get('JWT_SECRET_KEY');
    await project().tars(tarsApp(), ['secrets', 'set', 'JWT_SECRET_KEY', '--generate']);
    const after = [valuesOf(CLUSTER), valuesOf(COMPOSE)].map((values) => values.get('JWT_SECRET_KEY'));
    expect(new Set([before, ...after]).size).toBe(3);
    for (const value of after) expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
  });

  test('a value on the command line is refused, and not repeated', async () => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['secrets', 'set', 'OPENAI_API_KEY=hunter2']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error TARS5004 tars secrets set OPENAI_API_KEY: a value on the command line is seen');
    expect(stderr).not.toContain('hunter2');
  });

  test('a name that nobody reads', async () => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['secrets', 'set', 'OPENAI_APIKEY'], { stdin: 'x' });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('given:   "OPENAI_APIKEY"');
    expect(stderr).toContain('remedy:  did you mean "OPENAI_API_KEY"?');
  });

  test('a value that will not do mends nothing and breaks nothing', async () => {
    await project().tars(tarsApp(), ['secrets', 'init']);
    const before = project().files();
    const { exitCode, stderr } = await project().tars(tarsApp(), ['secrets', 'set', 'JWT_SECRET_KEY'], { stdin: '\n' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error TARS4002 secrets/cluster.env:JWT_SECRET_KEY');
    expect(project().files()).toEqual(before);
  });

  test('of one environment', async () => {
    await project().tars(twoEnvironments(), [...set, '--env', 'staging'], { stdin: 'x' });
    expect([...project().files().keys()]).toEqual([
      'compose/staging/.env',
      'secrets/.gitignore',
      'secrets/staging/cluster.env',
    ]);
  });
});

describe('tars secrets list', () => {
  test('names and states, never a value', async () => {
    const before = await project().tars(tarsApp(), ['secrets', 'list']);
    expect(before.stdout).toMatch(/^secrets\/cluster\.env +JWT_SECRET_KEY +missing +tars\/backend$/m);
    await project().tars(tarsApp(), ['secrets', 'init']);
    const after = await project().tars(tarsApp(), ['secrets', 'list']);
    expect(after.stdout).toMatch(/^secrets\/cluster\.env +JWT_SECRET_KEY +set +tars\/backend$/m);
    expect(after.stdout).toMatch(/^compose\/\.env +OPENAI_API_KEY +empty, may be +tars\/backend$/m);
    const json = await project().tars(tarsApp(), ['secrets', 'list', '-o', 'json']);
    expect((JSON.parse(json.stdout) as { secrets: unknown[] }).secrets).toHaveLength(10);
  });
});

describe('no secret value is anywhere but in the files of secrets', () => {
  const COMMANDS = [
    ['synth'],
    ['synth', '-o', 'json'],
    ['synth', '--check', '--debug'],
    ['check'],
    ['check', '-o', 'json'],
    ['secrets', 'init'],
    ['secrets', 'init', '-o', 'json'],
    ['secrets', 'list', '-o', 'json'],
    ['secrets', 'set', 'JWT_SECRET_KEY', '--generate', '--debug'],
    ['graph'],
    ['graph', '-o', 'json'],
    ['images', 'list', '-o', 'json'],
  ];

  test('in what every command prints, and in what it writes', async () => {
    const make = twoEnvironments({ tls: { selfSigned: true } }, { tls: { selfSigned: true } });
    const printed: string[] = [];
    const values = new Set<string>();
    for (const argv of COMMANDS) {
      const { stdout, stderr } = await project().tars(make, argv);
      printed.push(stdout, stderr);
      for (const [path, text] of project().files()) {
        if (path.endsWith('.env')) for (const value of parseEnvFile(text).values()) values.add(value);
        if (path.endsWith('.key')) for (const line of text.split('\n').slice(1, -2)) values.add(line);
      }
    }
    const secrets = [...values].filter((value) => value.length > 20);
    expect(secrets.length).toBeGreaterThan(20);
    const holds = (text: string): boolean =>
      secrets.some((value) => text.includes(value) || text.includes(Buffer.from(value).toString('base64')));
    expect(printed.filter(holds)).toEqual([]);
    const holders = [...project().files()].filter(([, text]) => holds(text)).map(([path]) => path);
    expect(holders.filter((path) => !/(^|\/)\.env$|^secrets\/|\.secrets\.k8s\.yaml$/.test(path))).toEqual([]);
    expect(holders).toEqual(expect.arrayContaining([COMPOSE, CLUSTER, 'dist/tars.secrets.k8s.yaml']));
  });
});
