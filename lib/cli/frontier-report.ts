import { cpuMetric } from '../model/cpu-metric';
import type { AutoscalingProps } from '../model/service-props';
import type { AutoscalingPolicy } from '../model/service-spec';
import type { TunedPolicy } from '../ops/autoscaling/tune';
import { table } from './table';

/** What came of a search. */
export interface Tuning {
  /** The service. */
  readonly path: string;
  /** The load's highest value, in percent of one replica. */
  readonly peak: number;
  /** The command line that plays the same load again, whatever main.ts says by then. */
  readonly again: string;
  /** The frontier, the cheapest first. */
  readonly choices: readonly TunedPolicy[];
  /** The policy in main.ts; one of the choices, if it is on the frontier. */
  readonly present: TunedPolicy;
  /** One of the choices; undefined: none meets the goal. */
  readonly proposed: TunedPolicy | undefined;
  /** The goal, in seconds of overload. */
  readonly maxOverload: number;
}

/** Which service, and what it has to bear. */
export function frontierTitle({ path, peak }: Tuning): string {
  return `${path}: a load of ${Math.round(peak)} % at most`;
}

/** The frontier and the present policy, the cheapest first, with what each of them is. */
export function frontierText({ choices, present, proposed }: Tuning): string {
  const rows = [...new Set([...choices, present])].sort((a, b) => a.replicaHours - b.replicaHours);
  const digits = digitsFor(rows.map(({ replicaHours }) => replicaHours));
  const number = (title: string, text: (row: TunedPolicy) => string) => ({ title, text, align: 'right' as const });
  return table<TunedPolicy>(
    [
      { title: '', text: (row) => marks(row, present, proposed) },
      number('replica hours', ({ replicaHours }) => replicaHours.toFixed(digits)),
      number('overloaded s', ({ overloadSeconds }) => String(overloadSeconds)),
      number('changes', ({ changes }) => String(changes)),
      number('cpuTarget', ({ targetValue }) => String(targetValue)),
      number('minReplicas', ({ minReplicas }) => String(minReplicas)),
      number('scaleUpCooldownSecs', (row) => String(row.scaleUpCooldownSecs)),
      number('scaleDownCooldownSecs', (row) => String(row.scaleDownCooldownSecs)),
    ],
    rows,
  );
}

function marks(row: TunedPolicy, present: TunedPolicy, proposed: TunedPolicy | undefined): string {
  const arrow = row === proposed ? '→' : ' ';
  return row === present ? `${arrow} now` : arrow;
}

/** As few as tell all values apart; at most what a replica in a second is. */
function digitsFor(values: readonly number[]): number {
  const distinct = new Set(values).size;
  return [1, 2, 3].find((digits) => new Set(values.map((value) => value.toFixed(digits))).size === distinct) ?? 4;
}

/**
 * What to write into main.ts.
 * @param policy the proposed one, in full
 */
export function adviceText(
  { path, again, present, proposed, maxOverload }: Tuning,
  policy: AutoscalingPolicy | undefined,
): string {
  if (policy === undefined || proposed === undefined) {
    return `nothing is overloaded for ${maxOverload} s or less: raise maxReplicas, or the goal\n`;
  }
  if (proposed === present) return '\nthe policy in main.ts is the cheapest that meets the goal\n';
  const where = `in main.ts, for ${path}; in the props of a TarsChart the key is autoscalingPolicy; other keys of it stay`;
  const { replicaHours, overloadSeconds, changes } = proposed;
  const figures = `${replicaHours.toFixed(2)} replica hours, ${overloadSeconds} s overloaded and ${changes} changes`;
  return `\n${where}:\n\n${autoscalingFragment(policy)}\nthen the same load comes to ${figures}:\n\n${again}\n`;
}

/** The keys of `autoscaling` that make a policy of main.ts a chosen one; all the other keys stay as they are. */
export function autoscalingFragment(policy: AutoscalingPolicy): string {
  const cpu = cpuMetric(policy);
  const props: AutoscalingProps = {
    minReplicas: policy.minReplicas,
    maxReplicas: policy.maxReplicas,
    ...(cpu === undefined
      ? {}
      : {
          cpuTarget: cpu.targetValue,
          scaleUpThreshold: cpu.scaleUpThreshold,
          scaleDownThreshold: cpu.scaleDownThreshold,
        }),
    scaleUpCooldownSecs: policy.scaleUpCooldownSecs,
    scaleDownCooldownSecs: policy.scaleDownCooldownSecs,
  };
  const lines = Object.entries(props).map(([key, value]) => `  ${key}: ${value},\n`);
  return `autoscaling: {\n${lines.join('')}},\n`;
}
