// What our Pod Security proof says of a pod, and what the admission of the real API server says of the same.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { REASONS } from './reasons.mjs';

const require = createRequire(import.meta.url);
const { podSecurityViolations } = require('../../../build/lib/verify/security/pod-security/levels.js');

/**
 * @typedef {object} PodComparison
 * @property {'allowed' | 'forbidden' | 'invalid'} verdict of the server; nobody asks whether what is no pod is secure
 * @property {ReadonlySet<string>} theirs reasons of the server
 * @property {boolean} agrees
 * @property {string} why what both said
 */

/**
 * Both are asked for every reason. The namespace `LEVEL-MINOR` has to enforce the level of the version.
 *
 * @param {import('../api-server.mjs').ApiServer} server
 * @param {{ spec: any, annotations: any, labels?: any }} pod
 * @param {string} level
 * @param {number} minor
 * @returns {Promise<PodComparison>}
 */
export async function comparePod(server, pod, level, minor) {
  const { refused, message } = await server.dryRun({
    ...{ apiVersion: 'v1', kind: 'Pod', spec: pod.spec },
    metadata: { name: 'asked', namespace: `${level}-${minor}`, annotations: pod.annotations, labels: pod.labels },
  });
  if (refused && !message.includes('violates PodSecurity'))
    return { verdict: 'invalid', theirs: new Set(), agrees: true, why: message };
  const ours = new Set(podSecurityViolations(pod.spec, pod.annotations, level, minor).map(({ id }) => reasonOf(id)));
  // "violates PodSecurity "level:version": reason (detail), reason (detail)"
  const said = message.slice(message.indexOf('": ') + 3).replaceAll(/\((?:[^()]|\([^()]*\))*\)/g, '');
  const theirs = new Set(refused ? said.split(',').map((one) => one.trim().replace(/s$/, '')) : []);
  const both = [[...ours].sort(), [...theirs].sort()];
  return {
    verdict: refused ? 'forbidden' : 'allowed',
    theirs,
    agrees: JSON.stringify(both[0]) === JSON.stringify(both[1]),
    why: `${level} 1.${minor}: ours ${both[0]}; theirs ${both[1]}\n  ${message}`,
  };
}

/** @param {string} id of a control */
function reasonOf(id) {
  const reason = REASONS[id];
  assert.ok(reason, `the server's word for ${id}`);
  return reason;
}
