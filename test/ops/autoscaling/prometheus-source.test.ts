import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { prometheusSource } from '../../../lib/ops/autoscaling/prometheus-source';
import type { ReplicaTarget } from '../../../lib/ops/autoscaling/replica-target';
import { scalingPolicy } from '../../../lib/ops/autoscaling/scaling-policy';

const CPU = scalingPolicy({ metricType: 'cpu' });
const QUEUE = scalingPolicy({ metricType: 'custom', metricName: 'queue' });

function source(answer: unknown, status = 200) {
  const asked: string[] = [];
  const answering = (address: string | URL | Request): Promise<Response> => {
    asked.push(address instanceof Request ? address.url : String(address));
    return Promise.resolve(new Response(JSON.stringify(answer), { status }));
  };
  const queries = { cpu: 'avg(cpu{a="b"})', 'custom queue': 'sum(queue)' };
  return { asked, source: prometheusSource({ url: 'http://prometheus:9090/', queries, fetch: answering }) };
}

const vector = (...values: string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1_800_000_000.5, value] })) },
});

test.each([
  ['a vector', vector('12.5', '7'), [12.5, 7]],
  ['a scalar', { status: 'success', data: { resultType: 'scalar', result: [1_800_000_000.5, '3'] } }, [3]],
  ['nothing', vector(), []],
  ['no number', vector('NaN', '+Inf', '4'), [4]],
])('%s', async (_, answer, values) => {
  const { source: prometheus, asked } = source(answer);
  const found = await prometheus.read('web', CPU);
  expect(found).toEqual(values.map((value) => ({ metricType: 'cpu', name: '', value })));
  expect(asked).toEqual(['http://prometheus:9090/api/v1/query?query=avg(cpu%7Ba%3D%22b%22%7D)']);
});

test("a metric of one's own has its own query, and one without a query has no value", async () => {
  const { source: prometheus, asked } = source(vector('1'));
  expect(await prometheus.read('web', QUEUE)).toMatchObject([{ metricType: 'custom', name: 'queue', value: 1 }]);
  expect(await prometheus.read('web', scalingPolicy({ metricType: 'rps' }))).toEqual([]);
  expect(asked).toHaveLength(1);
});

test('what Prometheus refuses is an error', async () => {
  const { source: prometheus } = source({ status: 'error', error: 'parse error' }, 400);
  await expect(prometheus.read('web', CPU)).rejects.toThrow('Prometheus: parse error');
});

test('one that does not answer is left when the time is up', async () => {
  let left = false;
  const silent: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => {
        left = true;
        reject(new Error('aborted'));
      });
    });
  const target: ReplicaTarget = {
    managedBy: () => Promise.resolve(undefined),
    read: () => Promise.resolve({ replicas: 2, ready: 2 }),
    write: () => Promise.resolve(),
  };
  const prometheus = prometheusSource({ url: 'http://prometheus:9090', queries: { cpu: 'cpu' }, fetch: silent });
  const auto = new AutoScaler('web', { target, source: prometheus, now: Date.now, sourceTimeoutMs: 20 });
  expect(await auto.addPolicy({ metricType: 'cpu' }).checkAndScale()).toMatchObject({
    isScaled: false,
    reason: 'MissingMetrics',
    message: 'no value in the window; metric cpu: timed out after 0.02 s',
  });
  expect(left).toBe(true);
});
