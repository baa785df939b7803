import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarsApp } from './apps';
import { useProject } from './fake-io';

const project = useProject();

describe('tars autoscale simulate', () => {
  test('a day, for the terminal', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['autoscale', 'simulate']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^tars\/backend: 3 to 10 replicas, target 60 %\nload {9}[ ▁▂▃▄▅▆▇█]+ \d+ at most\nreplicas /,
    );
    expect(stdout).toMatch(/\d+ × SuccessfulRescale\n/);
    expect(stdout).toMatch(/\d+\.\d replica hours, \d+ s overloaded, \d+ changes\n/);
  });

  test('-o svg stands alone', async () => {
    const { stdout } = await project().tars(tarsApp(), ['autoscale', 'simulate', '--shape', 'spike', '-o', 'svg']);
    expect(stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(stdout).not.toMatch(/https?:\/\/(?!www\.w3\.org)|NaN|undefined|Infinity/);
    expect(stdout).toContain('>SuccessfulRescale<');
  });

  test('-o json, of a recorded load', async () => {
    writeFileSync(join(project().directory, 'load.csv'), 'second,load\n0,60\n600,900\n1200,60\n');
    const { stdout } = await project().tars(tarsApp(), ['autoscale', 'simulate', '--load', 'load.csv', '-o', 'json']);
    const { steps } = JSON.parse(stdout) as { steps: { second: number; load: number; replicas: number }[] };
    expect(steps).toHaveLength(81);
    expect(steps[40]).toMatchObject({ second: 600, load: 900 });
    expect(Math.max(...steps.map(({ replicas }) => replicas))).toBeGreaterThan(3);
  });

  test.each([
    [['--load', 'nowhere.csv'], 'there is no such file'],
    [['--service', 'postgres'], 'it has to be one service whose policy is about CPU'],
  ])('%j: says what is wrong', async (args, message) => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['autoscale', 'simulate', ...args]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('TARS5004');
    expect(stderr).toContain(message);
  });
});

describe('tars autoscale tune', () => {
  const short = ['autoscale', 'tune', '--shape', 'spike', '--hours', '1'];

  test('shows the frontier, and what it proposes', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), [...short, '--peak', '300', '--max-overload', '600']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^→ /m);
  });

  test('a goal that nothing meets', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), [...short, '--peak', '9000', '-o', 'json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ service: 'tars/backend', proposed: null });
  });
});
