import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import type { KubernetesTargetOptions } from '../../../lib/ops/autoscaling/kubernetes-target';
import { kubernetesTarget } from '../../../lib/ops/autoscaling/kubernetes-target';
import type { Answer } from '../../support/fake-api-server';
import { START } from './rounds';
import { cut, json, refusal, useFakeApiServer } from '../../support/fake-api-server';

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
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/tars/leases';
const LEASE = `${LEASES}/tars-autoscale-web`;
const target = async (options: Partial<KubernetesTargetOptions> = {}) =>
  kubernetesTarget(await server().client(), { namespace: 'tars', ...options });

/** Serves one Lease, as the API server keeps it. */
function servesLease() {
  const world = { version: 1, lease: undefined as object | undefined };
  const write: Answer = (seen, response) => {
    const { spec } = JSON.parse(seen.body) as { spec: object };
    world.lease = { metadata: { name: 'tars-autoscale-web', resourceVersion: String(++world.version) }, spec };
    json(world.lease)(seen, response);
  };
  server()
    .on(`GET ${LEASE}`, (seen, response) => {
      (world.lease ? json(world.lease) : refusal(404, 'NotFound', 'not found'))(seen, response);
    })
    .on(`POST ${LEASES}`, write)
    .on(`PUT ${LEASE}`, write);
  return world;
}

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
  const putsOfScale = (): object[] =>
    server()
      .seen.filter(({ method, path }) => method === 'PUT' && path === `${DEPLOYMENT}/scale`)
      .map(({ body }) => JSON.parse(body) as object);
  beforeEach(servesLease);

  test('is written to the version that was read', async () => {
    server().on(`GET ${DEPLOYMENT}/scale`, json(scale)).on(`PUT ${DEPLOYMENT}/scale`, json(scale));
    await (await target()).write('web', 4, 5);
    expect(putsOfScale()).toMatchObject([{ metadata: { resourceVersion: '7' }, spec: { replicas: 5 } }]);
  });

  test('is begun anew when a controller writes in between', async () => {
    let version = 7;
    server()
      .on(`GET ${DEPLOYMENT}/scale`, (seen, response) => {
        json({ ...scale, metadata: { ...scale.metadata, resourceVersion: String(version) } })(seen, response);
      })
      .on(`PUT ${DEPLOYMENT}/scale`, (seen, response) => {
        (version++ === 7 ? refusal(409, 'Conflict', 'the object has been modified') : json(scale))(seen, response);
      });
    await (await target()).write('web', 4, 5);
    expect(putsOfScale()).toMatchObject([
      { metadata: { resourceVersion: '7' } },
      { metadata: { resourceVersion: '8' } },
    ]);
  });

  test('is not, when that was somebody who scales', async () => {
    let replicas = 4;
    server()
      .on(`GET ${DEPLOYMENT}/scale`, (seen, response) => {
        json({ ...scale, spec: { replicas } })(seen, response);
      })
      .on(`PUT ${DEPLOYMENT}/scale`, (seen, response) => {
        replicas = 2;
        refusal(409, 'Conflict', 'the object has been modified')(seen, response);
      });
    await expect((await target()).write('web', 4, 5)).rejects.toMatchObject({ code: 'PreconditionFailed' });
    expect(putsOfScale()).toHaveLength(1);
  });

  test('is not, when somebody else was first', async () => {
    server().on(`GET ${DEPLOYMENT}/scale`, json(scale));
    await expect((await target()).write('web', 3, 5)).rejects.toMatchObject({ code: 'PreconditionFailed' });
  });
});

describe('two AutoScalers, each with a target of its own', () => {
  const scale = { metadata: { name: 'web', namespace: 'tars', resourceVersion: '7', uid: 'u' }, spec: { replicas: 4 } };
  const scaler = async (options: Partial<KubernetesTargetOptions> = {}) => {
    const auto = new AutoScaler('web', { target: await target(options), now: () => START });
    auto.addPolicy({ metricType: 'cpu', scaleUpCooldownSecs: 0 }).recordMetric({ metricType: 'cpu', value: 95 });
    return auto;
  };
  const writes = (): readonly string[] =>
    server()
      .seen.filter(({ method }) => method !== 'GET')
      .map(({ method, path, query }) => `${method} ${path} ${query.get('dryRun') ?? 'for good'}`);

  beforeEach(() => {
    server()
      .on(`GET ${HPAS}`, list())
      .on(`GET ${SCALED_OBJECTS}`, noKeda)
      .on(`GET ${DEPLOYMENT}`, json({ metadata: { name: 'web' }, spec: { replicas: 4 }, status: { readyReplicas: 4 } }))
      .on(`GET ${DEPLOYMENT}/scale`, json(scale))
      .on(`PUT ${DEPLOYMENT}/scale`, json(scale));
  });

  test('one has the Lease, until it is closed', async () => {
    servesLease();
    const [first, second] = [await scaler({ holder: 'one' }), await scaler({ holder: 'another' })];
    expect(await first.checkAndScale()).toMatchObject({ isScaled: true, to: 5 });
    const refused = await second.checkAndScale();
    expect(refused).toMatchObject({ isScaled: false, reason: 'ManagedByAutoscaler' });
    expect(refused.message).toContain('one has the Lease tars-autoscale-web');
    await first.close();
    expect(await second.checkAndScale()).toMatchObject({ isScaled: true });
  });

  test('a change of which the server lost the answer begins its cooldown', async () => {
    servesLease();
    let replicas = 4;
    server()
      .on(`GET ${DEPLOYMENT}`, (seen, response) => {
        json({ metadata: { name: 'web' }, spec: { replicas }, status: { readyReplicas: replicas } })(seen, response);
      })
      .on(`PUT ${DEPLOYMENT}/scale`, (seen, response) => {
        ({ replicas } = (JSON.parse(seen.body) as { spec: { replicas: number } }).spec);
        cut(seen, response);
      });
    const auto = new AutoScaler('web', { target: await target(), now: () => START }).addPolicy({ metricType: 'cpu' });
    auto.recordMetric({ metricType: 'cpu', value: 95 });
    expect(await auto.checkAndScale()).toMatchObject({ isScaled: true, from: 4, to: 5 });
    expect(await auto.checkAndScale()).toMatchObject({ isScaled: false, reason: 'ScaleUpCooldown' });
    expect(replicas).toBe(5);
  });

  test('without a name each has one of its own', async () => {
    const world = servesLease();
    const client = await server().client({ now: () => START, random: () => 0.25 });
    const own = new AutoScaler('web', { target: kubernetesTarget(client, { namespace: 'tars' }), now: () => START });
    await own.checkAndScale();
    expect(world.lease).toMatchObject({
      spec: {
        holderIdentity: 'an AutoScaler of cdk8s-tars, 9',
        leaseDurationSeconds: 60,
      },
    });
  });

  test('a dry run takes none', async () => {
    expect(await (await scaler({ dryRun: true })).checkAndScale()).toMatchObject({ to: 5 });
    expect(writes()).toEqual([`PUT ${DEPLOYMENT}/scale All`]);
  });

  test('who may not have Leases scales nothing', async () => {
    server().on(`GET ${LEASE}`, refusal(403, 'Forbidden', 'leases is forbidden'));
    expect(await (await scaler()).checkAndScale()).toMatchObject({ isScaled: false, reason: 'FailedGetScale' });
    expect(writes()).toEqual([]);
  });
});
