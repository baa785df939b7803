// Scaling policies as they are compiled, before the real API server: accepted as they are, with every field kept.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { ApiServer } from './api-server.mjs';

const require = createRequire(import.meta.url);
const { App } = require('cdk8s');
const tars = require('cdk8s-tars');

const POLICIES = {
  'as the contract has it': {},
  'without cooldowns': { scaleUpCooldownSecs: 0, scaleDownCooldownSecs: 0 },
  'with the longest cooldowns': { scaleUpCooldownSecs: 1800, scaleDownCooldownSecs: 1800 },
  'by metrics that an adapter serves': {
    rpsTarget: 50,
    metricsAdapter: 'other',
    customMetrics: [
      { name: 'queue_length', target: '30' },
      { name: 'backlog', type: 'external', target: '100', labels: { queue: 'chat' } },
      {
        name: 'requests',
        type: 'object',
        target: '2k',
        object: { apiVersion: 'v1', kind: 'Service', name: 'tars-backend' },
      },
    ],
  },
};

/** @type {Awaited<ReturnType<typeof startControlPlane>>} */
let plane;
/** @type {ApiServer} */
let api;

before(async () => {
  plane = await startControlPlane();
  api = new ApiServer(plane);
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tars' } });
});
after(async () => {
  api?.close();
  await plane?.stop();
});

for (const kubernetesVersion of ['1.25', '1.34', '1.35', '1.37']) {
  for (const [name, autoscalingPolicy] of Object.entries(POLICIES)) {
    test(`${name}, for ${kubernetesVersion}`, async () => {
      const app = new App();
      new tars.TarsChart(app, 'tars', { kubernetesVersion, autoscalingPolicy });
      const { manifests } = tars.subjectOf(app).emitted;
      const { object } = manifests.find((one) => one.object.kind === 'HorizontalPodAutoscaler');
      const said = await api.dryRun(object);
      assert.equal(said.message, '');
      assert.deepEqual(said.object.spec, object.spec);
      const hasTolerance = object.spec.behavior.scaleUp.tolerance !== undefined;
      assert.equal(hasTolerance, ['1.35', '1.37'].includes(kubernetesVersion));
    });
  }
}
