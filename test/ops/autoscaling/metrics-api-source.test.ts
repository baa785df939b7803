import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { metricsApiSource } from '../../../lib/ops/autoscaling/metrics-api-source';
import type { ReplicaTarget } from '../../../lib/ops/autoscaling/replica-target';
import type { MetricType } from '../../../lib/ops/autoscaling/scaling-policy';
import { scalingPolicy } from '../../../lib/ops/autoscaling/scaling-policy';
import { json, useFakeApiServer } from '../../support/fake-api-server';

const server = useFakeApiServer();
const list = (...items: object[]) => json({ metadata: { resourceVersion: '1' }, items });
const pod = (name: string, cpu?: string): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'web', resources: { requests: { cpu }, limits: { memory: '1Gi' } } }] },
});
const usage = (name: string, cpu: string, memory = '256Mi'): object => ({
  metadata: { name },
  timestamp: '2027-01-15T08:00:00Z',
  window: '15s',
  containers: [{ name: 'web', usage: { cpu, memory } }],
});

async function read(metricType: MetricType, pods: object[], metrics: object[], selector = 'app=web') {
  const scale = { metadata: { name: 'web' }, spec: { replicas: 2 }, status: { replicas: 2, selector } };
  server()
    .on('GET /apis/apps/v1/namespaces/tars/deployments/web/scale', json(scale))
    .on('GET /api/v1/namespaces/tars/pods', list(...pods))
    .on('GET /apis/metrics.k8s.io/v1beta1/namespaces/tars/pods', list(...metrics));
  return metricsApiSource(await server().client(), { namespace: 'tars' }).read('web', scalingPolicy({ metricType }));
}

const TWO = [pod('a', '500m'), pod('b', '1500m')];

test.each([
  ['cpu', TWO, [usage('a', '500m'), usage('b', '500m')], 50],
  ['cpu', TWO, [usage('a', '250m')], 50],
  ['cpu', [...TWO, pod('c')], [usage('a', '250m'), usage('c', '9')], 50],
  ['cpu', TWO, [usage('a', '250m'), usage('stranger', '9')], 50],
  ['memory', TWO, [usage('a', '1', '256Mi'), usage('b', '1', '768Mi')], 50],
] as const)('%s: a ratio of sums over the pods that are known (%#)', async (metricType, pods, metrics, value) => {
  expect(await read(metricType, [...pods], [...metrics])).toEqual([{ metricType, name: '', value, unit: 'percent' }]);
});

test.each([-3_600_000, -60_000, 31_000, 60_000, 3_600_000])(
  'measured %d ms ago by its clock is of now',
  async (age) => {
    await read('cpu', TWO, [usage('a', '490m'), usage('b', '1490m')]);
    const now = Date.UTC(2027, 0, 15, 8) + age;
    const target: ReplicaTarget = {
      managedBy: () => Promise.resolve(undefined),
      read: () => Promise.resolve({ replicas: 2, ready: 2 }),
      write: () => Promise.resolve(),
    };
    const source = metricsApiSource(await server().client(), { namespace: 'tars' });
    const auto = new AutoScaler('web', { target, source, now: () => now });
    auto.addPolicy({ metricType: 'cpu', metricAggregationWindowSecs: 30 });
    expect(await auto.checkAndScale()).toMatchObject({ isScaled: true, from: 2, to: 3, means: [99] });
  },
);

test.each([
  ['no metrics', 'cpu', [], 'app=web'],
  ['no selector', 'cpu', [usage('a', '1')], ''],
  ['another metric', 'rps', [usage('a', '1')], 'app=web'],
] as const)('%s: no value', async (_, metricType, metrics, selector) => {
  expect(await read(metricType, TWO, [...metrics], selector)).toEqual([]);
});
