import type { SimulatedStep, Simulation } from '../ops/autoscaling/simulated-workload';
import type { TunedPolicy } from '../ops/autoscaling/tune';
import { table } from './table';

const BARS = ' ▁▂▃▄▅▆▇█';

/** Load and replicas over time, and how often the controller said what. */
export function simulationText(title: string, { steps, ignored, ...sums }: Simulation, columns: number): string {
  const width = Math.max(20, Math.min(columns, 120) - 24);
  const row = (name: string, value: (step: SimulatedStep) => number): string => {
    const values = squeezed(steps, width, value);
    const most = Math.max(0, ...values);
    return `${name.padEnd(12)} ${values.map((one) => bar(one, most)).join('')} ${Math.round(most)} at most`;
  };
  const counts = new Map<string, number>();
  for (const { reason } of steps) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [
    title,
    row('load', ({ load }) => load),
    row('replicas', ({ replicas }) => replicas),
    row('utilization', ({ utilization }) => utilization),
    '',
    ...[...counts].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${String(count).padStart(7)} × ${reason}`),
    '',
    `${sums.replicaHours.toFixed(1)} replica hours, ${sums.overloadSeconds} s overloaded, ${sums.changes} changes`,
    ...(ignored.length > 0 ? [`left out, since a load of CPU does not move it: ${ignored.join(', ')}`] : []),
    '',
  ].join('\n');
}

/** The highest value of each stretch: a spike is not averaged away. */
function squeezed(
  steps: readonly SimulatedStep[],
  width: number,
  value: (step: SimulatedStep) => number,
): readonly number[] {
  const count = Math.min(width, steps.length);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * steps.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * steps.length) / count));
    return Math.max(...steps.slice(from, to).map(value));
  });
}

function bar(value: number, most: number): string {
  return BARS[most === 0 ? 0 : Math.ceil((value / most) * (BARS.length - 1))] ?? ' ';
}

/** A frontier, the proposal marked. */
export function frontierText(choices: readonly TunedPolicy[], proposed: TunedPolicy | undefined): string {
  return table<TunedPolicy>(
    [
      { title: '', text: (choice) => (choice === proposed ? '→' : ' ') },
      { title: 'replica hours', text: ({ replicaHours }) => replicaHours.toFixed(1) },
      { title: 'overloaded s', text: ({ overloadSeconds }) => String(overloadSeconds) },
      { title: 'changes', text: ({ changes }) => String(changes) },
      { title: 'targetValue', text: ({ targetValue }) => String(targetValue) },
      { title: 'minReplicas', text: ({ minReplicas }) => String(minReplicas) },
      { title: 'scaleUpCooldownSecs', text: (choice) => String(choice.scaleUpCooldownSecs) },
      { title: 'scaleDownCooldownSecs', text: (choice) => String(choice.scaleDownCooldownSecs) },
    ],
    choices,
  );
}
