// @ts-check
// Nobody notices that pods are replaced.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../testbed/wait.mjs';
import { rolledComponents, runningPods } from './changes.mjs';
import { isReady, kubectl, namespace, podsOf, rolledOut } from './cluster.mjs';
import { undisturbed } from './undisturbed.mjs';

const deployments = ['deployment/tars-backend', 'deployment/tars-frontend'];

describe('nobody notices', () => {
  test('kubectl rollout restart of the backend and of the frontend', async () => {
    const before = await runningPods();
    await undisturbed('restart', async () => {
      await kubectl(['rollout', 'restart', ...deployments, '--namespace', namespace]);
      await rolledOut(deployments);
    });
    assert.deepEqual(rolledComponents(before, await runningPods()), { backend: 'all', frontend: 'all' });
  });

  test('the eviction of a pod of the backend', async () => {
    const pods = await podsOf('backend');
    const { name, uid } = pods[0].metadata;
    await undisturbed('eviction', async () => {
      // The budget's status may be older than the pods.
      await until('it may be evicted', () => evict(name).then(() => true));
      await until(
        'there are as many replicas as before',
        async () => (await podsOf('backend')).filter(isReady).length === pods.length,
        { timeoutMs: 600_000, intervalMs: 250 },
      );
    });
    assert.equal((await runningPods()).has(uid), false);
  });
});

/** @param {string} pod */
async function evict(pod) {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
  await kubectl(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction) });
}
