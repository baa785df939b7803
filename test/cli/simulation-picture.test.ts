import type { PictureFrame } from '../../lib/cli/simulation-picture';
import { simulationPicture } from '../../lib/cli/simulation-picture';
import { generatedLoad } from '../../lib/ops/autoscaling/load-trace';
import { simulateThresholds } from '../../lib/ops/autoscaling/simulate';
import type { Simulation } from '../../lib/ops/autoscaling/simulated-workload';

const POLICY = { minReplicas: 2, maxReplicas: 5, scaleDownCooldownSecs: 120 };

function played(peak: number): Simulation {
  return simulateThresholds([{ metricType: 'cpu', ...POLICY }], generatedLoad('spike', peak, 3600));
}

function pictureOf(simulation: Simulation, frame: Partial<PictureFrame> = {}): string {
  return simulationPicture(
    { title: 'shop/api: 2 to 5 replicas', policy: POLICY, targetValue: 60, thresholds: [], ...frame },
    simulation,
  );
}

/** What is written, and where. */
function textsOf(svg: string): readonly { readonly text: string; readonly x: number; readonly y: number }[] {
  return [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)].map(([, x, y, text = '']) => ({
    text,
    x: Number(x),
    y: Number(y),
  }));
}

function namesOf(svg: string): readonly string[] {
  return textsOf(svg).map(({ text }) => text);
}

/** Stretches that are hatched, without those of the legend. */
function hatchedOf(svg: string): readonly { readonly x: number; readonly width: number }[] {
  return [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="\d+" fill="url\(#hatch\)"/g)].map(
    ([, x, width]) => ({ x: Number(x), width: Number(width) }),
  );
}

test('every axis says what it is, in which unit, in round steps', () => {
  const names = namesOf(pictureOf(played(800)));
  expect(names).toEqual(expect.arrayContaining(['hours:minutes since the start', '0:05', '0:10', '1:00']));
  expect(names).toEqual(expect.arrayContaining(['Replicas', '5', '10', '15']));
  expect(names).toEqual(expect.arrayContaining(['Utilization, % of the CPU request', '100', '200', '300', '400']));
});

test('bounds, capacity, target and thresholds are lines with names that do not overlap', () => {
  const svg = pictureOf(played(800), { thresholds: [58, 62] });
  const right = textsOf(svg).filter(({ text }) => text.includes(':') && !/^\d+:\d\d$/.test(text));
  const beside = right.filter(({ x }) => x > 820);
  expect(beside.map(({ text }) => text)).toEqual([
    'maxReplicas: 5',
    'minReplicas: 2',
    '100 %: capacity',
    '62 %: threshold',
    '60 %: target',
    '58 %: threshold',
  ]);
  const gaps = beside.slice(1).map(({ y }, index) => y - (beside[index]?.y ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(14);
});

test('the time of overload is hatched as long as it is', () => {
  const simulation = played(800);
  const share = simulation.overloadSeconds / 3600;
  expect(share).toBeGreaterThan(0);
  const hatched = hatchedOf(pictureOf(simulation));
  // in both panels, of 760 pixels each
  expect(hatched.reduce((sum, { width }) => sum + width, 0) / 2 / 760).toBeCloseTo(share, 2);
});

test('without overload nothing is hatched, and the legend says nothing of it', () => {
  const simulation = played(100);
  expect(simulation.overloadSeconds).toBe(0);
  const svg = pictureOf(simulation);
  expect(hatchedOf(svg)).toEqual([]);
  expect(namesOf(svg)).not.toContain('overloaded');
});

test('an overload of replicas whose limit is their request is seen, though they use no more than 100 %', () => {
  const simulation = simulateThresholds([{ metricType: 'cpu', ...POLICY }], generatedLoad('spike', 800, 3600), {
    limitPercent: 100,
  });
  expect(Math.max(...simulation.steps.map(({ utilization }) => utilization))).toBe(100);
  expect(hatchedOf(pictureOf(simulation))).not.toEqual([]);
});

test('every reason has a row of its own with its name', () => {
  const simulation = played(800);
  const reasons = [...new Set(simulation.steps.map(({ reason }) => reason))];
  expect(reasons.length).toBeGreaterThan(3);
  const rows = textsOf(pictureOf(simulation)).filter(({ text }) => reasons.includes(text));
  expect(rows.map(({ text }) => text)).toEqual(reasons);
  expect(new Set(rows.map(({ y }) => y)).size).toBe(reasons.length);
});

test('a load of a single moment, and a title with signs of XML', () => {
  const { steps, ...sums } = played(100);
  const svg = pictureOf({ ...sums, steps: steps.slice(0, 1) }, { title: 'a<b & c' });
  expect(svg).toContain('>a&lt;b &amp; c<');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
