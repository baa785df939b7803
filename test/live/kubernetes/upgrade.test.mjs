// @ts-check
// From an earlier state of this project to today's, with data in it.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask } from '../../smoke/client.mjs';
import { describeSystem } from '../../smoke/smoke.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { root } from '../project.mjs';
import { restored } from './changes.mjs';
import { apply, rolledOut } from './cluster.mjs';
import { ingress } from './ingress.mjs';
import { manifests, stackDown, stackUp } from './stack.mjs';

const earlier = join(root, 'test', 'fixtures', 'before-0.1.0', 'dist', 'tars.k8s.yaml');

describe('an upgrade of an earlier state', () => {
  /** @type {string} */
  let conversation;
  /** @type {unknown} */
  let stored;

  before(async () => {
    await stackDown();
    const directory = mkdtempSync(join(tmpdir(), 'tars-earlier-'));
    try {
      copyFileSync(earlier, join(directory, 'tars.k8s.yaml'));
      copyFileSync(join(manifests, 'tars.secrets.k8s.yaml'), join(directory, 'tars.secrets.k8s.yaml'));
      await apply(directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    await rolledOut();
    await until('the Ingress answers', async () => (await ask(ingress, `${ingress.api}/ready`)).status === 200);
    const url = `${ingress.api}/api/chat`;
    const { status, body } = await ask(ingress, url, { method: 'POST', body: { message: 'before the upgrade' } });
    assert.equal(status, 200, body);
    conversation = `${ingress.api}/api/conversations/${JSON.parse(body).conversation_id}`;
    stored = JSON.parse((await ask(ingress, conversation)).body);
  });
  after(() => restored());

  test('is applied without an objection, and rolled out', async () => {
    const startedAt = performance.now();
    await stackUp();
    figure('upgrade', (performance.now() - startedAt) / 1000, 's');
  });

  test('keeps what was stored', async () => {
    const { status, body } = await ask(ingress, conversation);
    assert.equal(status, 200, body);
    assert.deepEqual(JSON.parse(body), stored);
  });

  describeSystem('the system after the upgrade', ingress);
});
