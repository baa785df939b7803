import type { LeaseObject } from '../../../lib/ops/autoscaling/lease';
import { takeLease } from '../../../lib/ops/autoscaling/lease';
import type { Answer } from '../../support/fake-api-server';
import { cut, json, refusal, useFakeApiServer } from '../../support/fake-api-server';

const server = useFakeApiServer();
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/tars/leases';
const NOW = 1_800_000_000_000;

/** A lease as the API server keeps it, with its check of versions. */
function served(lease?: LeaseObject['spec']) {
  const world = { now: NOW, version: 1, spec: lease };
  const found: Answer = (seen, response) => {
    const answer = world.spec
      ? json({ metadata: { name: 'web', resourceVersion: String(world.version) }, spec: world.spec })
      : refusal(404, 'NotFound', 'leases "web" not found');
    answer(seen, response);
  };
  const write: Answer = (seen, response) => {
    const { metadata, spec } = JSON.parse(seen.body) as Required<LeaseObject>;
    const isFresh = seen.method === 'POST' ? !world.spec : metadata.resourceVersion === String(world.version);
    if (isFresh) Object.assign(world, { spec, version: world.version + 1 });
    (isFresh ? json({}) : refusal(409, 'Conflict', 'the object has been modified'))(seen, response);
  };
  server().on(`GET ${LEASES}/web`, found).on(`PUT ${LEASES}/web`, write).on(`POST ${LEASES}`, write);
  const take = async (holder: string) => {
    const client = await server().client({ now: () => world.now, random: () => 0 });
    return takeLease(client, { namespace: 'tars', name: 'web', holder, durationSeconds: 60 });
  };
  return { world, take, write };
}

test('one has it, is renewed, and gives it back', async () => {
  const { world, take } = served();
  const lease = await take('a');
  await expect(take('b')).rejects.toMatchObject({ code: 'ManagedByAutoscaler', message: /^a has the Lease web/ });
  world.now += 50_000;
  await lease.renew();
  world.now += 50_000;
  await expect(take('b')).rejects.toMatchObject({ code: 'ManagedByAutoscaler' });
  await lease.release();
  expect(world.spec?.holderIdentity).toBe('');
  await take('b');
  expect(world.spec).toMatchObject({ holderIdentity: 'b', leaseDurationSeconds: 60 });
});

test('that of one who died is taken when its time is over, and the dead cannot have it back', async () => {
  const { world, take } = served();
  const dead = await take('a');
  world.now += 61_000;
  await take('b');
  await expect(dead.renew()).rejects.toMatchObject({ code: 'ManagedByAutoscaler' });
  await dead.release();
  expect(world.spec?.holderIdentity).toBe('b');
});

test('of two at once one gets it', async () => {
  const { world, take } = served({ holderIdentity: '', leaseDurationSeconds: 60, renewTime: null });
  const outcomes = await Promise.allSettled([take('a'), take('b'), take('c')]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(['a', 'b', 'c']).toContain(world.spec?.holderIdentity);
});

describe('a renewal that fails', () => {
  const broken = refusal(500, 'InternalError', 'etcdserver: leader changed');
  const PUT = `PUT ${LEASES}/web`;

  test.each([
    ['is broken', broken],
    ['is cut off', cut],
  ])('is sent again where the answer %s', async (_, answer) => {
    const { world, take, write } = served();
    const lease = await take('a');
    world.now += 15_000;
    server().on(PUT, answer, write);
    await lease.renew();
    expect(Date.parse(world.spec?.renewTime ?? '')).toBe(world.now);
  });

  test('is no loss where only the answer was lost', async () => {
    const { world, take, write } = served();
    const lease = await take('a');
    const lost: Answer = (seen, response) => {
      write(seen, { writeHead: () => undefined, end: () => undefined } as unknown as typeof response);
      cut(seen, response);
    };
    world.now += 15_000;
    server().on(PUT, lost, write);
    await lease.renew();
    expect(Date.parse(world.spec?.renewTime ?? '')).toBe(world.now);
    server().on(PUT, lost, write);
    await lease.release();
    expect(world.spec?.holderIdentity).toBe('');
  });

  test('is let pass while it is good for a while, and not after that', async () => {
    const { world, take, write } = served();
    const lease = await take('a');
    server().on(PUT, broken);
    world.now += 39_000;
    await lease.renew();
    world.now += 1000;
    await expect(lease.renew()).rejects.toMatchObject({ code: 'ApiUnavailable' });
    server().on(PUT, write);
    await lease.renew();
    server().on(PUT, broken);
    world.now += 39_000;
    await lease.renew();
  });

  test('is not let pass when the clock was set back', async () => {
    const { world, take } = served();
    const lease = await take('a');
    server().on(PUT, broken);
    world.now -= 1000;
    await expect(lease.renew()).rejects.toMatchObject({ code: 'ApiUnavailable' });
  });

  test('is not let pass when it is for good', async () => {
    const { take } = served();
    const lease = await take('a');
    server().on(PUT, refusal(403, 'Forbidden', 'leases is forbidden'));
    await expect(lease.renew()).rejects.toMatchObject({ code: 'Forbidden' });
  });

  test('who may have none is told what to ask for', async () => {
    const { take } = served();
    server().on(`POST ${LEASES}`, refusal(403, 'Forbidden', 'leases is forbidden'));
    await expect(take('a')).rejects.toMatchObject({
      code: 'Forbidden',
      remedy: expect.stringContaining('get, create and update of leases.coordination.k8s.io') as string,
    });
  });

  test('is not let pass when somebody else has it', async () => {
    const { world, take } = served();
    const lease = await take('a');
    Object.assign(world, { spec: { ...world.spec, holderIdentity: 'b' }, version: world.version + 1 });
    await expect(lease.renew()).rejects.toMatchObject({ code: 'ManagedByAutoscaler', message: /^b has the Lease/ });
  });
});
