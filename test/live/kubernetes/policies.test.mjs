// @ts-check
// Random sets of policies: what lib/verify computes from them is what connections that are really tried find.
//   TARS_LIVE_SEED=N begins at another set; a set is named by its number
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { pauseImage } from '../../testbed/node/configuration.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { settings } from '../settings.mjs';
import { get, isReady, kubectl } from './cluster.mjs';
import { kubeRouterPorts, library } from './kube-router.mjs';
import { actors, namespaces, policiesOf, tcpPorts, udpPorts } from './policy-sets.mjs';
import { measureReachability, networkOf, processesOfContainers } from './reachability.mjs';

/** @typedef {import('./policy-sets.mjs').Actor} Actor */
/** @typedef {import('./reachability.mjs').Destination & { actor: Actor, protocol: 'TCP' | 'UDP' }} Goal */

const { PolicySet } = library('policy-set');
const { podEndsOf } = library('ends');
const { parseAddress } = library('address-set');
const { hasPort } = library('port-set');

const first = Number(process.env.TARS_LIVE_SEED ?? 1);
const seeds = Array.from({ length: settings.full ? 20 : 5 }, (_, index) => first + index);

/** @type {Map<Actor, any>} */
const pods = new Map();
/** @type {import('node:child_process').ChildProcess[]} */
const listeners = [];

before(async () => {
  await apply([...namespaces.map(namespaceObject), ...actors.map(podObject)]);
  for (const actor of actors) {
    const pod = await until(`${nameOf(actor)} runs`, async () => {
      const found = await get('pod', actor.name, `--namespace=${actor.namespace}`);
      return isReady(found) && found;
    });
    pods.set(actor, pod);
  }
  const processes = await processesOfContainers();
  for (const [actor, pod] of pods) {
    const [program = '', ...args] = networkOf({ name: nameOf(actor), pod }, processes);
    const listener = spawn(program, [...args, process.execPath, '--eval', listenerScript()], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    listeners.push(listener);
    await once(/** @type {import('node:stream').Readable} */ (listener.stdout), 'data');
  }
});

after(async () => {
  // A listener ends with its input.
  for (const listener of listeners) listener.stdin?.end();
  await kubectl(['delete', 'namespace', ...namespaces.map(({ name }) => name)]);
});

test('without policies everybody reaches everybody', async () => {
  const { wrong, count, open } = await compared([]);
  assert.deepEqual(wrong, []);
  assert.equal(open, count);
});

let tried = 0;
let opened = 0;
let agreed = 0;

for (const seed of seeds) {
  test(`set ${seed}`, async (context) => {
    const addresses = new Map([...pods].map(([actor, pod]) => [actor, pod.status.podIP]));
    const policies = policiesOf(seed, addresses);
    try {
      await apply(policies);
      const { wrong, count, open, known } = await compared(policies);
      tried += count;
      opened += open;
      agreed += count - known;
      context.diagnostic(`${policies.length} policies, ${open} of ${count} connections are open`);
      context.diagnostic(`${known} are judged otherwise by kube-router, as is known of it`);
      assert.deepEqual(wrong, [], JSON.stringify(policies, undefined, 1));
    } finally {
      for (const { name } of namespaces) {
        await kubectl(['delete', 'networkpolicies', '--all', '--namespace', name]);
      }
    }
  });
}

test('some of all connections were open, and some were not', () => {
  figure('connections tried against random policies', tried, 'connections');
  figure('of them open', opened, 'connections');
  figure('judged by kube-router as Kubernetes says', agreed, 'connections');
  assert.ok(opened > 0 && opened < tried);
});

/**
 * What was measured beside what is computed. An enforcer takes a moment to see a policy; whatever is still
 * wrong then is wrong.
 *
 * @param {readonly object[]} policies
 * @returns {Promise<{ wrong: string[], count: number, open: number, known: number }>} `known`: connections that
 *   this enforcer is known to judge otherwise than Kubernetes says, and that it was seen to judge so
 */
async function compared(policies) {
  const expected = expectation(policies);
  const sources = actors.map((actor) => ({ name: nameOf(actor), pod: pods.get(actor) }));
  const goals = actors.flatMap(goalsOf);
  /** @type {string[]} */
  let wrong = [];
  await until(
    'the policies are enforced',
    async () => {
      const matrix = await measureReachability(sources, goals);
      wrong = expected.flatMap(({ source, id, computed, enforced }) => {
        const outcome = matrix[source]?.[id];
        if ((outcome === 'open') === enforced) return [];
        return [`${source} -> ${id}: ${outcome}, computed ${computed ? 'open' : 'closed'}`];
      });
      return wrong.length === 0;
    },
    { timeoutMs: 60_000 },
  ).catch(() => {});
  return {
    wrong,
    count: expected.length,
    open: expected.filter(({ computed }) => computed).length,
    known: expected.filter(({ computed, enforced }) => computed !== enforced).length,
  };
}

/**
 * @param {readonly object[]} policies
 * @returns {{ source: string, id: string, computed: boolean, enforced: boolean }[]} `computed` by lib/verify,
 *   `enforced` by this enforcer; a pod and itself is left out: no policy is asked
 */
function expectation(policies) {
  const objects = [...namespaces.map(namespaceObject), ...actors.map(podObject), ...policies];
  const emitted = { manifests: objects.map((object, document) => ({ file: 'set.yaml', document, object })) };
  const set = new PolicySet(emitted);
  /** @type {any[]} */
  const ends = podEndsOf(emitted).map((/** @type {any} */ end) => {
    const [, pod] = [...pods].find(([{ name, namespace }]) => name === end.name && namespace === end.namespace) ?? [];
    return { ...end, addresses: [parseAddress(pod.status.podIP)] };
  });
  const endOf = (/** @type {Actor} */ { name, namespace }) =>
    ends.find((end) => end.name === name && end.namespace === namespace);
  return actors.flatMap((from) =>
    actors
      .filter((to) => to !== from)
      .flatMap((to) => {
        const [computed, enforced] = [
          set.openPorts(endOf(from), endOf(to)),
          kubeRouterPorts(set, ends, endOf(from), endOf(to)),
        ];
        return goalsOf(to).map(({ id, protocol, port }) => ({
          source: nameOf(from),
          id,
          computed: hasPort(computed, protocol, port) === true,
          enforced: hasPort(enforced, protocol, port) === true,
        }));
      }),
  );
}

/**
 * @param {Actor} actor
 * @returns {Goal[]}
 */
function goalsOf(actor) {
  const host = pods.get(actor).status.podIP;
  return [
    ...tcpPorts.map((port) => ({
      kind: /** @type {const} */ ('tcp'),
      id: `${nameOf(actor)}:${port}`,
      host,
      port,
      actor,
      protocol: /** @type {const} */ ('TCP'),
    })),
    ...udpPorts.map((port) => ({
      kind: /** @type {const} */ ('dns-udp'),
      id: `${nameOf(actor)}:${port}/UDP`,
      host,
      port,
      name: 'any',
      actor,
      protocol: /** @type {const} */ ('UDP'),
    })),
  ];
}

/** Answers on every port: by TCP as it is connected to, by UDP as a server of names does. */
function listenerScript() {
  return `
    const tcp = ${JSON.stringify(tcpPorts)}.map((port) => new Promise((resolve) =>
      require('node:net').createServer((socket) => socket.on('error', () => {}).end()).listen(port, '0.0.0.0', resolve)));
    const udp = ${JSON.stringify(udpPorts)}.map((port) => new Promise((resolve) => {
      const socket = require('node:dgram').createSocket('udp4');
      socket.on('message', (query, { port: back, address }) => {
        const answer = Buffer.from(query);
        answer.writeUInt16BE(1, 6);
        socket.send(answer, back, address);
      });
      socket.bind(port, '0.0.0.0', resolve);
    }));
    Promise.all([...tcp, ...udp]).then(() => console.log('listening'));
    process.stdin.on('end', () => process.exit()).resume();
  `;
}

/** @param {Actor} actor */
function nameOf({ name, namespace }) {
  return `${namespace.replace('tars-policies-', '')}/${name}`;
}

/** @param {(typeof namespaces)[number]} namespace */
function namespaceObject({ name, labels }) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** @param {Actor} actor */
function podObject({ name, namespace, labels, ports }) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'main', image: pauseImage, imagePullPolicy: 'Never', ports }],
    },
  };
}

/** @param {readonly object[]} objects */
async function apply(objects) {
  await kubectl(['apply', '-f', '-'], { input: objects.map((object) => JSON.stringify(object)).join('\n---\n') });
}
