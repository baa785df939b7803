import { serviceApp, tarsApp } from './apps';
import { useProject } from './fake-io';

const project = useProject();
const CPU_1 = { resources: { cpuRequest: '1', cpuLimit: '1' } };

describe('tars fit', () => {
  test('says that everything has a place', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['fit', '--nodes', '3x8cpu16Gi', '--lose', '1']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      'everything has a place on 3 nodes of 8 CPU, 16Gi\n' +
        '  fits   at the peak  18 pods on 3 nodes\n' +
        '  fits   at the peak, during a rolling update  21 pods on 3 nodes\n' +
        '  fits   after losing node-1 or node-2 or node-3  18 pods on 2 nodes\n' +
        '  fits   after losing node-1 or node-2 or node-3, during a rolling update  21 pods on 2 nodes\n',
    );
  });

  test('says what has no place, why, and exits with 1', async () => {
    const make = serviceApp({ ...CPU_1, replicas: 3 });
    const { exitCode, stdout } = await project().tars(make, ['fit', '--nodes', '2x1cpu4Gi']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      '  fails  at the peak  3 pods on 2 nodes\n' +
        '           Deployment/shop-api: 1 of its pods (shop-api-2)\n' +
        '             0/2 nodes are available: 2 Insufficient cpu.\n',
    );
  });

  test('the same as data', async () => {
    const make = serviceApp({ ...CPU_1, replicas: 3 });
    const { exitCode, stdout } = await project().tars(make, ['fit', '--nodes', '2x1cpu4Gi', '-o', 'json']);
    const data = JSON.parse(stdout) as {
      environments: { fits: boolean; scenarios: { unplaced: object[] }[] }[];
      issues: { code: string; path: string; given: string }[];
    };
    expect(exitCode).toBe(1);
    expect(data.environments[0]?.fits).toBe(false);
    expect(data.environments[0]?.scenarios[0]?.unplaced).toEqual([
      { pod: 'shop-api-2', owner: 'Deployment/shop-api', reason: '0/2 nodes are available: 2 Insufficient cpu.' },
    ]);
    expect(data.issues[0]).toMatchObject({
      code: 'TARS6221',
      path: 'Deployment/shop-api',
      given: '2 nodes of 1 CPU, 4Gi',
    });
  });

  test.each([
    [['--nodes', '3x4'], 'not a size of nodes: "3x4". Allowed: COUNTxCPUcpuMEMORY'],
    [['--nodes', '2x4cpu16Gi', '--lose', '2'], "argument '2' is invalid. Allowed: less than 2"],
    [['--nodes', '2x4cpu16Gi', '--lose', 'all'], 'a whole number of nodes'],
    [[], "required option '--nodes <groups>' not specified"],
  ])('%j is refused', async (args, message) => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['fit', ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('TARS5004');
  });

  test('a wrong model is said first', async () => {
    const { exitCode, stderr } = await project().tars(serviceApp({ image: 'nginx:latest' }), [
      'fit',
      '--nodes',
      '1x1cpu1Gi',
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('TARS1008');
  });
});
