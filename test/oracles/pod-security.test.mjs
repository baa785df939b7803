// Pod Security of random pods, at both levels and in every version of the policy: said by ours, and by the
// admission of the real API server, in namespaces that enforce the level of the version.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { startControlPlane } from '../testbed/control-plane.mjs';
import { ApiServer } from './api-server.mjs';
import { randomPod } from './pod-security/pods.mjs';
import { REASONS } from './pod-security/reasons.mjs';
import { randomSource } from './random.mjs';

const require = createRequire(import.meta.url);
const { podSecurityViolations } = require('../../build/lib/verify/security/pod-security/levels.js');

const PODS = Number(process.env.POD_SECURITY_PODS ?? 3000);
const LEVELS = ['baseline', 'restricted'];
const MINORS = Array.from({ length: 13 }, (_, index) => 25 + index);
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
      const { refused, message } = await server.dryRun({
        ...{ apiVersion: 'v1', kind: 'Pod', spec: pod.spec },
        metadata: { name: 'asked', namespace: `${level}-${minor}`, annotations: pod.annotations },
      });
      if (refused && !message.includes('violates PodSecurity')) {
        counts.invalid += 1; // no pod at all, so that nobody asks whether it is secure
        continue;
      }
      counts[refused ? 'forbidden' : 'allowed'] += 1;
      const ours = new Set(
        podSecurityViolations(pod.spec, pod.annotations, level, minor).map(({ id }) => reasonOf(id)),
      );
      // "violates PodSecurity "level:version": reason (detail), reason (detail)"
      const said = message.slice(message.indexOf('": ') + 3).replaceAll(/\((?:[^()]|\([^()]*\))*\)/g, '');
      const theirs = new Set(refused ? said.split(',').map((one) => one.trim().replace(/s$/, '')) : []);
      for (const reason of theirs) seen.add(reason);
      const both = [[...ours].sort(), [...theirs].sort()];
      if (JSON.stringify(both[0]) !== JSON.stringify(both[1])) {
        differ.push(`${level} 1.${minor}: ours ${both[0]}; theirs ${both[1]}\n  ${message}\n  ${JSON.stringify(pod)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  context.diagnostic(JSON.stringify(counts));
  assert.deepEqual(differ.slice(0, 10), []);
  assert.ok(counts.allowed > PODS / 20 && counts.forbidden > PODS / 4, JSON.stringify(counts));
  const never = Object.values(REASONS).filter((reason) => !seen.has(reason));
  assert.deepEqual(never, [], 'every control has refused a pod');
});

/** @param {string} id of a control */
function reasonOf(id) {
  const reason = REASONS[id];
  assert.ok(reason, `the server's word for ${id}`);
  return reason;
}
