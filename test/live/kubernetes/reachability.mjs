// @ts-check
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { binaryPath } from '../../testbed/binaries.mjs';
import { inside } from '../../testbed/machine/machine.mjs';
import { readMachine } from '../../testbed/machine/state.mjs';
import { run } from '../../testbed/run.mjs';

/** @typedef {import('./probe.mjs').Target} Address */
/** @typedef {import('./probe.mjs').Outcome} Outcome */

/**
 * From where connections are tried. A pod is entered by its network: the container itself stays as it is,
 * and needs no tool.
 *
 * @typedef {object} Source
 * @property {string} name
 * @property {any} [pod] as the API server has it
 * @property {number} [pid] of a process outside the cluster that has a network of its own
 */

/** @typedef {Address & { id: string }} Destination `id` is its name in the matrix */

/**
 * What came of every connection: by the source's name, by the destination's.
 *
 * @typedef {Record<string, Record<string, Outcome>>} Matrix
 */

const probe = fileURLToPath(new URL('probe.mjs', import.meta.url));

/**
 * Tries every connection there is between these, for real, on the testbed's node.
 *
 * @param {readonly Source[]} sources
 * @param {readonly Destination[]} destinations
 * @returns {Promise<Matrix>}
 */
export async function measureReachability(sources, destinations) {
  const pids = await processesOfContainers();
  const rows = await Promise.all(
    sources.map(async (source) => {
      const outcomes = await probeFrom(networkOf(source, pids), destinations);
      return [source.name, Object.fromEntries(destinations.map(({ id }, index) => [id, outcomes[index] ?? 'silent']))];
    }),
  );
  return Object.fromEntries(rows);
}

/**
 * @param {readonly string[]} enter the words before a command that runs it in some network
 * @param {readonly Address[]} addresses
 * @returns {Promise<Outcome[]>}
 */
async function probeFrom([program = '', ...args], addresses) {
  const input = JSON.stringify(addresses);
  const { code, stdout, stderr } = await run(program, [...args, process.execPath, probe], { input });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/**
 * @param {Source} source
 * @param {ReadonlyMap<string, number>} pids
 * @returns {string[]}
 */
export function networkOf({ name, pod, pid }, pids) {
  if (pid !== undefined) {
    return ['nsenter', '-t', String(pid), '-n', '--'];
  }
  const containers = pod?.status.containerStatuses ?? [];
  const inPod = containers.map((/** @type {any} */ { containerID = '' }) => pids.get(containerID.split('//')[1]));
  const first = inPod.find((/** @type {number | undefined} */ one) => one !== undefined);
  assert.ok(first, `${name} has a running container`);
  return inside(node(), ['nsenter', '-t', String(first), '-n', '--']);
}

/** @returns {Promise<Map<string, number>>} of each running container, as the node numbers processes */
export async function processesOfContainers() {
  const [program = '', ...args] = inside(node(), [binaryPath('ctr'), '--namespace=k8s.io', 'tasks', 'list']);
  const { code, stdout, stderr } = await run(program, args);
  assert.equal(code, 0, stderr);
  const rows = stdout.trim().split('\n').slice(1);
  return new Map(rows.map((row) => row.split(/\s+/)).map(([id = '', pid]) => [id, Number(pid)]));
}

function node() {
  const machine = readMachine('node');
  assert.ok(machine, 'the node runs');
  return machine;
}
