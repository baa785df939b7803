import type { AutoscalingPolicy } from '../model/service-spec';
import type { SimulatedStep, Simulation } from '../ops/autoscaling/simulated-workload';
import type { Key, Level, Panel } from './chart';
import { escaped, heading, heightOf, levels, PALETTE, pixel, svg, timeAxis, yAxis } from './chart';
import { roundScale, timeScale } from './chart-scale';
import type { ReasonKind } from './scaling-reasons';
import { meaningOf } from './scaling-reasons';

/** What is drawn beside the steps. */
export interface PictureFrame {
  readonly title: string;
  readonly policy: Pick<AutoscalingPolicy, 'minReplicas' | 'maxReplicas'>;
  /** Percent of the request. */
  readonly targetValue: number;
  /** Beyond which there will be more or less, in percent. */
  readonly thresholds: readonly number[];
}

const LEFT = 60;
const RIGHT = 820;
const REPLICAS: Panel = { left: LEFT, right: RIGHT, top: 92, bottom: 262 };
const UTILIZATION: Panel = { left: LEFT, right: RIGHT, top: 312, bottom: 482 };
const REASONS_TOP = 532;
const LANE = 18;

const KIND_COLORS: Readonly<Record<ReasonKind, string>> = {
  change: PALETTE.blue,
  wait: PALETTE.orange,
  bound: PALETTE.purple,
  rest: PALETTE.grey,
};
const LOAD_DASHES = '5 3';
const KEYS = {
  asked: { look: lineLook(PALETTE.blue, 2), name: 'asked for' },
  ready: { look: boxLook(PALETTE.lightBlue), name: 'Ready' },
  load: { look: lineLook(PALETTE.vermillion, 1.5, LOAD_DASHES), name: 'needed by the load at the target' },
  overloaded: { look: boxLook('url(#hatch)'), name: 'overloaded' },
  utilization: { look: lineLook(PALETTE.green, 2), name: 'mean of the Ready replicas' },
} satisfies Readonly<Record<string, Key>>;

/** Replicas, utilization and reasons over time, as an SVG that stands alone. */
export function simulationPicture(
  { title, policy, targetValue, thresholds }: PictureFrame,
  { steps, ...sums }: Simulation,
): string {
  const end = Math.max(1, steps.at(-1)?.second ?? 1);
  const needed = ({ load }: SimulatedStep): number => load / targetValue;
  const replicas = roundScale(
    highest(steps, [policy.maxReplicas], ({ replicas: asked }) => asked, needed),
    { least: 1 },
  );
  const utilization = roundScale(highest(steps, [120, targetValue, ...thresholds], (step) => step.utilization));
  const x = (second: number): number => LEFT + (second / end) * (RIGHT - LEFT);
  const replicaLine = (value: (step: SimulatedStep) => number): string =>
    stairs(steps, (step) => [x(step.second), heightOf(REPLICAS, value(step) / replicas.top)]);
  const ready = replicaLine((step) => step.ready);
  const used = stairs(steps, (step) => [x(step.second), heightOf(UTILIZATION, step.utilization / utilization.top)]);
  const overloaded = stretches(steps, end, ({ isOverloaded }) => isOverloaded).filter(({ value }) => value);
  const overload = overloaded.length > 0 ? [KEYS.overloaded] : [];
  const reasons = [...new Set(steps.map(({ reason }) => reason))];
  const lanes = { left: LEFT, right: RIGHT, top: REASONS_TOP, bottom: REASONS_TOP + reasons.length * LANE };
  const facts = `${sums.replicaHours.toFixed(1)} replica hours, ${sums.overloadSeconds} s overloaded, ${sums.changes} changes`;
  return svg(title, [facts], lanes.bottom + 52, [
    heading(REPLICAS, 'Replicas', [KEYS.asked, KEYS.ready, KEYS.load, ...overload]),
    heading(UTILIZATION, 'Utilization, % of the CPU request', [KEYS.utilization, ...overload]),
    heading(lanes, 'What the autoscaler said', kindKeys(reasons)),
    `<path d="${ready}V${REPLICAS.bottom}H${LEFT}Z" fill="${PALETTE.lightBlue}"/>`,
    ...[REPLICAS, UTILIZATION].flatMap(({ top, bottom }) =>
      overloaded.map(({ from, to }) => bar(x(from), x(to), top, bottom, 'url(#hatch)')),
    ),
    yAxis(REPLICAS, replicas),
    yAxis(UTILIZATION, utilization),
    timeAxis([REPLICAS, UTILIZATION, lanes], timeScale(end, 12), end),
    levels(REPLICAS, replicas, replicaLevels(policy)),
    levels(UTILIZATION, utilization, utilizationLevels(targetValue, thresholds)),
    `<path d="${replicaLine((step) => step.replicas)}" fill="none" stroke="${PALETTE.blue}" stroke-width="2"/>`,
    `<path d="${replicaLine(needed)}" fill="none" stroke="${PALETTE.vermillion}" stroke-width="1.5" stroke-dasharray="${LOAD_DASHES}"/>`,
    `<path d="${used}" fill="none" stroke="${PALETTE.green}" stroke-width="2"/>`,
    ...reasons.map((reason, index) => lane(reason, REASONS_TOP + index * LANE, steps, end, x)),
  ]);
}

function replicaLevels({ minReplicas, maxReplicas }: PictureFrame['policy']): readonly Level[] {
  const look = { color: PALETTE.ink, dashes: '2 3' };
  return minReplicas === maxReplicas
    ? [{ value: maxReplicas, name: `min- and maxReplicas: ${maxReplicas}`, ...look }]
    : [
        { value: maxReplicas, name: `maxReplicas: ${maxReplicas}`, ...look },
        { value: minReplicas, name: `minReplicas: ${minReplicas}`, ...look },
      ];
}

function utilizationLevels(targetValue: number, thresholds: readonly number[]): readonly Level[] {
  const threshold = { color: PALETTE.grey, dashes: '1 3' };
  return [
    { value: 100, name: '100 %: capacity', color: PALETTE.vermillion, dashes: '' },
    { value: targetValue, name: `${targetValue} %: target`, color: PALETTE.ink, dashes: '6 4' },
    ...thresholds.map((value) => ({ value, name: `${value} %: threshold`, ...threshold })),
  ];
}

function kindKeys(reasons: readonly string[]): readonly Key[] {
  const names = { change: 'a change', wait: 'it waits', bound: 'a bound holds it', rest: 'nothing to do' };
  const kinds = new Set(reasons.map((reason) => meaningOf(reason).kind));
  return [...kinds].map((kind) => ({ look: boxLook(KIND_COLORS[kind]), name: names[kind] }));
}

/** When one reason was said, and its name. */
function lane(
  reason: string,
  top: number,
  steps: readonly SimulatedStep[],
  end: number,
  x: (second: number) => number,
): string {
  const color = KIND_COLORS[meaningOf(reason).kind];
  const bars = stretches(steps, end, (step) => step.reason === reason)
    .filter(({ value }) => value)
    .map(({ from, to }) => bar(x(from), x(to), top + 3, top + LANE - 3, color));
  return [...bars, `<text x="${RIGHT + 12}" y="${top + LANE / 2 + 4}">${escaped(reason)}</text>`].join('\n');
}

/** One round of many is thinner than what can be seen. */
function bar(from: number, to: number, top: number, bottom: number, fill: string): string {
  const width = Math.max(1.5, to - from);
  return `<rect x="${pixel(from)}" y="${top}" width="${pixel(width)}" height="${bottom - top}" fill="${fill}"/>`;
}

/** Stretches of time in which a value stays the same. */
function stretches<T>(
  steps: readonly SimulatedStep[],
  end: number,
  valueOf: (step: SimulatedStep) => T,
): readonly { readonly value: T; readonly from: number; readonly to: number }[] {
  const found: { value: T; from: number; to: number }[] = [];
  for (const step of steps) {
    const [last, value] = [found.at(-1), valueOf(step)];
    if (last !== undefined) last.to = step.second;
    if (last === undefined || last.value !== value) found.push({ value, from: step.second, to: end });
  }
  return found;
}

function stairs(steps: readonly SimulatedStep[], point: (step: SimulatedStep) => readonly [number, number]): string {
  let path = '';
  let level: number | undefined;
  for (const step of steps) {
    const [x, y] = point(step);
    if (level === undefined) path = `M${pixel(x)} ${pixel(y)}`;
    else if (y !== level) path += `H${pixel(x)}V${pixel(y)}`;
    level = y;
  }
  return `${path}H${RIGHT}`;
}

function highest(
  steps: readonly SimulatedStep[],
  others: readonly number[],
  ...values: readonly ((step: SimulatedStep) => number)[]
): number {
  let most = Math.max(...others);
  for (const step of steps) for (const value of values) most = Math.max(most, value(step));
  return most;
}

function lineLook(color: string, width: number, dashes = ''): string {
  return `<path d="M0 5H22" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dashes}"/>`;
}

function boxLook(fill: string): string {
  return `<rect width="22" height="10" fill="${fill}"/>`;
}
