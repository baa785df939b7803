// @ts-check
// A change of configuration reaches the pods that read it, and no others.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { editedMain, restored, rolledComponents, runningPods } from './changes.mjs';
import { kubectl, namespace } from './cluster.mjs';
import { project, stackUp } from './stack.mjs';

describe('a change of configuration', () => {
  after(() => restored());

  test('replaces the pods that read it, and leaves all others running', async () => {
    const before = await runningPods();
    project.synthFrom(editedMain('targets: [backend]', 'targets: []'));
    await stackUp();
    assert.deepEqual(rolledComponents(before, await runningPods()), { prometheus: 'all' });
    const read = await inPrometheus('cat /etc/prometheus/prometheus.yml');
    assert.match(read, /job_name: prometheus/);
    assert.doesNotMatch(read, /job_name: backend/);
  });
});

/** @param {string} script */
function inPrometheus(script) {
  return kubectl(['exec', 'tars-prometheus-0', '--namespace', namespace, '--', 'sh', '-c', script]);
}
