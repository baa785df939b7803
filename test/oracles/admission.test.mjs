// What the admission proof says of an object, and what the real API server says of the same one: for our
// output and its variants, for every mutation of the mutation test, and for random changes of sound objects.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { fuzz, SERVER_MINOR, soundObjects } from './admission/run.mjs';
import { compare } from './admission/verdicts.mjs';
import { ApiServer } from './api-server.mjs';
import { mutationsOf } from './capacity/mutations.mjs';
import { EXAMPLES, NAMESPACES } from './examples.mjs';
import { randomSource } from './random.mjs';

const require = createRequire(import.meta.url);
const { App } = require('cdk8s');
const tars = require('cdk8s-tars');

/** Random changes; the long run is `npm run oracle:admission`. */
const CASES = Number(process.env.ADMISSION_CASES ?? 2000);
/** Of each example. */
const EXAMPLE_CASES = 500;
const PROOFS = ['objects', 'admission', 'jobs', 'capacity', 'reachability', 'parity', 'security'];
const VARIANTS = {
  'as it comes': {},
  'volumes that many nodes may write to': { storageAccessMode: 'ReadWriteMany' },
  'Gateway API': { exposure: 'gateway' },
  'the newest server': { kubernetesVersion: '1.37' },
};
const CRDS = fileURLToPath(new URL('../../imports/crds/gateway-api/', import.meta.url));

/** @type {ApiServer} */
let server;
let controlPlane;

before(async () => {
  const apiServerArgs = ['--disable-admission-plugins=ServiceAccount,Priority'];
  controlPlane = await startControlPlane({ controllerManager: false, apiServerArgs });
  server = new ApiServer(controlPlane);
  const { code, stderr } = await controlPlane.kubectl(['apply', '--server-side', '-f', CRDS]);
  assert.equal(code, 0, stderr);
  await server.customResources();
  for (const name of new Set(['tars', ...NAMESPACES]))
    await server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
});

after(async () => {
  server?.close();
  await controlPlane?.stop();
});

function emitted(props) {
  const app = new App();
  new tars.TarsChart(app, 'tars', props);
  return tars.subjectOf(app).emitted;
}

describe('the admission proof and the API server', () => {
  for (const [name, props] of Object.entries(VARIANTS)) {
    test(`take the output: ${name}`, async () => {
      const { manifests } = emitted(props);
      assert.ok(manifests.length > 40);
      for (const { object } of manifests) {
        const { ours, theirs, why } = await compare(server, object, SERVER_MINOR);
        assert.deepEqual(
          { ours, theirs },
          { ours: false, theirs: false },
          `${object.kind}/${object.metadata.name}\n${why}`,
        );
      }
    });
  }

  for (const { name, subject } of EXAMPLES) {
    test(`take the example: ${name}`, async (context) => {
      const objects = subject.emitted.manifests.map(({ object }) => object);
      assert.ok(objects.length > 5);
      for (const object of objects) {
        const { ours, theirs, why } = await compare(server, object, SERVER_MINOR);
        const what = `${object.kind}/${object.metadata.name}\n${why}`;
        assert.deepEqual({ ours, theirs }, { ours: false, theirs: false }, what);
      }
      const { cases, refused, disagreements } = await fuzz(server, objects, randomSource(3), EXAMPLE_CASES);
      context.diagnostic(`${objects.length} objects; ${cases} random changes of them, ${refused} refused`);
      assert.deepEqual(
        disagreements.map(({ what, why }) => `${what}\n  ${why}`),
        [],
      );
      assert.ok(refused > cases / 4 && refused < cases, 'some are refused, and some are not');
    });
  }

  test('say the same of every mutation', async (context) => {
    const set = emitted({});
    const whole = new Set(set.manifests.map(({ object }) => JSON.stringify(object)));
    let [judged, refused] = [0, 0];
    const differ = [];
    for (const mutation of PROOFS.flatMap(mutationsOf)) {
      const changed = mutation.mutate(set).manifests.filter(({ object }) => !whole.has(JSON.stringify(object)));
      for (const { object } of changed) {
        const { agrees, theirs, why } = await compare(server, object, SERVER_MINOR);
        judged += 1;
        if (theirs) refused += 1;
        if (!agrees) differ.push(`${mutation.proof}: ${mutation.name}\n  ${why}`);
      }
    }
    context.diagnostic(`${judged} mutated objects, ${refused} of them refused`);
    assert.deepEqual(differ, []);
    assert.ok(judged > 100 && refused > 30, 'the mutations change objects, and some are refused');
  });

  test(`say the same of ${CASES} random changes`, async (context) => {
    const { cases, refused, disagreements, excused } = await fuzz(server, soundObjects(), randomSource(11), CASES);
    context.diagnostic(
      `${cases} cases, ${refused} of them refused, excused: ${JSON.stringify([...excused].map(([name, whys]) => [name, whys.length]))}`,
    );
    assert.deepEqual(
      disagreements.map(({ what, why }) => `${what}\n  ${why}`),
      [],
    );
    assert.ok(refused > cases / 4 && refused < cases, 'some are refused, and some are not');
  });
});
