import { podMetrics } from '../../../lib/ops/cluster-client/metrics';
import { listObjects } from '../../../lib/ops/cluster-client/read';
import { pathOf, RESOURCES } from '../../../lib/ops/cluster-client/resources';
import { readScale, writeScale } from '../../../lib/ops/cluster-client/scale';
import { selectorText } from '../../../lib/ops/cluster-client/selector';
import { json, refusal, useFakeApiServer } from '../../support/fake-api-server';

const server = useFakeApiServer();
const SCALE = '/apis/apps/v1/namespaces/tars/deployments/web/scale';
const TARGET = { kind: 'Deployment', namespace: 'tars', name: 'web' } as const;
const METRICS = '/apis/metrics.k8s.io/v1beta1/namespaces/tars/pods';

test('the scale is written to the version that was read', async () => {
  const scale = { metadata: { name: 'web', namespace: 'tars', resourceVersion: '7', uid: 'u' }, spec: { replicas: 2 } };
  server().on(`GET ${SCALE}`, json(scale)).on(`PUT ${SCALE}`, json(scale));
  const client = await server().client();

  await writeScale(client, TARGET, await readScale(client, TARGET), 5);

  expect(JSON.parse(server().seen[1]?.body ?? '')).toEqual({
    ...scale,
    ...{ apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 5 } },
  });
});

test.each([
  ['nobody serves them', refusal(404, 'NotFound', 'the server could not find the requested resource'), false],
  ['whoever serves them is away', refusal(503, 'ServiceUnavailable', 'the server is currently unable'), true],
])('metrics are unavailable when %s', async (_, answer, retryable) => {
  server().on(`GET ${METRICS}`, answer);
  const client = await server().client();

  await expect(podMetrics(client, { namespace: 'tars' })).rejects.toMatchObject({
    code: 'MetricsUnavailable',
    retryable,
  });
});

test('metrics that one may not read are forbidden, not unavailable', async () => {
  server().on(`GET ${METRICS}`, refusal(403, 'Forbidden', 'no'));
  const client = await server().client();

  await expect(podMetrics(client, { namespace: 'tars' })).rejects.toMatchObject({ code: 'Forbidden' });
});

test('a list comes page by page, and is begun again when it changed too fast', async () => {
  const PODS = '/api/v1/namespaces/tars/pods';
  const item = (name: string): object => ({ metadata: { name } });
  server().on(
    `GET ${PODS}`,
    json({ metadata: { resourceVersion: '1', continue: 'x' }, items: [item('a')] }),
    refusal(410, 'Expired', 'too old'),
    json({ metadata: { resourceVersion: '2', continue: 'y' }, items: [item('a')] }),
    json({ metadata: { resourceVersion: '2' }, items: [item('b')] }),
  );
  const client = await server().client();

  const { items, resourceVersion } = await listObjects(client, RESOURCES.Pod, { namespace: 'tars' });

  expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  expect(resourceVersion).toBe('2');
});

test.each(['../secrets', 'a/b', '', '..', 'a?b'])('"%s" is no name, and reaches nothing', (name) => {
  expect(() => pathOf(RESOURCES.Pod, 'tars', name)).toThrow(/is not the name of an object/);
});

test('selectors as queries have them', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['a', 'b'] },
    { key: 'env', operator: 'NotIn', values: ['dev'] },
    { key: 'x', operator: 'Exists' },
    { key: 'y', operator: 'DoesNotExist' },
  ];

  expect(selectorText({ matchLabels: { app: 'tars' }, matchExpressions })).toBe(
    'app=tars,tier in (a,b),env notin (dev),x,!y',
  );
});
