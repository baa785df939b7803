// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { succeeds } from '../api.mjs';
import { binaryPath } from '../binaries.mjs';
import { kubectlFor } from '../control-plane.mjs';
import { certificateAuthority } from '../credentials.mjs';
import { withLock } from '../machine/lock.mjs';
import { endOfLog } from '../machine/log.mjs';
import { isUp, runInside, startInside, startMachine, stopMachine } from '../machine/machine.mjs';
import { machineAddress } from '../machine/network.mjs';
import { readMachine, writeMachine } from '../machine/state.mjs';
import { isRunning } from '../process.mjs';
import { TerminalError, until } from '../wait.mjs';
import { dnsObjects, ingressObjects } from './addons.mjs';
import { metricsObjects, policyObjects, volumeObjects } from './cluster.mjs';
import { writeConfiguration } from './configuration.mjs';
import { writeFrontProxy } from './front-proxy.mjs';
import { gatewayApiManifests } from './gateway-api.mjs';
import { importSystemImages } from './images.mjs';
import { apiServerUrl, kubeconfigOf, layoutOf, nodeName, writeClientFiles, writeServerFiles } from './layout.mjs';
import { controlPlanePrograms, nodePrograms } from './programs.mjs';

/** @typedef {import('../machine/state.mjs').Machine} Machine */
/** @typedef {{ KUBECONFIG: string }} NodeAccess */

const name = 'node';
const network = '192.168.250';

/** Where the node, and on its ports 80 and 443 the Ingress controller, is found from outside. */
export const nodeAddress = machineAddress({ network });

/**
 * Starts a cluster of one node unless it runs; it is empty then, but for the images that it had.
 *
 * @returns {Promise<NodeAccess>}
 */
export async function nodeUp() {
  return withLock(name, async () => {
    const running = readMachine(name);
    if (running?.access && isUp(running)) {
      return /** @type {any} */ (running.access);
    }
    const machine = await startMachine(name, { network, internet: false });
    try {
      await startControlPlane(machine);
      await startNode(machine);
      const access = { KUBECONFIG: kubeconfigOf(machine, 'admin') };
      machine.access = access;
      writeMachine(machine);
      return access;
    } catch (error) {
      if (!process.env.TARS_TESTBED_KEEP) {
        await stopMachine(name);
      }
      throw error;
    }
  });
}

/** @param {Machine} machine */
async function startControlPlane(machine) {
  const layout = layoutOf(machine);
  mkdirSync(layout.directory, { recursive: true, mode: 0o700 });
  const tokens = writeServerFiles(machine);
  const programs = controlPlanePrograms(machine, writeFrontProxy(machine));
  startInside(machine, programs.etcd);
  startInside(machine, programs.apiServer);
  const url = `${apiServerUrl(machine)}/readyz`;
  await ready(machine, 'the API server', () => succeeds(url, certificateAuthority(layout), tokens.admin ?? ''));
  writeClientFiles(machine, tokens);
  startInside(machine, programs.controllerManager);
  startInside(machine, programs.scheduler);
}

/** @param {Machine} machine */
async function startNode(machine) {
  const files = writeConfiguration(machine);
  const programs = nodePrograms(machine, files);
  startInside(machine, programs.containerd);
  await apply(machine, policyObjects());
  // by the server: kubectl's own annotation has no room for types of that size
  await succeed(machine, ['apply', '--server-side', '-f', gatewayApiManifests()]);
  await succeed(machine, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=300s']);
  await ready(machine, 'containerd', async () => (await ctr(machine, ['version'])).code === 0);
  await removeLeftovers(machine);
  await importSystemImages(machine, ctr);
  startInside(machine, programs.kubelet);
  startInside(machine, programs.proxy);
  await ready(machine, 'the node', async () => {
    const { stdout } = await kubectl(machine)(['get', 'node', nodeName, '-o', 'json']);
    const { status } = JSON.parse(stdout);
    return status.conditions.some((/** @type {any} */ { type, status: is }) => type === 'Ready' && is === 'True');
  });
  startInside(machine, programs.router); // asks for the Node when it starts
  startInside(machine, programs.metrics);
  await apply(machine, [
    ...volumeObjects(machine),
    ...metricsObjects(machine),
    ...dnsObjects(),
    ...ingressObjects(machine),
  ]);
  for (const [namespace, deployment] of [
    ['kube-system', 'coredns'],
    ['ingress-nginx', 'traefik'],
  ]) {
    await succeed(machine, [
      'rollout',
      'status',
      `deployment/${deployment}`,
      `--namespace=${namespace}`,
      '--timeout=300s',
    ]);
  }
}

/**
 * Containers of a machine that was ended: nobody will start them again.
 *
 * @param {Machine} machine
 */
async function removeLeftovers(machine) {
  const { stdout } = await ctr(machine, ['containers', 'list', '--quiet']);
  const left = stdout.split('\n').filter(Boolean);
  if (left.length > 0) {
    await ctr(machine, ['containers', 'delete', ...left]);
  }
}

/**
 * containerd's own command line, for images.
 *
 * @param {Machine} machine
 * @param {readonly string[]} args
 */
export function ctr(machine, args) {
  return runInside(machine, [binaryPath('ctr'), '--namespace=k8s.io', ...args]);
}

/**
 * Puts images into the node, unless it has that very image.
 *
 * @param {Readonly<Record<string, string>>} files as `docker save` writes them, by the image's name;
 *   a file's name changes with its content
 */
export async function importImages(files) {
  const machine = readMachine(name);
  if (!machine) {
    throw new Error('the node is not running');
  }
  for (const [image, file] of Object.entries(files)) {
    const marker = join(machine.data, 'imported', encodeURIComponent(image));
    if (existsSync(marker) && readFileSync(marker, 'utf8') === basename(file)) {
      continue;
    }
    const { code, stderr } = await ctr(machine, ['images', 'import', file]);
    if (code !== 0) {
      throw new Error(`cannot import ${file}: ${stderr}`);
    }
    mkdirSync(dirname(marker), { recursive: true });
    writeFileSync(marker, basename(file));
  }
}

/** @param {Machine} machine */
function kubectl(machine) {
  return kubectlFor(kubeconfigOf(machine, 'admin'));
}

/**
 * @param {Machine} machine
 * @param {readonly object[]} objects
 */
async function apply(machine, objects) {
  const input = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const { code, stderr } = await kubectl(machine)(['apply', '--validate=strict', '-f', '-'], { input });
  if (code !== 0) {
    throw new Error(`kubectl apply: ${stderr}`);
  }
}

/**
 * @param {Machine} machine
 * @param {readonly string[]} args
 */
async function succeed(machine, args) {
  const { code, stdout, stderr } = await kubectl(machine)(args);
  if (code !== 0) {
    throw new Error(`kubectl ${args.join(' ')}: ${stdout}${stderr}`);
  }
}

/**
 * Waits as long as everything started so far runs.
 *
 * @param {Machine} machine
 * @param {string} what
 * @param {() => Promise<boolean>} attempt
 */
async function ready(machine, what, attempt) {
  await until(
    `${what} is ready`,
    () => {
      const ended = machine.processes.find((started) => !isRunning(started));
      if (ended) {
        throw new TerminalError(`${ended.name} has ended by itself${endOfLog(machine, ended.name)}`);
      }
      return attempt();
    },
    { timeoutMs: 300_000, intervalMs: 200 },
  );
}

/** @returns {Promise<boolean>} whether there was anything to stop */
export function nodeDown() {
  return withLock(name, () => stopMachine(name));
}

/** @returns {Promise<{ isUp: boolean, text: string }>} */
export async function nodeStatus() {
  const machine = readMachine(name);
  if (!machine) {
    return { isUp: false, text: 'not running' };
  }
  const lines = machine.processes.map(
    (started) => `${started.name} (${started.pid}): ${isRunning(started) ? 'running' : 'has ended'}`,
  );
  if (!machine.access) {
    return { isUp: false, text: [...lines, 'starting'].join('\n') };
  }
  const { code, stdout, stderr } = await kubectl(machine)(['get', 'nodes,pods', '--all-namespaces']);
  lines.push((stdout + stderr).trim(), `KUBECONFIG=${machine.access.KUBECONFIG}`);
  return { isUp: code === 0 && isUp(machine), text: lines.join('\n') };
}
