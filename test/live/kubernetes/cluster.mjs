// @ts-check
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPath } from '../../testbed/binaries.mjs';
import { run } from '../../testbed/run.mjs';
import { until } from '../../testbed/wait.mjs';
import { settings } from '../settings.mjs';

/** @typedef {import('../../testbed/run.mjs').Outcome} Outcome */

/** Of the stack under test. */
export const namespace = 'tars';

/**
 * Runs kubectl; whatever its exit code, it is an outcome.
 *
 * @param {readonly string[]} args
 * @param {{ input?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function tryKubectl(args, { input } = {}) {
  const env = /** @type {Record<string, string>} */ (process.env);
  return run(settings.own ? binaryPath('kubectl') : 'kubectl', args, { input, env });
}

/**
 * Runs kubectl and expects it to succeed.
 *
 * @param {readonly string[]} args
 * @param {{ input?: string }} [options]
 * @returns {Promise<string>} what it says
 */
export async function kubectl(args, options) {
  const { code, stdout, stderr } = await tryKubectl(args, options);
  assert.equal(code, 0, `kubectl ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/**
 * @param {readonly string[]} args what stands after `kubectl get`, in the stack's namespace unless they
 *   name another
 * @returns {Promise<any>} the object, or the list
 */
export async function get(...args) {
  const isElsewhere = args.some((arg) => /^(--namespace|--all-namespaces|-n|-A)\b/.test(arg));
  return JSON.parse(await kubectl(['get', ...args, ...(isElsewhere ? [] : ['--namespace', namespace]), '-o', 'json']));
}

/**
 * @param {string} [component] of one, or of all
 * @returns {Promise<any[]>} the stack's pods that are not about to go away
 */
export async function podsOf(component) {
  const selector = component ? `app=tars,component=${component}` : 'app=tars';
  const { items } = await get('pods', '-l', selector);
  return items.filter((/** @type {any} */ pod) => !pod.metadata.deletionTimestamp);
}

/** @param {any} pod */
export function isReady(pod) {
  return Boolean(
    pod.status.conditions?.some((/** @type {any} */ { type, status }) => type === 'Ready' && status === 'True'),
  );
}

/**
 * Applies a folder of manifests as its user does, and expects the API server to have no objection.
 *
 * @param {string} directory
 * @returns {Promise<Record<string, string>>} what kubectl says of each object: `created`, `configured`, …
 */
export async function apply(directory) {
  const { code, stdout, stderr } = await tryKubectl(['apply', '-f', directory]);
  assert.equal(code, 0, `kubectl apply -f ${directory}\n${stdout}${stderr}`);
  assert.equal(stderr, '', 'the API server warns');
  const lines = stdout.trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  );
}

/**
 * @param {string} directory of manifests
 * @returns {Promise<any[]>} each object as it is in the cluster
 */
export async function objectsOf(directory) {
  const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
  const lists = await Promise.all(files.sort().map((file) => get('-f', join(directory, file))));
  return lists.flatMap((list) => (list.kind === 'List' ? list.items : [list]));
}

/**
 * Waits for every Deployment and StatefulSet, or for these. A workload's status may be older than the end of one
 * of its pods, so its pods have to be there and ready as well.
 *
 * @param {readonly string[]} [workloads] such as `deployment/tars-backend`
 * @param {number} [seconds]
 */
export async function rolledOut(workloads = ['statefulset', 'deployment'], seconds = 600) {
  for (const workload of workloads) {
    await kubectl(['rollout', 'status', workload, '--namespace', namespace, `--timeout=${seconds}s`]);
  }
  const options = { timeoutMs: seconds * 1000, intervalMs: 250 };
  await until(`the pods of ${workloads.join(', ')} are ready`, () => hasItsPods(workloads), options);
}

/** @param {readonly string[]} workloads */
async function hasItsPods(workloads) {
  const found = await Promise.all(workloads.map((workload) => get(workload)));
  const pods = await podsOf();
  return found
    .flatMap((one) => one.items ?? [one])
    .every(({ spec: { replicas, selector } }) => {
      const labels = Object.entries(selector.matchLabels);
      const own = pods.filter(({ metadata }) => labels.every(([key, value]) => metadata.labels[key] === value));
      return own.filter(isReady).length === replicas;
    });
}
