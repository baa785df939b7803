// Whether the API server takes today's output in the place of an earlier one.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { Cluster } from './cluster.mjs';
import { objectsIn, ROOT, stack, synthesized } from './support.mjs';

const EARLIER = join(ROOT, 'test', 'fixtures', 'before-0.1.0', 'dist', 'tars.k8s.yaml');

/** @type {Cluster} */
let cluster;

before(async () => {
  cluster = new Cluster(await startControlPlane());
});
after(() => cluster?.controlPlane.stop());

test('an earlier state is upgraded in place: nothing is made anew, and no field is immutable', async (t) => {
  const first = await cluster.apply(EARLIER);
  assert.equal(Object.keys(first).length, objectsIn(EARLIER).length);
  const uids = await uidsOf(EARLIER);
  const { dist } = synthesized(t, stack({}));
  await cluster.apply(dist);
  const kept = Object.entries(await uidsOf(join(dist, 'tars.k8s.yaml'))).filter(([name]) => name in uids);
  assert.ok(kept.length > 0);
  assert.deepEqual(
    kept.filter(([name, uid]) => uids[name] !== uid),
    [],
  );
});

/** @returns {Promise<Record<string, string>>} */
async function uidsOf(file) {
  const { items } = await cluster.json('-f', file);
  return Object.fromEntries(items.map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.uid]));
}
