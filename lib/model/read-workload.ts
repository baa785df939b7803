import type { IssueCollector } from './issues';
import { show } from './issues';
import { PropsReader } from './props-reader';
import { readServedMetrics } from './read-metrics';
import type { AutoscalingProps, ServiceProps } from './service-props';
import type { AutoscalingMetric, AutoscalingPolicy, Scale, Workload } from './service-spec';

const PERCENT = { min: 0, max: 1000 } as const;
const REPLICAS = { min: 1, max: 10_000 } as const;

/** Reads what kind of thing runs, and how many of them. */
export function readWorkload(reader: PropsReader<ServiceProps>): Workload {
  const kind = reader.oneOf('workload', ['deployment', 'stateful-set', 'cron-job'], 'deployment');
  if (kind === 'cron-job') {
    return { kind, schedule: readSchedule(reader), timeZone: reader.string('timeZone') };
  }
  for (const key of ['schedule', 'timeZone'] as const) {
    if (!reader.has(key)) continue;
    reader.at(key).add({
      code: 'TARS1016',
      message: `only a cron-job has a ${key}`,
      given: show(reader.raw(key)),
      allowed: 'with workload: "cron-job"',
      remedy: `remove "${key}" or set workload to "cron-job"`,
    });
  }
  const scale = readScale(reader);
  if (kind === 'stateful-set') return { kind, scale };
  const strategy = reader.oneOf('strategy', ['RollingUpdate', 'Recreate'], 'RollingUpdate');
  return { kind, scale, strategy, maxSurge: strategy === 'Recreate' ? 0 : 1, maxUnavailable: 0 };
}

function readScale(reader: PropsReader<ServiceProps>): Scale {
  const replicas = reader.integer('replicas', { min: 0, max: REPLICAS.max });
  if (!reader.has('autoscaling')) return { kind: 'fixed', replicas: replicas ?? 1 };
  if (replicas !== undefined) {
    reader.at('replicas').add({
      code: 'TARS1013',
      message: 'replicas beside autoscaling: each apply would undo what the autoscaler did',
      given: String(replicas),
      allowed: 'either replicas or autoscaling',
      remedy: 'set autoscaling.minReplicas, or remove autoscaling',
    });
  }
  return {
    kind: 'auto',
    policy: readAutoscaling(reader.raw('autoscaling') as AutoscalingProps, reader.at('autoscaling')),
  };
}

function readAutoscaling(props: AutoscalingProps, issues: IssueCollector): AutoscalingPolicy {
  const reader = new PropsReader<AutoscalingProps>(props, issues, {
    minReplicas: true,
    maxReplicas: true,
    cpuTarget: true,
    memoryTarget: true,
    scaleUpThreshold: true,
    scaleDownThreshold: true,
    scaleUpCooldownSecs: true,
    scaleDownCooldownSecs: true,
    rpsTarget: true,
    rpsMetric: true,
    customMetrics: true,
    metricsAdapter: true,
    metricAggregationWindowSecs: true,
  });
  const minReplicas = reader.integer('minReplicas', REPLICAS, 2);
  const maxReplicas = reader.integer('maxReplicas', REPLICAS, Math.max(10, minReplicas));
  if (minReplicas > maxReplicas) {
    reader.at('minReplicas').add({
      code: 'TARS1012',
      message: 'minReplicas is above maxReplicas',
      given: `${minReplicas} above ${maxReplicas}`,
      allowed: `at most maxReplicas`,
      remedy: 'lower minReplicas or raise maxReplicas',
    });
  }
  const metrics = [...readMetrics(reader), ...readServedMetrics(reader)];
  if (metrics.length === 0) {
    issues.add({
      code: 'TARS1016',
      message: 'an autoscaler without a metric',
      given: 'cpuTarget 0, memoryTarget 0 and nothing else',
      allowed: 'at least one of cpuTarget, memoryTarget and rpsTarget above 0, or customMetrics',
      remedy: 'set one of them, or remove autoscaling',
    });
  }
  // Limits of the API: 1800 s for a policy's period, 3600 s for a stabilization window.
  return {
    minReplicas,
    maxReplicas,
    metrics,
    scaleUpCooldownSecs: reader.integer('scaleUpCooldownSecs', { min: 0, max: 1800 }, 60),
    scaleDownCooldownSecs: reader.integer('scaleDownCooldownSecs', { min: 0, max: 1800 }, 300),
    metricAggregationWindowSecs: reader.integer('metricAggregationWindowSecs', { min: 1, max: 3600 }),
  };
}

function readMetrics(reader: PropsReader<AutoscalingProps>): AutoscalingMetric[] {
  const cpuTarget = reader.integer('cpuTarget', PERCENT, 60);
  const memoryTarget = reader.integer('memoryTarget', { min: 0, max: 100 }, 80);
  const scaleUpThreshold = reader.integer('scaleUpThreshold', PERCENT, Math.max(80, cpuTarget));
  const scaleDownThreshold = reader.integer('scaleDownThreshold', PERCENT, Math.min(30, cpuTarget));
  if (cpuTarget > 0 && !(scaleDownThreshold <= cpuTarget && cpuTarget <= scaleUpThreshold)) {
    reader.at('cpuTarget').add({
      code: 'TARS1006',
      message: 'the target lies outside its thresholds',
      given: `${scaleDownThreshold} ≤ ${cpuTarget} ≤ ${scaleUpThreshold} does not hold`,
      allowed: 'scaleDownThreshold ≤ cpuTarget ≤ scaleUpThreshold',
      remedy: 'choose the target between the thresholds',
    });
  }
  const metric = (metricType: 'cpu' | 'memory', targetValue: number): AutoscalingMetric[] =>
    targetValue === 0 ? [] : [{ metricType, targetValue, scaleUpThreshold, scaleDownThreshold }];
  return [...metric('cpu', cpuTarget), ...metric('memory', memoryTarget)];
}

function readSchedule(reader: PropsReader<ServiceProps>): string {
  const schedule = reader.requiredString('schedule', '0 0 * * *');
  const field = /^(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(\/\d+)?(,(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(\/\d+)?)*$/;
  const fields = schedule.trim().split(/\s+/);
  const ok =
    /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(schedule) ||
    (fields.length === 5 && fields.every((f) => field.test(f)));
  if (!ok) {
    reader.at('schedule').add({
      code: 'TARS1015',
      message: 'not a cron schedule',
      given: show(schedule),
      allowed:
        'five fields: minute, hour, day of month, month, day of week, e.g. "30 2 * * *"; or @hourly, @daily, @weekly, @monthly',
      remedy: 'write the five fields',
    });
  }
  return schedule;
}
