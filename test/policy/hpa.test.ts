import { compileToHpa } from '../../lib/policy/hpa';
import { inexactPolicies, scalingReports } from '../../lib/policy/report';
import type { AutoscalingProps } from '../../lib/model/service-props';
import { aService, aSystem, defineAService } from '../support/builders';

const RESOURCES = aService().resources;

function compiled(autoscaling: AutoscalingProps, minor = 35): ReturnType<typeof compileToHpa> {
  const { workload } = aService({ autoscaling });
  if (workload.kind === 'cron-job' || workload.scale.kind !== 'auto') throw new Error('no policy');
  return compileToHpa(workload.scale.policy, RESOURCES, minor);
}

/** `field: fidelity` for each. */
function fidelity(autoscaling: AutoscalingProps, minor?: number): Readonly<Record<string, string>> {
  return Object.fromEntries(compiled(autoscaling, minor).report.map((row) => [row.field, row.fidelity]));
}

describe('a scaling policy as a HorizontalPodAutoscaler', () => {
  test("the contract's numbers on a server with tolerances", () => {
    expect(compiled({ minReplicas: 3 }).spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 10,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 60 } } },
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue' } } },
      ],
      behavior: {
        scaleUp: {
          tolerance: '341m',
          stabilizationWindowSeconds: 0,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
        scaleDown: { tolerance: '508m', stabilizationWindowSeconds: 300 },
      },
    });
  });

  test('thresholds are exact from 1.35 on, cooldowns never but for none', () => {
    expect(fidelity({})).toMatchObject({
      scaleUpThreshold: 'exact',
      scaleDownThreshold: 'exact',
      scaleUpCooldownSecs: 'approximate',
    });
    expect(fidelity({}, 34)).toMatchObject({ scaleUpThreshold: 'approximate', scaleDownThreshold: 'approximate' });
    expect(fidelity({ scaleUpCooldownSecs: 0 })).toMatchObject({ scaleUpCooldownSecs: 'exact' });
    expect(compiled({ scaleUpCooldownSecs: 0, maxReplicas: 7 }).spec).toMatchObject({
      behavior: { scaleUp: { policies: [{ type: 'Pods', value: 7, periodSeconds: 1 }] } },
    });
  });

  test('a window that no autoscaler has is said to be unsupported', () => {
    expect(fidelity({ metricAggregationWindowSecs: 60 })).toMatchObject({ metricAggregationWindowSecs: 'unsupported' });
    expect(fidelity({})).not.toHaveProperty('metricAggregationWindowSecs');
  });

  test('requests per second and other metrics that an adapter serves', () => {
    const object = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'main' };
    const { spec } = compiled({
      cpuTarget: 0,
      memoryTarget: 0,
      rpsTarget: 50,
      metricsAdapter: 'prometheus-adapter',
      customMetrics: [
        { name: 'queue_length', target: '30' },
        { name: 'backlog', type: 'external', target: '1500m', labels: { queue: 'chat' } },
        { name: 'requests', type: 'object', target: '2k', object },
      ],
    });
    expect((spec as { metrics: unknown }).metrics).toEqual([
      {
        type: 'Pods',
        pods: { metric: { name: 'http_requests_per_second' }, target: { type: 'AverageValue', averageValue: '50' } },
      },
      {
        type: 'Pods',
        pods: { metric: { name: 'queue_length' }, target: { type: 'AverageValue', averageValue: '30' } },
      },
      {
        type: 'External',
        external: {
          metric: { name: 'backlog', selector: { matchLabels: { queue: 'chat' } } },
          target: { type: 'AverageValue', averageValue: '1500m' },
        },
      },
      {
        type: 'Object',
        object: { describedObject: object, metric: { name: 'requests' }, target: { type: 'Value', value: '2k' } },
      },
    ]);
  });

  test.each<[string, AutoscalingProps, string[]]>([
    ['a metric that nobody serves', { rpsTarget: 50 }, ['TARS1020 tars/web.autoscaling.rpsTarget']],
    [
      'one of its own that nobody serves',
      { customMetrics: [{ name: 'a', target: '1' }] },
      ['TARS1020 tars/web.autoscaling.customMetrics'],
    ],
    [
      'a target that is no quantity',
      { metricsAdapter: 'other', customMetrics: [{ name: 'a', target: 'much' }] },
      ['TARS1010 tars/web.autoscaling.customMetrics[0].target'],
    ],
    [
      'type object without one',
      { metricsAdapter: 'other', customMetrics: [{ name: 'a', type: 'object', target: '1' }] },
      ['TARS1016 tars/web.autoscaling.customMetrics[0].object'],
    ],
    [
      'a cooldown past what the API takes',
      { scaleUpCooldownSecs: 1801 },
      ['TARS1006 tars/web.autoscaling.scaleUpCooldownSecs'],
    ],
    ['no metric at all', { cpuTarget: 0, memoryTarget: 0 }, ['TARS1016 tars/web.autoscaling']],
  ])('%s is refused', (_, autoscaling, expected) => {
    expect(defineAService({ autoscaling }).issues.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
  });

  test('everything that is not exact is an error for --strict', () => {
    const model = aSystem({
      services: [
        { name: 'api', autoscaling: {} },
        { name: 'web', replicas: 2 },
      ],
    });
    expect(scalingReports(model).map(({ path }) => path)).toEqual(['tars/api']);
    expect(inexactPolicies([model]).map(({ code, path }) => `${code} ${path}`)).toEqual([
      'TARS3006 tars/api.autoscaling.scaleUpThreshold',
      'TARS3006 tars/api.autoscaling.scaleDownThreshold',
      'TARS3006 tars/api.autoscaling.scaleUpCooldownSecs',
      'TARS3006 tars/api.autoscaling.scaleDownCooldownSecs',
    ]);
    const exact = { scaleUpCooldownSecs: 0, scaleDownCooldownSecs: 0 };
    const newer = aSystem({ settings: { kubernetesMinor: 35 }, services: [{ name: 'api', autoscaling: exact }] });
    expect(inexactPolicies([newer])).toEqual([]);
  });

  test.each([
    [
      'the Service of Kubernetes draws replicas',
      { balancing: 'least-connections' },
      ['TARS3006 tars/api.access.balancing'],
    ],
    ['nobody chose', {}, []],
    ['there is no Service that could choose', { balancing: 'random', kind: 'headless' }, []],
  ] as const)('balancing with --strict: %s', (_, access, expected) => {
    const model = aSystem({ services: [{ name: 'api', replicas: 2, ports: [{ name: 'http', port: 80 }], access }] });
    expect(inexactPolicies([model]).map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
  });
});
