// @ts-check
// The quota has room for the peak that was computed, and for nothing beyond. No pod is started for it: the
// node takes none meanwhile, and a quota counts pods that wait as well.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { get, kubectl, namespace, podsOf } from './cluster.mjs';
import { manifests, stackUp } from './stack.mjs';

const backend = 'deployment/tars-backend';

describe('the quota', () => {
  /** @type {any} */
  let autoscaler;
  /** @type {string[]} */
  let rolling;
  /** @type {string[]} */
  let nodes;

  before(async () => {
    autoscaler = await get('hpa', 'tars-backend');
    const { items } = await get('deployments');
    rolling = items
      .filter((/** @type {any} */ { spec }) => spec.strategy.type === 'RollingUpdate')
      .map((/** @type {any} */ { metadata }) => `deployment/${metadata.name}`);
    nodes = (await get('nodes')).items.map((/** @type {any} */ { metadata }) => metadata.name);
    await kubectl(['delete', 'events', '--all', '--namespace', namespace]);
    await kubectl(['cordon', ...nodes]);
    // nobody but the test says how many there are
    await kubectl(['delete', 'hpa', 'tars-backend', '--namespace', namespace]);
  });

  after(async () => {
    for (const deployment of rolling) {
      await kubectl(['rollout', 'undo', deployment, '--namespace', namespace]);
    }
    await scaleTo(autoscaler.spec.minReplicas);
    await until('the pods beyond the minimum are gone', async () => {
      return (await podsOf('backend')).length === autoscaler.spec.minReplicas;
    }).finally(() => kubectl(['uncordon', ...nodes]));
    await stackUp();
    await until('the migration has run again', async () => {
      return (await get('jobs')).items.every((/** @type {any} */ { status }) => status.succeeded === 1);
    });
  });

  test('admits the autoscaler’s maximum, a rolling surge of all, and every job', async () => {
    const { maxReplicas } = autoscaler.spec;
    await scaleTo(maxReplicas);
    await until(`${maxReplicas} replicas are admitted`, async () => (await podsOf('backend')).length === maxReplicas);
    await kubectl(['rollout', 'restart', ...rolling, '--namespace', namespace]);
    await startJobsAgain();
    await until('there is one more of each that rolls', async () => {
      const deployments = await Promise.all(rolling.map((deployment) => get(deployment)));
      return deployments.every(({ spec, status }) => status.replicas === spec.replicas + 1);
    });
    await until('each job has a pod', async () => {
      return (await get('jobs')).items.every((/** @type {any} */ { status }) => status.active === 1);
    });
    assert.deepEqual(await refusals(), []);
    const { status } = await get('resourcequota', 'tars-quota');
    assert.equal(status.used['limits.cpu'], status.hard['limits.cpu'], 'what is scarcest is used up');
    figure('pods admitted at the peak', Number(status.used.pods), 'pods');
  });

  test('refuses one replica more', async () => {
    await scaleTo(autoscaler.spec.maxReplicas + 1);
    const messages = await until('a pod is refused', async () => {
      const found = await refusals();
      return found.length > 0 && found;
    });
    assert.match(messages[0] ?? '', /exceeded quota: tars-quota, requested: limits\.cpu=2/);
    assert.equal((await podsOf('backend')).length, autoscaler.spec.maxReplicas + 1, 'the surge is the last');
  });
});

/** @param {number} replicas */
async function scaleTo(replicas) {
  await kubectl(['scale', backend, `--replicas=${replicas}`, '--namespace', namespace]);
}

/** Jobs are done by now, and count no more: they are made anew, as an upgrade makes them. */
async function startJobsAgain() {
  const documents = parseAllDocuments(readFileSync(join(manifests, 'tars.k8s.yaml'), 'utf8'));
  const jobs = documents.map((document) => document.toJSON()).filter((object) => object?.kind === 'Job');
  assert.ok(jobs.length > 0);
  await kubectl(['delete', 'jobs', '--all', '--namespace', namespace]);
  for (const job of jobs) {
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(job) });
  }
}

/**
 * @returns {Promise<string[]>} what controllers say of pods that they could not make for want of quota; a server that
 *   is busy may refuse one for another reason, and is asked again
 */
async function refusals() {
  const { items } = await get('events');
  return items
    .filter((/** @type {any} */ { reason, message }) => reason === 'FailedCreate' && /exceeded quota/.test(message))
    .map((/** @type {any} */ { message }) => message);
}
