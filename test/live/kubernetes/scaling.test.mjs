// @ts-check
// The autoscaler sees what the backend's processors do, and follows.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { restored, rolledComponents, runningPods } from './changes.mjs';
import { get, isReady, podsOf } from './cluster.mjs';
import { startLoad } from './load.mjs';
import { project, stackUp } from './stack.mjs';

const autoscaler = 'tars-backend';

/**
 * Waits that a test can wait for; what is shipped waits for minutes. And a lower target: two processors
 * have to bring several replicas above it, beside all else that runs on them; idle they use 2 or 3 %.
 */
const impatient =
  '{ cpuTarget: 12, scaleUpThreshold: 16, scaleDownThreshold: 6, scaleUpCooldownSecs: 15, scaleDownCooldownSecs: 15 }';

describe('the autoscaler of the backend', () => {
  /** Replicas that it has asked for, as they were seen. @type {number[]} */
  const seen = [];
  /** @type {any} */
  let spec;

  before(async () => {
    const replaced = await runningPods();
    project.synth(`{ autoscalingPolicy: ${impatient} }`);
    await stackUp();
    ({ spec } = await get('hpa', autoscaler));
    assert.deepEqual(rolledComponents(replaced, await runningPods()), {}, 'another policy replaces no pod');
  });
  after(async () => {
    await restored();
  });

  test('sees the processors and the memory of the pods', async () => {
    const { status } = await until(
      'there are metrics',
      seeing(({ status }) => usageOf(status) !== undefined),
      slow,
    );
    assert.equal(status.currentReplicas, spec.minReplicas);
    const memory = status.currentMetrics.find((/** @type {any} */ { resource }) => resource?.name === 'memory');
    assert.match(memory.resource.current.averageValue, /^[1-9]/);
    figure('processors in use, idle', usageOf(status) ?? NaN, '% of the request');
  });

  test('adds replicas under load, and takes them away after it', async () => {
    const load = startLoad();
    try {
      const startedAt = performance.now();
      const { status } = await until(
        'there are more replicas',
        seeing(({ status }) => status.desiredReplicas > spec.minReplicas),
        slow,
      );
      figure('load to more replicas wanted', (performance.now() - startedAt) / 1000, 's');
      figure('processors in use, under load', usageOf(status) ?? NaN, '% of the request');
      await until(
        'the new replicas serve',
        seeing(async () => (await podsOf('backend')).filter(isReady).length > spec.minReplicas),
        slow,
      );
    } finally {
      await load.stop();
    }
    figure('requests of the load', load.count(), 'requests');
    figure('requests of the load that failed', load.failures(), 'requests');
    const startedAt = performance.now();
    await until(
      'the replicas are the fewest again',
      seeing(({ status }) => status.desiredReplicas === spec.minReplicas),
      slow,
    );
    figure('end of the load to the fewest replicas', (performance.now() - startedAt) / 1000, 's');
    figure('most replicas', Math.max(...seen), 'replicas');
    assert.deepEqual(
      seen.filter((replicas) => replicas < spec.minReplicas || replicas > spec.maxReplicas),
      [],
      'it stays between its bounds',
    );
  });

  /**
   * @param {(hpa: any) => boolean | Promise<boolean>} isIt
   * @returns {() => Promise<any>} looks at the autoscaler, notes what it asks for, and gives it if it is so
   */
  function seeing(isIt) {
    return async () => {
      const hpa = await get('hpa', autoscaler);
      seen.push(hpa.status.desiredReplicas);
      return (await isIt(hpa)) && hpa;
    };
  }
});

const slow = { timeoutMs: 180_000, intervalMs: 500 };

/** @param {any} status */
function usageOf(status) {
  const metric = status.currentMetrics?.find((/** @type {any} */ { resource }) => resource?.name === 'cpu');
  return /** @type {number | undefined} */ (metric?.resource.current.averageUtilization);
}
