// @ts-check
// What was stored is there when the pods that stored it are not.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { ask } from '../../smoke/client.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { rolledComponents, runningPods } from './changes.mjs';
import { kubectl, namespace, podsOf, rolledOut } from './cluster.mjs';
import { ingress } from './ingress.mjs';

const stateful = ['postgres', 'redis', 'ollama'];
const conversations = 20;
/** Redis' own language: no conversation is forgotten. */
const keepAll = `for _, key in ipairs(redis.call('KEYS', 'tars:conversation:*')) do redis.call('PERSIST', key) end`;

describe('data outlives the pods of PostgreSQL, Redis and Ollama', () => {
  const mark = `survives:${randomUUID()}`;
  /** @type {string[]} */
  const urls = [];
  /** @type {string[]} */
  const asStored = [];
  /** @type {Awaited<ReturnType<typeof runningPods>>} */
  let pods;
  /** @type {string} */
  let models;

  before(async () => {
    for (let number = 0; number < conversations; number += 1) {
      const answer = JSON.parse(await served('/api/chat', { message: `keep this, ${number}` }));
      urls.push(`/api/conversations/${answer.conversation_id}`);
    }
    for (const url of urls) {
      asStored.push(await served(url)); // and it is in Redis from now on
      await until('it comes from the cache', async () => {
        return (await ask(ingress, ingress.api + url)).headers['x-cache'] === 'hit';
      });
    }
    // They are kept for minutes, and a busy machine may need as many until they are looked for.
    await redis(['EVAL', keepAll, '0']);
    await redis(['SET', mark, 'written before']);
    models = await modelList();
    pods = await runningPods();
    const startedAt = performance.now();
    await kubectl(['delete', 'pod', ...stateful.map((name) => `tars-${name}-0`), '--namespace', namespace]);
    await rolledOut(stateful.map((name) => `statefulset/tars-${name}`));
    figure('deletion of three stateful pods until all are ready', (performance.now() - startedAt) / 1000, 's');
  });

  test('these pods are new, and no other was restarted for their sake', async () => {
    assert.deepEqual(rolledComponents(pods, await runningPods()), { ollama: 'all', postgres: 'all', redis: 'all' });
  });

  test('the keys of Redis are there', async () => {
    assert.equal(await redis(['GET', mark]), 'written before');
    for (const [index, url] of urls.entries()) {
      const key = `tars:conversation:${url.split('/').at(-1)}`;
      assert.equal(await redis(['GET', key]), asStored[index]);
    }
  });

  test('the rows of PostgreSQL are there', async () => {
    await redis(['FLUSHALL']); // or the cache would answer
    await until('every replica is ready again', everyReplicaIsReady);
    for (const [index, url] of urls.entries()) {
      assert.deepEqual(JSON.parse(await served(url)), JSON.parse(asStored[index] ?? ''));
    }
    figure('conversations that are there', urls.length, 'conversations');
  });

  test('the model of Ollama is there, and answers', async () => {
    assert.equal(await modelList(), models);
    await served('/api/chat', { message: 'are you there' });
  });
});

/**
 * @param {string} path
 * @param {object} [message]
 * @returns {Promise<string>}
 */
async function served(path, message) {
  const { status, body } = await ask(ingress, ingress.api + path, message && { method: 'POST', body: message });
  assert.equal(status, 200, `${path}: ${body}`);
  return body;
}

/** Asked each by itself: the way through the Ingress leads to one of them. */
async function everyReplicaIsReady() {
  const pods = await podsOf('backend');
  const path = (/** @type {any} */ { metadata }) =>
    `/api/v1/namespaces/${namespace}/pods/${metadata.name}:8000/proxy/ready`;
  await Promise.all(pods.map((pod) => kubectl(['get', '--raw', path(pod)])));
  await rolledOut(['deployment/tars-backend']);
  return true;
}

/** @param {readonly string[]} command */
async function redis(command) {
  const inPod = ['exec', 'tars-redis-0', '--namespace', namespace, '--', 'redis-cli', '-e'];
  return (await kubectl([...inPod, ...command])).trim();
}

/** @returns {Promise<string>} names and digests */
async function modelList() {
  const list = await kubectl(['exec', 'tars-ollama-0', '--namespace', namespace, '--', 'ollama', 'list']);
  const lines = list.trim().split('\n').slice(1);
  assert.ok(lines.length > 0, 'there is a model');
  return lines.map((line) => line.split(/\s+/).slice(0, 2).join(' ')).join('\n');
}
