// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../testbed/wait.mjs';
import { root } from '../project.mjs';
import { get, kubectl, namespace } from './cluster.mjs';
import { manifests, stackRestored } from './stack.mjs';

/**
 * The stack as examples/tars-from-constructs builds it by hand, which is the shipped one byte for byte,
 * with a change in its source.
 *
 * @param {string} given text that is there once
 * @param {string} wanted
 * @returns {string} main.ts
 */
export function editedMain(given, wanted) {
  const main = readFileSync(join(root, 'examples', 'tars-from-constructs', 'main.ts'), 'utf8');
  assert.equal(main.split(given).length, 2, `the example has "${given}" once`);
  return main.replace(given, () => wanted);
}

/**
 * Each running pod of the stack by its uid, with what would change if it were restarted. Pods of Jobs
 * come and go by themselves.
 *
 * @returns {Promise<Map<string, { component: string, restarts: number }>>}
 */
export async function runningPods() {
  const { items } = await get('pods', '-l', 'app=tars');
  /** @type {any[]} */
  const pods = items.filter(
    (/** @type {any} */ { metadata }) =>
      !metadata.deletionTimestamp && !metadata.labels['batch.kubernetes.io/job-name'],
  );
  return new Map(
    pods.map(({ metadata, status }) => [
      metadata.uid,
      {
        component: metadata.labels.component,
        restarts: (status.containerStatuses ?? []).reduce(
          (/** @type {number} */ sum, /** @type {any} */ { restartCount }) => sum + restartCount,
          0,
        ),
      },
    ]),
  );
}

/**
 * What the autoscaler adds or takes away meanwhile is not taken for a replacement.
 *
 * @param {Awaited<ReturnType<typeof runningPods>>} before
 * @param {Awaited<ReturnType<typeof runningPods>>} after
 * @returns {Record<string, 'all' | 'some'>} components of which pods were replaced or restarted
 */
export function rolledComponents(before, after) {
  const components = [...new Set([...before.values()].map(({ component }) => component))].sort();
  return Object.fromEntries(
    components.flatMap((name) => {
      const of = (/** @type {typeof before} */ pods) => [...pods].filter(([, { component }]) => component === name);
      const gone = of(before).filter(([uid]) => !after.has(uid));
      const added = of(after).filter(([uid]) => !before.has(uid));
      const restarted = of(before).filter(([uid, { restarts }]) => (after.get(uid)?.restarts ?? restarts) > restarts);
      if (restarted.length === 0 && (gone.length === 0 || added.length === 0)) {
        return [];
      }
      return [[name, gone.length + restarted.length === of(before).length ? 'all' : 'some']];
    }),
  );
}

/** Waits until no pod of the stack is on its way out. */
export async function drained() {
  await until(
    'the replaced pods are gone',
    async () => {
      const { items } = await get('pods', '-l', 'app=tars');
      return items.every((/** @type {any} */ { metadata }) => !metadata.deletionTimestamp);
    },
    { timeoutMs: 600_000, intervalMs: 250 },
  );
}

/** The shipped stack, without the Jobs that a variant has added: `kubectl apply` does not take them away. */
export async function restored() {
  await stackRestored();
  const shipped = new Set(
    [...readFileSync(join(manifests, 'tars.k8s.yaml'), 'utf8').matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name),
  );
  const { items } = await get('jobs', '-l', 'app=tars');
  const added = items
    .map((/** @type {any} */ { metadata }) => metadata.name)
    .filter((/** @type {string} */ name) => !shipped.has(name));
  if (added.length > 0) {
    await kubectl(['delete', 'job', ...added, '--namespace', namespace, '--timeout=300s']);
  }
  await drained();
}
