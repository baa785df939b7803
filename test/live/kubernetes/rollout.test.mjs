// @ts-check
// Nobody notices a change of the backend's configuration, or of the application's images.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { editedMain, restored, rolledComponents, runningPods } from './changes.mjs';
import { get, podsOf } from './cluster.mjs';
import { retagged } from './images.mjs';
import { project, stackUp } from './stack.mjs';
import { undisturbed } from './undisturbed.mjs';

describe('nobody notices', () => {
  after(() => restored());

  test('a change of the configuration of the backend, which replaces its pods and no others', async () => {
    const before = await runningPods();
    await undisturbed('configuration', async () => {
      project.synthFrom(editedMain('DOCUMENT_CHUNK_SIZE: text(512)', 'DOCUMENT_CHUNK_SIZE: text(256)'));
      await stackUp();
    });
    assert.deepEqual(rolledComponents(before, await runningPods()), { backend: 'all' });
    const { data } = await get('configmap', 'tars-config');
    assert.equal(data.DOCUMENT_CHUNK_SIZE, '256');
  });

  test('another image of the application', async () => {
    await retagged('0.1.1');
    const before = await runningPods();
    await undisturbed('image', async () => {
      project.synth(`{ images: { tag: '0.1.1' } }`);
      await stackUp();
    });
    assert.deepEqual(rolledComponents(before, await runningPods()), { backend: 'all', frontend: 'all' });
    const pods = [...(await podsOf('backend')), ...(await podsOf('frontend'))];
    assert.deepEqual([...new Set(pods.map(({ spec }) => spec.containers[0].image))].sort(), [
      'tars-backend:0.1.1',
      'tars-frontend:0.1.1',
    ]);
  });
});
