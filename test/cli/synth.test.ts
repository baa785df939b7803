import { parseEnvFile } from '../../lib/model/env-file';
import { EnvValue } from '../../lib/model/value';
import { ownSecret, serviceApp, tarsApp, twoEnvironments } from './apps';
import { useProject } from './fake-io';

const project = useProject();

describe('tars synth', () => {
  test('the first run writes everything, and makes the secrets', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['synth']);
    expect(exitCode).toBe(0);
    const files = [...project().files().keys()];
    expect(files).toEqual(
      expect.arrayContaining([
        'compose/.env',
        'compose/.env.example',
        'compose/docker-compose.yml',
        'dist/tars.k8s.yaml',
        'dist/tars.secrets.k8s.yaml',
        'docker/Dockerfile',
        'secrets/cluster.env',
      ]),
    );
    expect(stdout).toMatch(/^written +created +changed +removed +unchanged\ndist\/ +2 +- +- +-\n/);
    expect(stdout).toContain('  created  secrets/cluster.env: GRAFANA_ADMIN_PASSWORD, JWT_SECRET_KEY');
  });

  test('the second run says that nothing changed', async () => {
    await project().tars(tarsApp(), ['synth']);
    const before = project().files();
    const { exitCode, stdout } = await project().tars(tarsApp(), ['synth']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^nothing changed: \d+ files in dist\/, compose\/ and docker\/ are up to date\n/);
    expect(project().files()).toEqual(before);
  });

  test('a change is named, and so is what goes', async () => {
    await project().tars(tarsApp(), ['synth']);
    const { stdout } = await project().tars(tarsApp({ monitoring: false }), ['synth']);
    expect(stdout).toContain('changed  compose/docker-compose.yml');
    expect(stdout).toContain('removed  compose/files/prometheus/etc/prometheus/prometheus.yml');
  });

  test('says where everything is, and what to do next', async () => {
    const { stdout } = await project().tars(tarsApp(), ['synth']);
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows).toEqual(
      expect.arrayContaining([
        ['API (backend)', 'http://localhost:8000', 'https://api.tars.local'],
        ['WebSocket (backend)', 'ws://localhost:8001', 'wss://tars.local/ws'],
        ['frontend', 'http://localhost:3000', 'https://tars.local'],
        [
          'database admin (adminer)',
          'http://localhost:8080',
          'kubectl -n tars port-forward service/tars-adminer 8080:8080',
        ],
        [
          'monitoring (grafana)',
          'http://localhost:3001',
          'kubectl -n tars port-forward service/tars-grafana 3001:3000',
        ],
        ['', 'docker compose -f compose/docker-compose.yml up -d', '# everything on this machine'],
        ['', 'kubectl apply -f dist', '# everything on a cluster'],
      ]),
    );
  });

  test('warnings go to standard error, notices are counted', async () => {
    const { stderr, stdout } = await project().tars(tarsApp(), ['synth']);
    expect(stderr).toContain('warning TARS3001 tars/backend: ');
    expect(stderr).toMatch(/^\d+ notices about what a target cannot express: `tars check` lists them$/m);
    expect(stdout).not.toContain('TARS3001');
  });

  test('a model with mistakes: all of them, and nothing is written, not even secrets', async () => {
    const make = tarsApp({ replicas: 2, apiHost: 'no host!', kubernetesVersion: '1.99' });
    const { exitCode, stderr, stdout } = await project().tars(make, ['synth']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/error TARS1013 tars\.replicas: /);
    expect(stderr).toMatch(/error TARS1009 tars\/exposure\.routes\[0\]\.host: /);
    expect(stderr).toMatch(/error TARS1017 tars\.kubernetesVersion: /);
    expect(stdout).toBe('');
    expect([...project().files().keys()]).toEqual([]);
  });

  test('mistakes of the model and of the secrets files are shown together', async () => {
    project().write('secrets/cluster.env', "PASSWORD='p@ss'\n");
    const url = EnvValue.concat(EnvValue.fromValue('x://u:'), ownSecret('PASSWORD'), EnvValue.fromValue('@h'));
    const make = serviceApp({
      env: { URL: url },
      connectTo: [],
      ports: [
        { name: 'a', port: 1 },
        { name: 'a', port: 2 },
      ],
    });
    const { exitCode, stderr } = await project().tars(make, ['synth']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error TARS4001 secrets/cluster.env:PASSWORD');
    expect(stderr).toContain('error TARS1005 shop/api.ports[1]: ');
    expect(stderr).not.toContain('p@ss');
  });

  describe('--no-secrets', () => {
    test('makes none, and reads none', async () => {
      const { exitCode } = await project().tars(tarsApp(), ['synth', '--no-secrets']);
      expect(exitCode).toBe(0);
      const files = [...project().files().keys()];
      expect(files).toContain('dist/tars.k8s.yaml');
      expect(files.filter((file) => /secrets|\.env$/.test(file))).toEqual([]);
    });

    test('leaves the secrets of an earlier run as they are', async () => {
      await project().tars(tarsApp(), ['synth']);
      const before = project().files();
      const { stdout } = await project().tars(tarsApp(), ['synth', '--no-secrets']);
      expect(stdout).toMatch(/^nothing changed/);
      expect(project().files()).toEqual(before);
    });
  });

  describe('--check', () => {
    test('passes on fresh output, also without any secrets, as in CI', async () => {
      await project().tars(tarsApp(), ['synth', '--no-secrets']);
      const { exitCode, stdout } = await project().tars(tarsApp(), ['synth', '--check']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^nothing changed/);
      expect([...project().files().keys()].filter((file) => file.includes('secrets'))).toEqual([]);
    });

    test('fails on what a run would change, says what, and changes nothing', async () => {
      await project().tars(tarsApp(), ['synth', '--no-secrets']);
      const before = project().files();
      const { exitCode, stderr, stdout } = await project().tars(tarsApp({ webHost: 'other.local' }), [
        'synth',
        '--check',
      ]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/error TARS5008 .* would change\n +given: +.*dist\/tars\.k8s\.yaml \(changed\)/);
      expect(stdout).toMatch(/^would write/);
      expect(project().files()).toEqual(before);
    });
  });

  describe('environments', () => {
    test('all of them, each with secrets of its own', async () => {
      const { exitCode, stdout } = await project().tars(twoEnvironments(), ['synth']);
      expect(exitCode).toBe(0);
      const files = [...project().files().keys()];
      expect(files).toEqual(
        expect.arrayContaining([
          'dist/tars.k8s.yaml',
          'dist/staging/tars.k8s.yaml',
          'dist/staging/tars.secrets.k8s.yaml',
          'compose/staging/docker-compose.yml',
          'compose/staging/.env',
          'secrets/staging/cluster.env',
        ]),
      );
      const secrets = ['secrets/cluster.env', 'secrets/staging/cluster.env', 'compose/.env', 'compose/staging/.env'];
      const passwords = secrets.map((file) => parseEnvFile(project().read(file)).get('POSTGRES_PASSWORD'));
      expect(new Set(passwords).size).toBe(4);
      expect(stdout).toContain('kubectl apply -f dist/staging');
      const again = await project().tars(twoEnvironments(), ['synth']);
      expect(again.stdout).toMatch(/^nothing changed/);
    });

    test('one of them', async () => {
      await project().tars(twoEnvironments(), ['synth', '--env', 'staging']);
      expect([...project().files().keys()]).not.toContain('dist/tars.k8s.yaml');
      await project().tars(twoEnvironments(), ['synth', '--env', 'default']);
      expect([...project().files().keys()]).toContain('dist/tars.k8s.yaml');
    });

    test('a mistake in one of them stops all of them', async () => {
      const { exitCode, stderr } = await project().tars(twoEnvironments({ apiHost: 'no host!' }), ['synth']);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('error TARS1009 [staging] tars/exposure.routes[0].host: ');
      expect([...project().files().keys()]).toEqual([]);
    });

    test('a name that is not there', async () => {
      const { exitCode, stderr } = await project().tars(twoEnvironments(), ['synth', '--env', 'stagin']);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('given:   "stagin"');
      expect(stderr).toContain('allowed: "default", "staging"');
      expect(stderr).toContain('remedy:  did you mean "staging"?');
    });
  });

  test('--output puts the manifests elsewhere', async () => {
    await project().tars(tarsApp(), ['synth', '--output', 'manifests/prod']);
    const files = [...project().files().keys()];
    expect(files).toEqual(
      expect.arrayContaining(['manifests/prod/tars.k8s.yaml', 'compose/docker-compose.yml', 'secrets/cluster.env']),
    );
    const { stdout } = await project().tars(tarsApp(), ['synth', '--output', 'manifests/prod']);
    expect(stdout).toMatch(/^nothing changed/);
  });

  test('-o json is for programs', async () => {
    const { stdout, stderr } = await project().tars(tarsApp(), ['synth', '-o', 'json']);
    const data = JSON.parse(stdout) as Record<string, unknown>;
    expect(data).toMatchObject({
      changed: true,
      environments: [
        {
          name: 'default',
          manifests: 'dist',
          secrets: [
            { path: 'secrets/cluster.env', created: true },
            { path: 'compose/.env', created: true },
          ],
        },
      ],
    });
    expect(stderr).toBe('');
    const failed = await project().tars(tarsApp({ replicas: 1 }), ['synth', '-o', 'json']);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      exitCode: 1,
      issues: [{ code: 'TARS1013', path: 'tars.replicas' }],
    });
    expect(failed.stderr).toBe('');
  });

  test('says so where git would commit what it made', async () => {
    const programs = { 'git check-ignore': { status: 1 } };
    const { stderr } = await project().tars(tarsApp(), ['synth'], { programs });
    expect(stderr).toContain('warning TARS4005 secrets/cluster.env: git would commit this file of secrets');
    expect(stderr).toContain('warning TARS4005 dist/tars.secrets.k8s.yaml');
    const again = await project().tars(tarsApp(), ['synth'], { programs });
    expect(again.ran).toEqual([]);
  });

  test('colours and progress are for terminals', async () => {
    const onTerminal = await project().tars(tarsApp(), ['synth'], { isTTY: true });
    expect(onTerminal.stdout).toContain('\u001B[');
    expect(onTerminal.stderr).toMatch(/^synthesizing …\r/);
    const inPipe = await project().tars(tarsApp(), ['synth']);
    expect(inPipe.stdout + inPipe.stderr).not.toContain('\u001B');
    const without = await project().tars(tarsApp(), ['synth'], { isTTY: true, env: { NO_COLOR: '1' } });
    expect(without.stdout).not.toContain('\u001B');
    const forced = await project().tars(tarsApp(), ['synth'], { env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain('\u001B[');
  });
});

describe('a file of somebody else is in the way', () => {
  test('nothing is written, not even the secrets, of no environment', async () => {
    project().write('compose/staging/docker-compose.yml', 'theirs: true\n');
    const { exitCode, stderr } = await project().tars(twoEnvironments(), ['synth']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error TARS5006 [staging] compose/staging/docker-compose.yml: ');
    expect([...project().files().keys()]).toEqual(['compose/staging/docker-compose.yml']);
    expect(project().read('compose/staging/docker-compose.yml')).toBe('theirs: true\n');
  });
});
