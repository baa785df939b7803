// @ts-check
// PostgreSQL is killed in the middle of writes, again and again: what it has acknowledged is there.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readMachine } from '../../testbed/machine/state.mjs';
import { ctr } from '../../testbed/node/node.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { get, kubectl, namespace, podsOf, rolledOut } from './cluster.mjs';
import { sql } from './database.mjs';
import { startWriter } from './writer.mjs';

const kills = 20;
/** Rows that have to be acknowledged between two kills, so that each hits a server that writes. */
const rowsBetween = 200;

describe('PostgreSQL is killed in the middle of writes', () => {
  /** @type {Awaited<ReturnType<typeof startWriter>>} */
  let writer;

  before(async () => {
    await sql('CREATE TABLE IF NOT EXISTS crash_test (id bigint PRIMARY KEY)');
    const [pod] = await podsOf('backend');
    writer = startWriter(pod.metadata.name);
  });
  after(async () => {
    await writer?.stop();
    await sql('DROP TABLE IF EXISTS crash_test');
  });

  test(`${kills} times, and every row that it has acknowledged is there`, { timeout: 900_000 }, async (t) => {
    for (let kill = 1; kill <= kills; kill += 1) {
      const { size } = writer.acknowledged;
      await until(`${rowsBetween} more rows are acknowledged`, () => writer.acknowledged.size >= size + rowsBetween, {
        timeoutMs: 120_000,
      });
      await killPostgres();
      assert.deepEqual(await acknowledgedButMissing(), [], `after kill ${kill}`);
      t.diagnostic(`kill ${kill}: ${writer.acknowledged.size} rows acknowledged, none is missing`);
      await renewPod();
    }
    assert.ok(writer.losses() >= kills, 'each kill has hit the connection of the writer');
    await writer.stop();
    const missing = await acknowledgedButMissing();
    figure('kills', kills, 'kills');
    figure('rows acknowledged', writer.acknowledged.size, 'rows');
    figure('rows acknowledged and missing', missing.length, 'rows');
    assert.deepEqual(missing, []);
  });

  /** @returns {Promise<number[]>} rows */
  async function acknowledgedButMissing() {
    const acknowledged = [...writer.acknowledged];
    const there = new Set((await sql('SELECT id FROM crash_test')).split('\n').map(Number));
    return acknowledged.filter((id) => !there.has(id));
  }
});

/** SIGKILL to the first process of the container, with which all others end; waits for the next one to serve. */
async function killPostgres() {
  const node = readMachine('node');
  assert.ok(node, 'the node runs');
  const pod = await get('pod', 'tars-postgres-0');
  const [{ containerID, restartCount }] = pod.status.containerStatuses;
  const id = containerID.replace('containerd://', '');
  const { code, stderr } = await ctr(node, ['tasks', 'kill', '--signal', 'SIGKILL', id]);
  assert.equal(code, 0, stderr);
  await until(
    'PostgreSQL serves again',
    async () => {
      const { status } = await get('pod', 'tars-postgres-0');
      const [container] = status.containerStatuses;
      return container.restartCount === restartCount + 1 && container.ready;
    },
    { timeoutMs: 120_000, intervalMs: 250 },
  );
  assert.match(await kubectl(['logs', 'tars-postgres-0', '--namespace', namespace]), /automatic recovery in progress/);
}

/** Another pod on the same volume: the kubelet would wait ever longer before it starts this one's container again. */
async function renewPod() {
  await kubectl(['delete', 'pod', 'tars-postgres-0', '--namespace', namespace]);
  await rolledOut(['statefulset/tars-postgres']);
}
