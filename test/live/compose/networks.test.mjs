// @ts-check
// Who reaches whom on the engine, measured: from the network of every container to every port of every other,
// on each of its addresses; and what lib/verify computes from the compose file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { inside } from '../../testbed/machine/machine.mjs';
import { readMachine } from '../../testbed/machine/state.mjs';
import { run } from '../../testbed/run.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { settings } from '../settings.mjs';
import { containers, projectName } from './containers.mjs';
import { stackModel } from './model.mjs';
import { up } from './stack.mjs';

/** @typedef {import('./containers.mjs').Container} Container */
/** @typedef {{ kind: 'tcp', id: string, host: string, port: number, server: string, network: string }} Goal */

const require = createRequire(import.meta.url);
// Not in the public interface: taken from the build.
const { composeNetworks, meet } = /** @type {any} */ (
  require(String('../../../build/lib/verify/reachability/compose-networks.js'))
);

const probe = fileURLToPath(new URL('../kubernetes/probe.mjs', import.meta.url));
const file = join(settings.project, 'compose', 'docker-compose.yml');

before(() => up());

test('everybody reaches whom he shares a network with, and nobody else', async (context) => {
  const compose = /** @type {any} */ (load(readFileSync(file, 'utf8')));
  const computed = composeNetworks({ compose });
  const running = (await containers()).filter(({ facts }) => facts.State.Running);
  const goals = running.flatMap((container) => goalsOf(container));
  assert.ok(goals.length > 0);
  /** @type {Awaited<ReturnType<typeof measured>>} */
  let found = { wrong: [], tried: 0, opened: 0 };
  // On a busy machine an answer may come too late; whatever is still wrong then is wrong.
  await until('all is as it should be', async () => {
    found = await measured(computed, running, goals);
    return found.wrong.length === 0;
  }).catch(() => {}); // said below, by name
  context.diagnostic(`${running.length} containers, ${goals.length} addresses with a port`);
  figure('connections tried between containers', found.tried, 'connections');
  figure('of them open', found.opened, 'connections');
  assert.deepEqual(found.wrong, []);
  assert.ok(found.opened > 0 && found.opened < found.tried);
});

/**
 * @param {any} computed
 * @param {readonly Container[]} running
 * @param {readonly Goal[]} goals
 * @returns {Promise<{ wrong: string[], tried: number, opened: number }>}
 */
async function measured(computed, running, goals) {
  /** @type {string[]} */
  const wrong = [];
  let [tried, opened] = [0, 0];
  // An engine lets what it refuses wait for an answer that never comes: all wait at the same time.
  const rows = await Promise.all(
    running.map(async (source) => {
      const others = goals.filter(({ server }) => server !== source.service);
      return { source, others, outcomes: await probeFrom(source, others) };
    }),
  );
  for (const { source, others, outcomes } of rows) {
    /** @type {Map<string, boolean>} */
    const reached = new Map();
    others.forEach(({ id, server, network, port }, index) => {
      const isOpen = outcomes[index] === 'open';
      tried += 1;
      opened += isOpen ? 1 : 0;
      const key = `${server}:${port}`;
      reached.set(key, isOpen || reached.get(key) === true);
      // Each address by itself: it is reached on its own network, and from no other.
      if (isOpen !== computed.networksOf.get(source.service)?.includes(network)) {
        wrong.push(`${source.service} -> ${id}: ${outcomes[index]}`);
      }
    });
    for (const [key, isOpen] of reached) {
      const [server = ''] = key.split(':');
      if (isOpen !== meet(computed, source.service, server)) wrong.push(`${source.service} -> ${key}: ${isOpen}`);
    }
  }
  return { wrong, tried, opened };
}

const model = stackModel();
/** The gateway is no service of the model: it listens where the compose file publishes it. */
const portsOf = new Map([
  ...model.services.map((/** @type {any} */ { composeName, ports }) => [
    composeName,
    ports.map((/** @type {any} */ port) => port.number),
  ]),
  ['gateway', [8000, 8001, 8088]],
]);

/**
 * @param {Container} container
 * @returns {Goal[]}
 */
function goalsOf({ service, facts }) {
  return Object.entries(facts.NetworkSettings.Networks).flatMap(([name, network]) =>
    (portsOf.get(service) ?? []).map((/** @type {number} */ port) => ({
      kind: 'tcp',
      id: `${service} on ${name}:${port}`,
      host: network.IPAddress,
      port,
      server: service,
      network: name.replace(`${projectName}_`, ''),
    })),
  );
}

/**
 * A container is entered by its network: the container itself stays as it is, and needs no tool.
 *
 * @param {Container} container
 * @param {readonly Goal[]} goals
 * @returns {Promise<string[]>}
 */
async function probeFrom({ facts }, goals) {
  const machine = readMachine('engine');
  assert.ok(machine, 'the engine runs');
  const enter = ['nsenter', '-t', String(facts.State.Pid), '-n', '--', process.execPath, probe];
  const [program = '', ...args] = inside(machine, enter);
  const { code, stdout, stderr } = await run(program, args, { input: JSON.stringify(goals) });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
