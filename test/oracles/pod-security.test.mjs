// Pod Security of random pods, at both levels and in every version of the policy: said by ours, and by the
// admission of the real API server, in namespaces that enforce the level of the version.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { ApiServer } from './api-server.mjs';
import { EXAMPLES } from './examples.mjs';
import { comparePod } from './pod-security/compare.mjs';
import { EDITS, examplePods } from './pod-security/edits.mjs';
import { randomPod } from './pod-security/pods.mjs';
import { REASONS } from './pod-security/reasons.mjs';
import { randomSource } from './random.mjs';

const PODS = Number(process.env.POD_SECURITY_PODS ?? 3000);
const LEVELS = ['baseline', 'restricted'];
const MINORS = Array.from({ length: 13 }, (_, index) => 25 + index);
/** Before and after the controls changed. */
const SOME_MINORS = [25, 31, 37];
const AT_ONCE = 8;

/** @type {ApiServer} */
let server;
let controlPlane;

before(async () => {
  const apiServerArgs = ['--disable-admission-plugins=ServiceAccount,Priority'];
  controlPlane = await startControlPlane({ controllerManager: false, apiServerArgs });
  server = new ApiServer(controlPlane);
  for (const level of LEVELS) {
    for (const minor of MINORS) {
      const labels = {
        'pod-security.kubernetes.io/enforce': level,
        'pod-security.kubernetes.io/enforce-version': `v1.${minor}`,
      };
      await server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${level}-${minor}`, labels } });
    }
  }
});

after(async () => {
  server?.close();
  await controlPlane?.stop();
});

test(`Pod Security says the same of ${PODS} random pods`, async (context) => {
  const random = randomSource(5);
  const todo = Array.from({ length: PODS }, () => ({
    level: random.pick(LEVELS),
    minor: random.pick(MINORS),
    pod: randomPod(random),
  }));
  const counts = { allowed: 0, forbidden: 0, invalid: 0 };
  const seen = new Set();
  const differ = [];
  const work = async () => {
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { level, minor, pod } = next;
      const answer = await comparePod(server, pod, level, minor);
      counts[answer.verdict] += 1;
      for (const reason of answer.theirs) seen.add(reason);
      if (!answer.agrees) differ.push(`${answer.why}\n  ${JSON.stringify(pod)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  context.diagnostic(JSON.stringify(counts));
  assert.deepEqual(differ.slice(0, 10), []);
  assert.ok(counts.allowed > PODS / 20 && counts.forbidden > PODS / 4, JSON.stringify(counts));
  const never = Object.values(REASONS).filter((reason) => !seen.has(reason));
  assert.deepEqual(never, [], 'every control has refused a pod');
});

test('Pod Security says the same of the pods of the examples, and of each of them made worse', async (context) => {
  const counts = { allowed: 0, forbidden: 0, invalid: 0 };
  const [differ, seen] = [[], new Set()];
  for (const { name, subject } of EXAMPLES) {
    for (const { what, pod } of examplePods(subject.emitted)) {
      const asked = [['as it comes', pod], ...Object.entries(EDITS).map(([edit, make]) => [edit, make(pod)])];
      for (const [edit, changed] of asked) {
        const minors = edit === 'as it comes' ? MINORS : SOME_MINORS;
        const levels = LEVELS.flatMap((level) => minors.map((minor) => ({ level, minor })));
        const answers = await Promise.all(levels.map(({ level, minor }) => comparePod(server, changed, level, minor)));
        for (const { verdict, theirs, agrees, why } of answers) {
          counts[verdict] += 1;
          for (const reason of theirs) seen.add(reason);
          if (!agrees) differ.push(`${name}: ${what}, ${edit}\n  ${why}`);
          if (edit === 'as it comes') assert.notEqual(verdict, 'invalid', `${name}: ${what}\n  ${why}`);
        }
      }
    }
  }
  context.diagnostic(`${JSON.stringify(counts)}, reasons: ${[...seen].sort().join(', ')}`);
  assert.deepEqual(differ.slice(0, 10), []);
  assert.ok(counts.allowed > 500 && counts.forbidden > 500, JSON.stringify(counts));
});
