// @ts-check
// A migration that fails keeps the version before it serving.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../testbed/wait.mjs';
import { restored, runningPods } from './changes.mjs';
import { apply, get, isReady, kubectl, namespace, podsOf } from './cluster.mjs';
import { sql } from './database.mjs';
import { nextVersion } from './images.mjs';
import { manifests, project } from './stack.mjs';
import { undisturbed } from './undisturbed.mjs';

const tag = '0.2.0-failing';

describe('a version whose migration fails', () => {
  before(() => nextVersion(tag));
  after(() => restored());

  test('never becomes ready, while the version before it serves', async () => {
    const before = await runningPods();
    await undisturbed('failing migration', async () => {
      project.synth(`{ images: { tag: '${tag}' } }`);
      await apply(manifests);
      await until('the migration has failed twice', async () => (await failures()) >= 2, slow);
      const added = await until('a new replica runs and is not ready', onlyNewReplica(before), slow);
      const { status } = await get('deployment', 'tars-backend');
      assert.deepEqual([status.updatedReplicas, status.unavailableReplicas], [1, 1]);
      assert.match(await readiness(added), /schema version 1, needed 2/);
      assert.equal(await sql('SELECT max(version) FROM schema_migrations'), '1');
      assert.equal(await sql(`SELECT to_regclass('half_of_it') IS NULL`), 't', 'nothing of the failed file stays');
      await restored();
    });
    const pods = await runningPods();
    const backend = [...before].filter(([, { component }]) => component === 'backend');
    assert.deepEqual(
      backend.filter(([uid, { restarts }]) => pods.get(uid)?.restarts !== restarts),
      [],
      'the replicas of the version before are the same as ever',
    );
  });
});

const slow = { timeoutMs: 120_000, intervalMs: 500 };

/** @returns {Promise<number>} runs of the new version's migration that have failed */
async function failures() {
  const pods = (await podsOf('backend-migrate')).filter(({ spec }) => spec.containers[0].image.endsWith(tag));
  return pods.reduce((sum, { status }) => sum + (status.containerStatuses?.[0].restartCount ?? 0), 0);
}

/**
 * @param {Awaited<ReturnType<typeof runningPods>>} before
 * @returns {() => Promise<string | undefined>} its name, once it answers /health
 */
function onlyNewReplica(before) {
  return async () => {
    const added = (await podsOf('backend')).filter(({ metadata }) => !before.has(metadata.uid));
    assert.ok(added.length <= 1 && !added.some(isReady), 'the new version does not become ready');
    return added.find(({ status }) => status.containerStatuses?.[0].started)?.metadata.name;
  };
}

/**
 * @param {string} pod
 * @returns {Promise<string>} what its /ready says
 */
function readiness(pod) {
  const script = `
import http.client
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
connection.request("GET", "/ready")
response = connection.getresponse()
print(response.status, response.read().decode())
`;
  return kubectl(['exec', pod, '--namespace', namespace, '--', 'python', '-c', script]);
}
