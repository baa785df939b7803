// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../testbed/wait.mjs';
import { kubectl } from './cluster.mjs';
import { startCutProxy } from './cut-proxy.mjs';
import { place } from './ops-objects.mjs';

const { ClusterManager, connectCluster } = createRequire(import.meta.url)('cdk8s-tars/ops');

/** Kubeconfigs and what else a suite writes. */
const directory = mkdtempSync(join(tmpdir(), 'tars-ops-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

/** Makes the namespace. */
export async function placeUp() {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: place, labels } });
  await until('the namespace has its ServiceAccount', () => kubectl(['get', 'serviceaccount', 'default', '-n', place]));
}

/** Takes it away. */
export async function placeDown() {
  await kubectl(['delete', 'namespace', place, '--ignore-not-found', '--timeout=600s']);
}

/** @param {...object} objects */
export async function apply(...objects) {
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
}

/**
 * @param {(config: { cluster: any, user: any }) => void} change
 * @returns {Promise<string>} the file of a kubeconfig like the one of this run, but for that
 */
export async function kubeconfigWith(change) {
  const config = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json']));
  change({ cluster: config.clusters[0].cluster, user: config.users[0].user });
  const file = join(mkdtempSync(join(directory, 'config-')), 'kubeconfig');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** A proxy before the API server, and the kubeconfig of who goes through it. */
export async function throughProxy() {
  const { clusters } = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json']));
  const proxy = await startCutProxy(new URL(clusters[0].cluster.server));
  const { port } = proxy;
  const kubeconfig = await kubeconfigWith(({ cluster }) => {
    cluster.server = `https://127.0.0.1:${port}`;
    cluster['tls-server-name'] = 'kubernetes.default.svc'; // in the certificate of every API server
  });
  return { proxy, kubeconfig };
}

/**
 * @param {{ namespace?: string, kubeconfig?: string }} [options]
 * @returns {Promise<any>} a ClusterManager
 */
export function managerOf({ namespace = place, kubeconfig } = {}) {
  return ClusterManager.connect({ namespace, ...(kubeconfig && { kubeconfig }) });
}

/** @param {string} kubeconfig */
export function clientOf(kubeconfig) {
  return connectCluster({ kubeconfig });
}

/**
 * @param {any} manager
 * @param {string} app
 * @returns {Promise<string>} the name of a ready pod
 */
export async function readyPod(manager, app) {
  const found = await until(
    `a pod of ${app} is ready`,
    async () => (await manager.listPods(`app=${app}`)).find((/** @type {any} */ { isReady }) => isReady),
    { timeoutMs: 300_000, intervalMs: 200 },
  );
  return found.name;
}

/**
 * Expects a failure of a kind.
 *
 * @param {Promise<unknown>} promise
 * @param {string} code of a ClusterError
 * @param {RegExp} [message]
 */
export async function fails(promise, code, message) {
  await assert.rejects(promise, (/** @type {any} */ error) => {
    assert.equal(error.code, code, error.stack);
    if (message !== undefined) {
      assert.match(error.message, message);
    }
    return true;
  });
}
