import { EnvValue } from '../../lib/model/value';
import { serviceApp, tarsApp, twoEnvironments } from './apps';
import { useProject } from './fake-io';

const project = useProject();

describe('tars check', () => {
  test('a good model: exit code 0, warnings and notices, nothing written', async () => {
    const { exitCode, stdout, stderr } = await project().tars(tarsApp(), ['check']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^no mistakes in 8 services, \d+ warnings\n/);
    expect(stderr).toContain('warning TARS3001 ');
    expect(stderr).toContain('notice TARS3005 ');
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
    const { exitCode, stdout, stderr } = await project().tars(make, ['check']);
    expect([exitCode, stdout]).toEqual([1, '']);
    const paths = stderr
      .split('\n')
      .filter((line) => line.startsWith('error '))
      .map((line) => line.split(':')[0]);
    expect(paths).toEqual(
      expect.arrayContaining([
        'error TARS1007 shop/api.env.A',
        'error TARS1008 shop/api.image',
        'error TARS1010 shop/api.resources.memoryRequest',
      ]),
    );
    const [first = ''] = stderr.split(/^(?=error)/m).filter((text) => text.includes('memoryRequest'));
    expect(first).toMatch(/\n {4}given: {3}"10GB"\n {4}allowed: .*"512Mi".*\n {4}remedy: {2}write /);
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
