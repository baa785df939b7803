import { Option } from '@commander-js/extra-typings';
import { cpuMetric } from '../model/cpu-metric';
import type { AutoscalingPolicy } from '../model/service-spec';
import type { LoadTrace } from '../ops/autoscaling/load-trace';
import { simulateHpa, simulateThresholds } from '../ops/autoscaling/simulate';
import type { Simulation } from '../ops/autoscaling/simulated-workload';
import { positive } from './load-options';
import type { ScaledService } from './scaled-service';
import { policiesOf, withWindows } from './scaler-subject';

/** Who scales a service. */
type Mode = 'hpa' | 'threshold';

/** How it is played. */
export interface PlayOptions {
  readonly mode: Mode;
  /** Seconds until a new replica is Ready. */
  readonly startup: number;
  /** Milliseconds. */
  readonly interval: number;
}

export function modeOption(): Option<'--mode <mode>', undefined, 'hpa', undefined, false, Mode> {
  const modes = ['hpa', 'threshold'] as const;
  const text = 'who scales: the HorizontalPodAutoscaler of dist/, or `tars autoscale run` by the letter of the policy';
  return new Option('--mode <mode>', text).choices(modes).default('hpa' as const);
}

export function startupOption(): Option<'--startup <seconds>', undefined, 30, undefined, false, number> {
  return new Option('--startup <seconds>', 'until a new replica is Ready').argParser(positive).default(30 as const);
}

/** Plays a load against the autoscaler of a service, with such a policy. */
export function playService(
  { specOf, workload }: ScaledService,
  policy: AutoscalingPolicy,
  trace: LoadTrace,
  { mode, startup, interval }: PlayOptions,
): Simulation {
  const played = { ...workload, startupSeconds: startup, stepSeconds: interval / 1000 };
  return mode === 'hpa'
    ? simulateHpa(specOf(policy), trace, played)
    : simulateThresholds(withWindows(policiesOf(policy), interval), trace, played);
}

/** Beyond which CPU there will be more replicas or less, in percent; of a HorizontalPodAutoscaler its target says it. */
export function thresholdsOf(policy: AutoscalingPolicy, { mode }: Pick<PlayOptions, 'mode'>): readonly number[] {
  const cpu = mode === 'threshold' ? cpuMetric(policy) : undefined;
  return cpu === undefined ? [] : [cpu.scaleDownThreshold, cpu.scaleUpThreshold];
}
