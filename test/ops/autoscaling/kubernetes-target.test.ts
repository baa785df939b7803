import { kubernetesTarget } from '../../../lib/ops/autoscaling/kubernetes-target';
import { json, refusal, useFakeApiServer } from '../../support/fake-api-server';

const server = useFakeApiServer();
const DEPLOYMENT = '/apis/apps/v1/namespaces/tars/deployments/web';
const HPAS = '/apis/autoscaling/v2/namespaces/tars/horizontalpodautoscalers';
const SCALED_OBJECTS = '/apis/keda.sh/v1alpha1/namespaces/tars/scaledobjects';
const list = (...items: object[]) => json({ metadata: { resourceVersion: '1' }, items });
const pointsAt = (name: string, kind?: string): object => ({
  metadata: { name: `of-${name}`, namespace: 'tars' },
  spec: { scaleTargetRef: { kind, name }, maxReplicas: 3 },
});
const noKeda = refusal(404, 'NotFound', 'the server could not find the requested resource');
const target = async () => kubernetesTarget(await server().client(), { namespace: 'tars' });

test.each([
  ['nobody', list(), noKeda, undefined],
  [
    'an autoscaler of something else',
    list(pointsAt('db', 'Deployment'), pointsAt('web', 'StatefulSet')),
    list(),
    undefined,
  ],
  ['an HPA', list(pointsAt('web', 'Deployment')), noKeda, 'HorizontalPodAutoscaler of-web'],
  ['KEDA', list(), list(pointsAt('web')), 'ScaledObject of-web'],
])('%s decides', async (_, hpas, scaled, who) => {
  server().on(`GET ${HPAS}`, hpas).on(`GET ${SCALED_OBJECTS}`, scaled);
  expect(await (await target()).managedBy('web')).toBe(who);
});

test('replicas asked for, and those that are ready', async () => {
  server().on(
    `GET ${DEPLOYMENT}`,
    json({ metadata: { name: 'web' }, spec: { replicas: 4 }, status: { readyReplicas: 3 } }),
  );
  expect(await (await target()).read('web')).toEqual({ replicas: 4, ready: 3 });
});

describe('a change', () => {
  const scale = { metadata: { name: 'web', namespace: 'tars', resourceVersion: '7', uid: 'u' }, spec: { replicas: 4 } };
  test('is written to the version that was read', async () => {
    server().on(`GET ${DEPLOYMENT}/scale`, json(scale)).on(`PUT ${DEPLOYMENT}/scale`, json(scale));
    await (await target()).write('web', 4, 5);
    expect(JSON.parse(server().seen[1]?.body ?? '')).toMatchObject({
      metadata: { resourceVersion: '7' },
      spec: { replicas: 5 },
    });
  });

  test('is not, when somebody else was first', async () => {
    server().on(`GET ${DEPLOYMENT}/scale`, json(scale));
    await expect((await target()).write('web', 3, 5)).rejects.toMatchObject({ code: 'PreconditionFailed' });
  });
});
