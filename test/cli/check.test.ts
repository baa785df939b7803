import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { GuardRails } from '../../lib/constructs/guard-rails';
import { Service } from '../../lib/constructs/service';
import { EnvValue } from '../../lib/model/value';
import { serviceApp, tarsApp, twoEnvironments } from './apps';
import type { Exported } from './fake-io';
import { useProject } from './fake-io';

const project = useProject();

describe('tars check', () => {
  test('a good model: exit code 0, warnings and notices, nothing written', async () => {
    const { exitCode, stdout, stderr } = await project().tars(tarsApp(), ['check']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^no mistakes in 8 services, \d+ warnings\n {2}holds {2}rules +\d+ rules on 8 services\n/);
    expect(stdout).toContain('    warning TARS3001 ');
    expect(stdout).toContain('    notice TARS3005 ');
    expect([...project().files().keys()]).toEqual([]);
  });

  test('proves what the cluster has to have at the peak', async () => {
    const { stdout } = await project().tars(tarsApp(), ['check']);
    expect(stdout).toMatch(/^at the peak +pods +cpu requests +cpu limits +memory requests +memory limits$/m);
    expect(stdout).toMatch(/^tars\/backend: 10 replicas \+ 1 surge +11 +5500m +22 +5632Mi +22Gi$/m);
    const columns = stdout
      .split('\n')
      .filter((line) => /^(tars\/|total)/.test(line))
      .map((line) => Number(/ (\d+) +\S+ +\S+ +\S+ +\S+$/.exec(line)?.[1]));
    expect(columns.at(-1)).toBe(columns.slice(0, -1).reduce((sum, pods) => sum + pods, 0));
  });

  test('mistakes: all of them, with path, what was given, what is allowed, and the remedy', async () => {
    const make = serviceApp({
      env: { A: EnvValue.fromValue('\0') },
      resources: { memoryRequest: '10GB' },
      image: 'nginx:latest',
    });
    const { exitCode, stdout } = await project().tars(make, ['check']);
    expect(exitCode).toBe(1);
    // What would be rendered of a wrong model is not proved.
    expect(stdout).toMatch(/^3 mistakes in 1 service, 0 warnings\n {2}fails {2}rules {2}\d+ rules on 1 service\n/);
    expect(stdout).not.toContain('objects');
    const paths = stdout
      .split('\n')
      .filter((line) => line.startsWith('    error '))
      .map((line) => line.trim().split(':')[0]);
    expect(paths).toEqual(
      expect.arrayContaining([
        'error TARS1007 shop/api.env.A',
        'error TARS1008 shop/api.image',
        'error TARS1010 shop/api.resources.memoryRequest',
      ]),
    );
    const [first = ''] = stdout.split(/^ +(?=error)/m).filter((text) => text.includes('memoryRequest'));
    expect(first).toMatch(/\n {8}given: {3}"10GB"\n {8}allowed: .*"512Mi".*\n {8}remedy: {2}write /);
  });

  test('a proof that fails: a patch gives two objects one name', async () => {
    const make = (): Exported => {
      const exported = tarsApp()();
      const services = exported.app.node.findAll().filter((c): c is ApiObject => ApiObject.isApiObject(c));
      const frontend = services.find((one) => one.kind === 'Service' && one.name === 'tars-frontend');
      frontend?.addJsonPatch(JsonPatch.replace('/metadata/name', 'tars-backend'));
      return exported;
    };
    const { exitCode, stdout } = await project().tars(make, ['check', '--only', 'objects']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^1 mistake in 8 services, 0 warnings\n {2}fails {2}objects {2}\d+ objects\n/);
    expect(stdout).toContain('    error TARS2005 Service/tars-backend: ');
    // What fails comes before what holds, with its warnings.
    const whole = (await project().tars(make, ['check'])).stdout;
    const marks = [...whole.matchAll(/^ {2}(fails|holds) /gm)].map(([, mark]) => mark);
    expect(marks).toContain('holds');
    expect(marks.lastIndexOf('fails')).toBeLessThan(marks.indexOf('holds'));
    const json = await project().tars(make, ['check', '--only', 'objects', '-o', 'json']);
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      issues: [{ code: 'TARS2005', meaning: 'two objects with one name' }],
    });
    expect((await project().tars(make, ['synth', '--no-secrets'])).stderr).toContain('error TARS2005 ');
    expect([...project().files().keys()]).toEqual([]);
    // Stock synth refuses it as well, and says it once.
    expect(() => {
      make().app.synth();
    }).toThrow(/^(?=[^]*TARS2005)(?![^]*TARS2005[^]*TARS2005)/);
  });

  test('a model that cannot fit its quota: the arithmetic, service by service', async () => {
    const make = (): Exported => {
      const app = new App();
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      const resources = { memoryRequest: '1Gi', memoryLimit: '2Gi' };
      new Service(chart, 'api', { image: 'nginx:1.29.2', replicas: 3, resources });
      new Service(chart, 'web', { image: 'nginx:1.29.2', resources });
      new GuardRails(chart, 'rails', { memoryRequests: '4Gi' });
      return { app };
    };
    const { exitCode, stdout } = await project().tars(make, ['check']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'error TARS2006 shop/rails.memoryRequests: the services need 6Gi: ' +
        'shop/api: 3 replicas + 1 surge = 4Gi; shop/web: 1 replica + 1 surge = 2Gi\n        given:   4Gi\n',
    );
  });

  test('--on-disk: the committed files, as they are', async () => {
    await project().tars(tarsApp(), ['synth']);
    const fresh = await project().tars(tarsApp(), ['check', '--on-disk']);
    expect(fresh.exitCode).toBe(0);
    expect(fresh.stdout).not.toContain('TARS67');
    project().write(
      'dist/tars.k8s.yaml',
      project()
        .read('dist/tars.k8s.yaml')
        .replace(/^( *)name: tars-redis$/m, '$1name: *'),
    );
    project().write('dist/other.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n');
    const { exitCode, stdout, stderr } = await project().tars(tarsApp(), ['check', '--on-disk']);
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^ {4}error TARS6705 dist\/tars\.k8s\.yaml:\d+:\d+: the file cannot be read as YAML: /m);
    expect(stdout).toMatch(/^ {4}warning TARS6708 ConfigMap\/other: /m);
    expect(stdout).not.toMatch(/^ +at /m);
    const { stdout: log } = await project().tars(tarsApp(), ['check', '--on-disk', '-o', 'sarif']);
    expect(log).toMatch(/"uri": "dist\/tars\.k8s\.yaml"[^}]*\}[^}]*"startLine": \d\d/);
  });

  test('--on-disk where nothing was ever written', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['check', '--on-disk']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/error TARS6703 dist: the directory is not there\n +remedy: +run `tars synth`/);
  });

  test('a proof that does not exist', async () => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['check', '--only', 'rules,object']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('did you mean "objects"?');
  });

  test('every environment, or one', async () => {
    const all = await project().tars(twoEnvironments(), ['check']);
    expect(all.stdout).toMatch(/^default: no mistakes in 8 services/m);
    expect(all.stdout).toMatch(/^staging: no mistakes in 8 services/m);
    const one = await project().tars(twoEnvironments({ apiHost: '-' }), ['check', '--env', 'default']);
    expect(one.exitCode).toBe(0);
  });

  test('-o json', async () => {
    const { stdout, stderr } = await project().tars(tarsApp(), ['check', '-o', 'json']);
    expect(stderr).toBe('');
    const { environments } = JSON.parse(stdout) as {
      environments: { name: string; issues: unknown[]; capacity: unknown[] }[];
    };
    expect(environments).toHaveLength(1);
    expect(environments[0]?.issues).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'TARS3001', severity: 'warning', path: 'tars/backend' }),
      ]),
    );
    expect(environments[0]?.capacity).toMatchObject([{ system: 'tars', total: { pods: 21 } }]);
  });
});

describe('how exactly scaling policies are followed', () => {
  test('is printed field by field', async () => {
    const { stdout } = await project().tars(tarsApp(), ['check']);
    expect(stdout).toMatch(/^scaling +field +fidelity +what becomes of it$/m);
    expect(stdout).toMatch(/^tars\/backend +scaleUpCooldownSecs +approximate +one replica each 60 s: /m);
  });

  test.each(['check', 'synth'])('%s --strict fails on anything but exact, and nothing is written', async (command) => {
    const { exitCode, stdout, stderr } = await project().tars(tarsApp(), [
      command,
      '--strict',
      ...(command === 'synth' ? ['--no-secrets'] : []),
    ]);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('TARS3006 tars/backend.autoscaling.scaleDownCooldownSecs');
    expect([...project().files().keys()]).toEqual([]);
  });

  test('a policy that can be followed exactly passes', async () => {
    const policy = { scaleUpCooldownSecs: 0, scaleDownCooldownSecs: 0 };
    const make = tarsApp({ kubernetesVersion: '1.35', autoscalingPolicy: policy });
    expect((await project().tars(make, ['check', '--strict'])).exitCode).toBe(0);
  });
});
