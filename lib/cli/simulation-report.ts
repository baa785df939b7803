import type { SimulatedStep, Simulation } from '../ops/autoscaling/simulated-workload';
import { timeScale } from './chart-scale';
import { meaningOf } from './scaling-reasons';
import { table } from './table';

const BARS = ' ▁▂▃▄▅▆▇█';
/** Columns of the names, and of what stands behind the bars. */
const [NAMES, MAXIMA] = [13, 18];

/** Load and replicas over time, and in how many rounds the autoscaler said what. */
export function simulationText(title: string, { steps, ignored, ...sums }: Simulation, columns: number): string {
  const width = Math.min(steps.length, Math.max(20, Math.min(columns, 120) - NAMES - MAXIMA));
  const row = (name: string, unit: string, value: (step: SimulatedStep) => number): string => {
    const values = squeezed(steps, width, value);
    const most = Math.max(0, ...values);
    return `${name.padEnd(NAMES)}${values.map((one) => bar(one, most)).join('')}  ${Math.round(most)}${unit} at most`;
  };
  const end = steps.at(-1)?.second ?? 0;
  const axis = timeScale(Math.max(1, end), Math.max(1, Math.floor(width / 9)));
  return [
    title,
    '',
    row('load', ' %', ({ load }) => load),
    row('replicas', '', ({ replicas }) => replicas),
    row('utilization', ' %', ({ utilization }) => utilization),
    `${' '.repeat(NAMES)}${marksText(axis.marks, end, width)}`,
    `${' '.repeat(NAMES)}${axis.title}; % of the CPU request of one replica`,
    '',
    `rounds of the autoscaler, one every ${steps[1]?.second ?? 0} s, by what it said:`,
    reasonsText(steps),
    `${sums.replicaHours.toFixed(1)} replica hours, ${sums.overloadSeconds} s overloaded, ${sums.changes} changes`,
    ...(ignored.length > 0 ? [`left out, since a load of CPU does not move it: ${ignored.join(', ')}`] : []),
    '',
  ].join('\n');
}

function reasonsText(steps: readonly SimulatedStep[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of steps) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return table<readonly [reason: string, count: number]>(
    [
      { title: 'ROUNDS', text: ([, count]) => String(count), align: 'right' },
      { title: 'REASON', text: ([reason]) => reason },
      { title: 'MEANING', text: ([reason]) => meaningOf(reason).meaning },
    ],
    [...counts].sort(([, a], [, b]) => b - a),
  );
}

/** The marks of an axis below the bars that they are about; one that finds no room is left out. */
function marksText(
  marks: readonly { readonly second: number; readonly text: string }[],
  end: number,
  width: number,
): string {
  let line = '';
  for (const { second, text } of marks) {
    const column = end === 0 ? 0 : Math.min(width - 1, Math.floor((second / end) * width));
    if (line === '' || column > line.length) line = `${line.padEnd(column)}╵${text}`;
  }
  return line;
}

/** The highest value of each stretch: a spike is not averaged away. */
function squeezed(
  steps: readonly SimulatedStep[],
  width: number,
  value: (step: SimulatedStep) => number,
): readonly number[] {
  return Array.from({ length: width }, (_, index) => {
    const from = Math.floor((index * steps.length) / width);
    const to = Math.max(from + 1, Math.floor(((index + 1) * steps.length) / width));
    return Math.max(...steps.slice(from, to).map(value));
  });
}

function bar(value: number, most: number): string {
  return BARS[most === 0 ? 0 : Math.ceil((value / most) * (BARS.length - 1))] ?? ' ';
}
