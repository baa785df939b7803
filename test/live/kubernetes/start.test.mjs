// @ts-check
// The manifests as they are shipped, on an empty cluster.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { figure } from '../figures.mjs';
import { apply, isReady, objectsOf, podsOf, rolledOut } from './cluster.mjs';
import { manifests, stackDown } from './stack.mjs';

describe('the manifests on an empty cluster', () => {
  /** @type {Record<string, string>} */
  let verbs;

  before(async () => {
    await stackDown();
    const startedAt = performance.now();
    verbs = await apply(manifests);
    await rolledOut();
    figure('apply to all rolled out', (performance.now() - startedAt) / 1000, 's');
  });

  test('are all created', () => {
    assert.deepEqual([...new Set(Object.values(verbs))], ['created']);
  });

  test('bring up every pod, none of which had to be restarted', async () => {
    const pods = (await podsOf()).filter(({ status }) => status.phase !== 'Succeeded');
    figure('pods', pods.length, 'pods');
    assert.deepEqual(
      pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata.name),
      [],
    );
    assert.deepEqual(restartsOf(pods), []);
  });

  test('change nothing when they are applied again', async () => {
    const before = versionsOf(await objectsOf(manifests));
    const pods = (await podsOf()).map(({ metadata }) => metadata.uid).sort();
    await apply(manifests);
    await rolledOut();
    assert.deepEqual(versionsOf(await objectsOf(manifests)), before);
    assert.deepEqual((await podsOf()).map(({ metadata }) => metadata.uid).sort(), pods);
  });
});

/** @param {readonly any[]} pods */
function restartsOf(pods) {
  return pods.flatMap(({ metadata, status }) =>
    [...(status.initContainerStatuses ?? []), ...status.containerStatuses]
      .filter(({ restartCount }) => restartCount > 0)
      .map(({ name, restartCount }) => `${metadata.name} ${name}: ${restartCount}`),
  );
}

/**
 * What tells whether an object was changed: its generation, and where controllers write no status, its
 * resource version.
 *
 * @param {readonly any[]} objects
 */
function versionsOf(objects) {
  return Object.fromEntries(
    objects.map(({ kind, metadata: { name, generation, resourceVersion }, status }) => [
      `${kind}/${name}`,
      status === undefined || Object.keys(status).length === 0 ? { generation, resourceVersion } : { generation },
    ]),
  );
}
