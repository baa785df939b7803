// @ts-check
// The manifests as they are shipped, on an empty cluster.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask } from '../../smoke/client.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { makeProject } from '../project.mjs';
import { settings } from '../settings.mjs';
import { apply, get, isReady, kubectl, namespace, objectsOf, podsOf, rolledOut, tryKubectl } from './cluster.mjs';
import { sql } from './database.mjs';
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

  test('finish every job at the first attempt', async () => {
    const { items } = await until('the jobs have ended', async () => {
      const jobs = await get('jobs');
      return jobs.items.every((/** @type {any} */ { status }) => status.succeeded || status.failed) && jobs;
    });
    assert.ok(items.length > 0);
    for (const { metadata, status } of items) {
      assert.deepEqual([metadata.name, status.succeeded, status.failed ?? 0], [metadata.name, 1, 0]);
    }
  });

  test('migrate the empty database once, by the Job, and by none of the replicas', async () => {
    assert.equal(await sql('SELECT version, name FROM schema_migrations ORDER BY version'), '1|0001_conversations.sql');
    const { items } = await get('jobs', '-l', 'component=backend-migrate');
    assert.equal(items.length, 1);
    const log = await kubectl(['logs', `job/${items[0].metadata.name}`, '--namespace', namespace]);
    assert.equal(log.match(/"message": "schema migrated"/g)?.length, 1, log);
  });

  test('admit no pod that may do more than it needs to', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'privileged', namespace },
      spec: { containers: [{ name: 'main', image: 'any', securityContext: { privileged: true } }] },
    };
    const { code, stderr } = await tryKubectl(['create', '-f', '-'], { input: JSON.stringify(pod) });
    assert.notEqual(code, 0);
    assert.match(stderr, /violates PodSecurity "restricted:latest": privileged/);
  });

  test('change nothing when they are applied again', async () => {
    const before = versionsOf(await objectsOf(manifests));
    const pods = await identities();
    await apply(manifests);
    await rolledOut();
    assert.deepEqual(versionsOf(await objectsOf(manifests)), before);
    assert.deepEqual(await identities(), pods);
    figure('objects that a second apply leaves as they are', Object.keys(before).length, 'objects');
  });
});

describe('a second clone, with secrets of its own', () => {
  /** @type {import('../project.mjs').Project} */
  let clone;
  before(() => {
    clone = makeProject();
  });
  after(() => clone.remove());

  test('is refused its Secret, and nothing else happens', async () => {
    const before = versionsOf(await objectsOf(manifests));
    const pods = await identities();
    const { code, stderr } = await tryKubectl(['apply', '-f', join(clone.directory, 'dist')]);
    assert.notEqual(code, 0);
    assert.equal(stderr.match(/ is invalid: /g)?.length, 1, stderr);
    assert.match(stderr, /The Secret "tars-secrets" is invalid: data: Forbidden: field is immutable/);
    assert.deepEqual(versionsOf(await objectsOf(manifests)), before);
    assert.deepEqual(await identities(), pods);
  });

  test('leaves a system that serves', async () => {
    const target = { page: 'https://tars.local', address: settings.address, insecure: true };
    const question = { method: 'POST', body: { message: 'are you there?' } };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask({ ...target, api: target.page }, `${target.page}/api/chat`, question)),
    );
    assert.deepEqual(
      answers.filter(({ status }) => status !== 200),
      [],
    );
  });
});

/** @returns {Promise<string[]>} of the pods, with how often each was restarted */
async function identities() {
  return (await podsOf())
    .filter(({ status }) => status.phase === 'Running')
    .map((pod) => `${pod.metadata.name} ${pod.metadata.uid} ${restartsOf([pod]).join()}`)
    .sort();
}

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
