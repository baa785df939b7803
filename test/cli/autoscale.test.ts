import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { AutoscalingProps } from '../../lib/model/service-props';
import type { Simulation } from '../../lib/ops/autoscaling/simulated-workload';
import { tarsApp } from './apps';
import { useProject } from './fake-io';

const project = useProject();

describe('tars autoscale simulate', () => {
  test('a day, for the terminal', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['autoscale', 'simulate']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^tars\/backend: 3 to 10 replicas, target 60 %\n\nload {9}[ ▁▂▃▄▅▆▇█]+ {2}600 % at most\nreplicas .+ {2}9 at most\nutilization .+ {2}\d+ % at most\n/,
    );
    expect(stdout).toMatch(/\n {13}╵0:00 +╵6:00 +╵12:00 +╵18:00 +╵24:00\n {13}hours:minutes since the start;/);
    expect(stdout).toMatch(/\nrounds of the autoscaler, one every 15 s, by what it said:\nROUNDS +REASON +MEANING\n/);
    expect(stdout).toMatch(/ +20 +SuccessfulRescale +the replicas were changed\n/);
    expect(stdout).toMatch(/\d+\.\d replica hours, \d+ s overloaded, \d+ changes\n/);
  });

  test('-o svg stands alone', async () => {
    const { stdout } = await project().tars(tarsApp(), ['autoscale', 'simulate', '--shape', 'spike', '-o', 'svg']);
    expect(stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(stdout).not.toMatch(/https?:\/\/(?!www\.w3\.org)|NaN|undefined|Infinity/);
    expect(stdout).toContain('>SuccessfulRescale<');
  });

  test('--mode threshold: as tars autoscale run would do it', async () => {
    const simulate = async (...words: string[]) =>
      (await project().tars(tarsApp(), ['autoscale', 'simulate', '--shape', 'spike', '--mode', 'threshold', ...words]))
        .stdout;
    const text = await simulate();
    expect(text).toContain('tars/backend: 3 to 10 replicas, target 60 %, thresholds 30 and 80 %\n');
    expect(text).toMatch(/ \d+ {2}AboveThreshold +replicas were added\n/);
    expect(text).toContain('left out, since a load of CPU does not move it: memory\n');
    const svg = await simulate('-o', 'svg');
    expect(svg).toContain('>30 %: threshold<');
    expect(svg).toContain('>80 %: threshold<');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const { steps } = JSON.parse(await simulate('--interval', '5s', '--hours', '1', '-o', 'json')) as {
      steps: object[];
    };
    expect(steps).toHaveLength(721);
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
    [['--load', ''], "option '--load <file>' argument '' is invalid. It is empty"],
    [['--hours', '9999999'], 'Allowed: a number above 0, 8784 at most'],
    [['--hours', '8784', '--interval', '1s'], '31622401 rounds are too many'],
    [['--service', 'postgres'], 'it has to be one service whose policy is about CPU'],
  ])('%j: says what is wrong', async (args, message) => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['autoscale', 'simulate', ...args]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('TARS5004');
    expect(stderr).toContain(message);
  });
});

test('a load that comes by a pipe, as of a shell', async () => {
  const pipe = join(project().directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const simulating = project().tars(tarsApp(), ['autoscale', 'simulate', '--load', 'pipe', '-o', 'json']);
  // The writer waits for the reader: it is another process.
  const writer = spawn('sh', ['-c', `printf '0,60\\n1200,60\\n' > "${pipe}"`]);
  const { exitCode, stdout } = await simulating;
  writer.kill();
  expect(exitCode).toBe(0);
  expect((JSON.parse(stdout) as { steps: object[] }).steps).toHaveLength(81);
});

test('a load that is a device without an end', async () => {
  const { exitCode, stderr } = await project().tars(tarsApp(), ['autoscale', 'simulate', '--load', '/dev/zero']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/TARS4003 .*it has more than \d+ bytes/);
});

test('a load that is a directory', async () => {
  const { exitCode, stderr } = await project().tars(tarsApp(), ['autoscale', 'simulate', '--load', '.']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/TARS4003 .*the file cannot be read[^]*it is a directory: name a file/);
});

describe('tars autoscale tune', () => {
  const short = ['autoscale', 'tune', '--shape', 'spike', '--hours', '1'];

  test('shows the frontier, and what it proposes', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), [...short, '--peak', '300', '--max-overload', '600']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^tars\/backend: a load of 300 % at most\n\n/);
    expect(stdout).toMatch(/^→ +\d+\.\d+ /m);
    expect(stdout).toMatch(/^ {2}now +\d+\.\d+ +\d+ +\d+ +60 +3 +60 +300$/m);
    expect(stdout).toMatch(/\n\nin main\.ts, for tars\/backend; [^]*\n\nautoscaling: \{\n {2}minReplicas: \d+,\n/);
  });

  test.each([[[]], [['--mode', 'threshold', '--interval', '5s', '--startup', '60']]])(
    'what it promises comes out when it is pasted and played as it says: %j',
    async (words: readonly string[]) => {
      const goal = ['--max-overload', '600', ...words];
      const { stdout } = await project().tars(tarsApp(), [...short, ...goal]);
      expect(stdout).toMatch(/^tars\/backend: a load of 600 % at most\n\n/);
      const [, snippet = '', figures = '', again = ''] =
        /\nautoscaling: (\{\n[^}]*\}),\n\nthen the same load comes to (.+):\n\ntars (.+)\n$/.exec(stdout) ?? [];
      const autoscalingPolicy = runInNewContext(`(${snippet})`) as AutoscalingProps;
      expect(autoscalingPolicy.cpuTarget).not.toBe(60);

      const played = await project().tars(tarsApp({ autoscalingPolicy }), [...again.split(' '), '-o', 'json']);
      const { replicaHours, overloadSeconds, changes } = JSON.parse(played.stdout) as Simulation;
      expect(`${replicaHours.toFixed(2)} replica hours, ${overloadSeconds} s overloaded and ${changes} changes`).toBe(
        figures,
      );
      const { stdout: json } = await project().tars(tarsApp(), [...short, ...goal, '-o', 'json']);
      expect(JSON.parse(json)).toMatchObject({ again: `tars ${again}`, proposed: { replicaHours, overloadSeconds } });
    },
  );

  test('a recorded load and the service are named again, as a shell takes them', async () => {
    project().write('my load.csv', '0,60\n600,250\n1200,60\n');
    const { stdout } = await project().tars(tarsApp(), [
      ...['autoscale', 'tune', '--load', 'my load.csv', '--service', 'backend', '--max-overload', '600'],
    ]);
    expect(stdout).toMatch(/^tars\/backend: a load of 250 % at most\n/);
    expect(stdout).toMatch(/\n\ntars autoscale simulate --service backend --load 'my load\.csv'\n$/);
  });

  test('-o svg draws cost against overload, -o json has the present policy', async () => {
    const words = [...short, '--peak', '300', '--max-overload', '600', '-o'];
    const { stdout: svg } = await project().tars(tarsApp(), [...words, 'svg']);
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const { stdout } = await project().tars(tarsApp(), [...words, 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      present: { targetValue: 60, minReplicas: 3, scaleUpCooldownSecs: 60, scaleDownCooldownSecs: 300 },
    });
  });

  test('--mode threshold has a frontier of its own', async () => {
    const goal = ['--peak', '300', '--max-overload', '600', '-o', 'json'];
    const [hpa, threshold] = await Promise.all(
      [[], ['--mode', 'threshold']].map((mode) => project().tars(tarsApp(), [...short, ...goal, ...mode])),
    );
    expect(threshold?.exitCode).toBe(0);
    expect(JSON.parse(threshold?.stdout ?? '')).not.toEqual(JSON.parse(hpa?.stdout ?? ''));
  });

  test.each([
    ['0.1', 'Allowed: a whole number, 1 or more'],
    ['0', 'Allowed: a whole number, 1 or more'],
    ['1000', '--least 1000 is more than the maxReplicas of tars/backend, 10'],
  ])('--least %s is wrong usage', async (least, message) => {
    const { exitCode, stderr } = await project().tars(tarsApp(), [...short, '--least', least]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a goal that nothing meets', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), [...short, '--peak', '9000', '-o', 'json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ service: 'tars/backend', proposed: null });
  });
});
