import { AutoScaler } from '../../../lib/ops/autoscaling/auto-scaler';
import { composeTarget } from '../../../lib/ops/autoscaling/compose-target';
import { takeLocalLock } from '../../../lib/ops/autoscaling/local-lock';
import { podInfo } from '../../../lib/ops/cluster/pod-info';

/** A project that nobody else has, and how it was scaled. */
function aProject() {
  const scaled: number[] = [];
  const project = {
    where: `engine ${Math.random()}, project shop`,
    selectorOf: ({ name }: { name: string }) => Promise.resolve(`component=${name}`),
    listPods: () => Promise.resolve([]),
    top: () => Promise.resolve([]),
    scaleDeployment: (_: string, to: number) => {
      scaled.push(to);
      return Promise.resolve({ from: 1, to, isChanged: true });
    },
  };
  return { scaled, project };
}

function aContainer(name: string) {
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  return podInfo({ metadata: { name, namespace: 'shop', uid: name }, spec: { containers: [] }, status });
}

test('one at a time scales a service, and writes without having been asked to hold it', async () => {
  const { project, scaled } = aProject();
  const [first, second] = [composeTarget(project, { holder: 'the first' }), composeTarget(project)];
  await first.write('web', 1, 2);
  await expect(second.hold?.('web')).rejects.toMatchObject({
    code: 'ManagedByAutoscaler',
    message: expect.stringContaining('the first scales web already') as string,
  });
  await expect(second.write('web', 2, 3)).rejects.toMatchObject({ code: 'ManagedByAutoscaler' });
  await second.hold?.('db');
  await first.release?.('web');
  await second.write('web', 2, 4);
  expect(scaled).toEqual([2, 4]);
  await second.release?.('web');
  await second.release?.('db');
});

test('a change of which the engine lost the answer begins its cooldown', async () => {
  const { project, scaled } = aProject();
  let containers = 2;
  const target = composeTarget({
    ...project,
    listPods: () => Promise.resolve(Array.from({ length: containers }, (_, index) => aContainer(`web-${index}`))),
    scaleDeployment: async (name, to) => {
      await project.scaleDeployment(name, to);
      containers = to;
      throw new Error('the connection was lost');
    },
  });
  const auto = new AutoScaler('web', { target, now: Date.now }).addPolicy({ metricType: 'cpu' });
  auto.recordMetric({ metricType: 'cpu', value: 99 });
  expect(await auto.checkAndScale()).toMatchObject({ isScaled: true, from: 2, to: 3 });
  expect(await auto.checkAndScale()).toMatchObject({ isScaled: false, reason: 'ScaleUpCooldown' });
  expect(scaled).toEqual([3]);
  await auto.close();
});

test('a dry run keeps nobody out, and is kept out by nobody', async () => {
  const { project, scaled } = aProject();
  const [dry, real] = [composeTarget(project, { dryRun: true }), composeTarget(project)];
  await dry.hold?.('web');
  await real.hold?.('web');
  await dry.write('web', 1, 2);
  expect(scaled).toEqual([2]);
  await real.release?.('web');
});

test('of many that want a lock at once one gets it; what it is told of others is a name', async () => {
  const thing = `thing ${Math.random()}`;
  const taken = await Promise.all(Array.from({ length: 10 }, () => takeLocalLock(thing, 'the same')));
  const locks = taken.flatMap((one) => ('release' in one ? [one] : []));
  expect(locks).toHaveLength(1);
  expect(taken.filter((one) => 'heldBy' in one && one.heldBy === 'the same')).toHaveLength(9);
  await locks[0]?.release();
  const next = await takeLocalLock(thing, 'next');
  expect(next).toHaveProperty('release');
  if ('release' in next) await next.release();
});
