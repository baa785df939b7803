import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { AutoscalingProps } from 'cdk8s-tars';
import ts from 'typescript';
import { frontierPicture } from '../../lib/cli/frontier-picture';
import type { Tuning } from '../../lib/cli/frontier-report';
import { adviceText, frontierText } from '../../lib/cli/frontier-report';
import { scaledService, withCpuTarget } from '../../lib/cli/scaled-service';
import type { TunedPolicy } from '../../lib/ops/autoscaling/tune';
import { serviceApp, tarsApp } from './apps';

const ROOT = join(__dirname, '../..');

function choice(replicaHours: number, overloadSeconds: number, other: Partial<TunedPolicy> = {}): TunedPolicy {
  const rest = { targetValue: 60, minReplicas: 2, scaleUpCooldownSecs: 60, scaleDownCooldownSecs: 300, changes: 4 };
  return { ...rest, replicaHours, overloadSeconds, ...other };
}

function tuning(other: Partial<Tuning> = {}): Tuning {
  const choices = [choice(4.5708, 90), choice(4.5792, 30, { targetValue: 50 }), choice(12, 0, { minReplicas: 6 })];
  const present = choice(8, 45, { minReplicas: 3 });
  const again = 'tars autoscale simulate --shape day --hours 24 --peak 600';
  return { path: 'shop/api', peak: 599.6, again, choices, present, proposed: choices[1], maxOverload: 40, ...other };
}

describe('the table', () => {
  test('has the present policy in its place, the proposal, and digits that tell the costs apart', () => {
    expect(frontierText(tuning())).toBe(
      [
        '       replica hours  overloaded s  changes  cpuTarget  minReplicas  scaleUpCooldownSecs  scaleDownCooldownSecs',
        '                4.57            90        4         60            2                   60                    300',
        '→               4.58            30        4         50            2                   60                    300',
        '  now           8.00            45        4         60            3                   60                    300',
        '               12.00             0        4         60            6                   60                    300',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [[4, 5], '4.0'],
    [[4.5, 4.504], '4.500'],
    [[4.5, 4.5003], '4.5000'],
  ])('costs of %j hours', (hours, first) => {
    const choices = hours.map((one, index) => choice(one, 60 - index));
    expect(frontierText(tuning({ choices, proposed: undefined }))).toMatch(new RegExp(`^ +${first} +60 `, 'm'));
  });

  test('a present policy on the frontier is one row', () => {
    const present = choice(4, 10);
    const text = frontierText(tuning({ choices: [present], present, proposed: present }));
    expect(text.match(/^→ now /gm)).toHaveLength(1);
    expect(text.trim().split('\n')).toHaveLength(2);
  });
});

describe('what to paste', () => {
  const played = (targetValue: number) => {
    const app = serviceApp({ autoscaling: { minReplicas: 3, metricAggregationWindowSecs: 45 } })();
    const { policy } = scaledService([app] as never, undefined);
    return withCpuTarget({ ...policy, minReplicas: 4, scaleUpCooldownSecs: 0, scaleDownCooldownSecs: 60 }, targetValue);
  };
  const fragmentOf = (targetValue: number): string => adviceText(tuning(), played(targetValue)).split('\n\n')[1] ?? '';

  test('says where, and the keys as they are in main.ts', () => {
    expect(adviceText(tuning(), played(80))).toBe(`
in main.ts, for shop/api; in the props of a TarsChart the key is autoscalingPolicy; other keys of it stay:

autoscaling: {
  minReplicas: 4,
  maxReplicas: 10,
  cpuTarget: 80,
  scaleUpThreshold: 107,
  scaleDownThreshold: 40,
  scaleUpCooldownSecs: 0,
  scaleDownCooldownSecs: 60,
},

then the same load comes to 4.58 replica hours, 30 s overloaded and 4 changes:

tars autoscale simulate --shape day --hours 24 --peak 600
`);
  });

  test.each([30, 40, 50, 60, 70, 80, 90])('at %d %% it makes the very policy that was played', (targetValue) => {
    const { autoscaling } = runInNewContext(`({ ${fragmentOf(targetValue)} })`) as { autoscaling: AutoscalingProps };
    const kept = { metricAggregationWindowSecs: 45 };
    const made = scaledService([serviceApp({ autoscaling: { ...kept, ...autoscaling } })()] as never, undefined);
    const cpuOf = ({ metrics, ...rest }: typeof made.policy) => ({ ...rest, cpu: metrics[0] });
    expect(cpuOf(made.policy)).toEqual(cpuOf(played(targetValue)));
    const chart = scaledService([tarsApp({ autoscalingPolicy: autoscaling })()] as never, undefined);
    expect(chart.policy).toMatchObject({ minReplicas: 4, scaleUpCooldownSecs: 0, scaleDownCooldownSecs: 60 });
  });

  test('compiles', () => {
    const service = `new Service(chart, 'api', { image: 'nginx:1.29.2', ${fragmentOf(80)} });`;
    const tars = `new TarsChart(app, 'tars', { ${fragmentOf(80).replace('autoscaling', 'autoscalingPolicy')} });`;
    const head = `import { App, Chart } from 'cdk8s'; import { Service, TarsChart } from 'cdk8s-tars';
      const app = new App(); const chart = new Chart(app, 'shop');`;
    expect(compile(`${head}\n${service}\n${tars}`)).toEqual([]);
    const wrong = compile(`${head}\n${service.replace('cpuTarget', 'targetValue')}\n${tars}`);
    expect(wrong).toEqual([expect.stringContaining("'targetValue' does not exist in type 'AutoscalingProps'")]);
  });

  test('nothing, when the present policy is the proposed one', () => {
    const present = choice(4, 10);
    const text = adviceText(tuning({ choices: [present], present, proposed: present }), played(60));
    expect(text).toBe('\nthe policy in main.ts is the cheapest that meets the goal\n');
  });

  test('a goal that nothing meets', () => {
    expect(adviceText(tuning({ proposed: undefined }), undefined)).toBe(
      'nothing is overloaded for 40 s or less: raise maxReplicas, or the goal\n',
    );
  });
});

describe('the picture', () => {
  const marksOf = (svg: string): readonly { name: string; x: number; y: number }[] =>
    [...svg.matchAll(/<g transform="translate\(([\d.-]+) ([\d.-]+)\)"><title>([^:]+):/g)].map(
      ([, x, y, name = '']) => ({
        name,
        x: Number(x),
        y: Number(y),
      }),
    );

  test('has every choice, the present policy and the proposal, where cost and overload put them', () => {
    const marks = marksOf(frontierPicture(tuning()));
    expect(marks.map(({ name }) => name)).toEqual(['frontier', 'frontier', 'frontier', 'now', 'proposed']);
    const [first, second, third, now, proposed] = marks;
    expect([proposed?.x, proposed?.y]).toEqual([second?.x, second?.y]);
    // dearer is to the right, more overload is above
    expect(now?.x).toBeGreaterThan(second?.x ?? Infinity);
    expect(now?.x).toBeLessThan(third?.x ?? 0);
    expect(now?.y).toBeGreaterThan(first?.y ?? Infinity);
    expect(now?.y).toBeLessThan(second?.y ?? 0);
  });

  test('its axes have units, and the goal is a line', () => {
    const svg = frontierPicture(tuning());
    expect(svg).toContain('<title>shop/api: a load of 600 % at most; cost against overload</title>');
    for (const text of ['replica hours', 'Overloaded, seconds', 'the goal: 40 s', 'now', 'proposed']) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg).toContain('proposed: 4.58 replica hours, 30 s overloaded; cpuTarget 50, minReplicas 2');
  });

  test('without a proposal it says so', () => {
    const svg = frontierPicture(tuning({ proposed: undefined }));
    expect(svg).toContain('proposed: none is overloaded for 40 s or less');
    expect(marksOf(svg).map(({ name }) => name)).not.toContain('proposed');
  });
});

/** What the compiler says of a module, in a project like ours. */
function compile(code: string): readonly string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (config === undefined) throw new Error('tsconfig.json cannot be read');
  const file = join(ROOT, 'pasted.ts');
  const host = ts.createCompilerHost(config.options);
  host.fileExists = (path) => path === file || ts.sys.fileExists(path);
  host.readFile = (path) => (path === file ? code : ts.sys.readFile(path));
  const program = ts.createProgram([file], config.options, host);
  const source = program.getSourceFile(file);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, '\n'));
}
