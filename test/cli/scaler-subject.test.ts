import { TarsChart } from 'cdk8s-tars';
import { App } from 'cdk8s';
import { scalerSubject } from '../../lib/cli/scaler-subject';
import { scalingPolicy } from '../../lib/ops/autoscaling/scaling-policy';

test('thresholds of the policy are those of CPU; other metrics have the usual band around their target', () => {
  const app = new App();
  const autoscalingPolicy = { minReplicas: 1, cpuTarget: 25, scaleUpThreshold: 30, scaleDownThreshold: 15 };
  new TarsChart(app, 'tars', { autoscalingPolicy });
  const { name, policies, bases } = scalerSubject([{ app }] as never, 'backend');

  expect(name).toBe('backend');
  expect(bases.cpuMillis).toBe(500);
  expect(policies.map((policy) => scalingPolicy(policy))).toMatchObject([
    {
      metricType: 'cpu',
      targetValue: 25,
      scaleUpThreshold: 30,
      scaleDownThreshold: 15,
      minReplicas: 1,
      maxReplicas: 10,
    },
    { metricType: 'memory', targetValue: 80, scaleUpThreshold: 88, scaleDownThreshold: 72 },
  ]);
});
