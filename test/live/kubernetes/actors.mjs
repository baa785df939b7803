// @ts-check
import assert from 'node:assert/strict';
import { dnsAddress } from '../../testbed/node/layout.mjs';
import { nodeAddress } from '../../testbed/node/node.mjs';
import { get, namespace, podsOf } from './cluster.mjs';

/** @typedef {import('cdk8s-tars').SystemModel} SystemModel */
/** @typedef {import('cdk8s-tars').ServiceSpec} ServiceSpec */
/** @typedef {import('./outside.mjs').Outside} Outside */

/**
 * Whoever connects, as the cluster has it and as the model has it.
 *
 * @typedef {import('./reachability.mjs').Source & { client: import('./expected-reachability.mjs').Client }} Actor
 */

/**
 * Whatever is connected to. `pod` and `service` say whose address it is.
 *
 * @typedef {import('./reachability.mjs').Destination
 *   & { server: import('./expected-reachability.mjs').Server, pod?: string, service?: string, routedOutside?: boolean }} Goal
 */

export const webPort = 443;
export const otherPort = 8443;

/**
 * @param {SystemModel} model
 * @param {Readonly<Record<string, any>>} strangers
 * @param {Outside} outside
 * @returns {Promise<Actor[]>} a pod of each component, the strangers, the Ingress controller, somebody outside
 */
export async function actorsOf(model, strangers, outside) {
  const components = await Promise.all(
    model.services.map(async (spec) => {
      const [pod] = await podsOf(spec.name);
      return { name: spec.name, pod, client: /** @type {const} */ ({ kind: 'component', spec }) };
    }),
  );
  const { items } = await get('pods', '-l', 'app.kubernetes.io/component=controller', '--namespace=ingress-nginx');
  const backend = model.services.find(({ name }) => name === 'backend');
  assert.ok(backend);
  return [
    ...components,
    { name: 'backend-migrate', pod: strangers.task, client: { kind: 'task', spec: backend, task: 'migrate' } },
    { name: 'half-labelled', pod: strangers['half-labelled'], client: { kind: 'confined' } },
    ...['neighbour', 'stranger', 'impostor', 'observer'].map((name) => stranger(name, strangers[name])),
    stranger('ingress controller', items[0]),
    { name: 'outside', pid: outside.pid, client: { kind: 'outside', address: outside.internet } },
  ];
}

/**
 * @param {string} name
 * @param {any} pod
 * @returns {Actor}
 */
function stranger(name, pod) {
  return { name, pod, client: { kind: 'pod', namespace: pod.metadata.namespace, address: pod.status.podIP } };
}

/**
 * @param {SystemModel} model
 * @param {Outside} outside
 * @returns {Promise<Goal[]>} every port of every pod and of every Service, and what else there is to connect to
 */
export async function goalsOf(model, outside) {
  const pods = await Promise.all(model.services.map(podGoals));
  const { items: services } = await get('services');
  return [
    ...pods.flat(),
    ...services.flatMap((/** @type {any} */ service) => serviceGoals(model, service)),
    ...elsewhere(outside),
  ];
}

/**
 * @param {ServiceSpec} spec
 * @returns {Promise<Goal[]>}
 */
async function podGoals(spec) {
  const pods = await podsOf(spec.name);
  return pods.flatMap(({ metadata, status }, index) =>
    spec.ports.map(({ name, number }) => ({
      kind: 'tcp',
      id: `${spec.name}${pods.length > 1 ? ` ${index + 1}` : ''}:${number}`,
      host: status.podIP,
      port: number,
      pod: metadata.name,
      server: { kind: 'port', spec, port: name },
      routedOutside: true,
    })),
  );
}

/**
 * @param {SystemModel} model
 * @param {any} service
 * @returns {Goal[]} at its own address, and at the node's
 */
function serviceGoals(model, { metadata, spec: { clusterIP, selector, ports } }) {
  const spec = model.services.find(({ name }) => name === selector.component);
  assert.ok(spec, `${metadata.name} is a Service of a component`);
  return ports.flatMap((/** @type {any} */ { name, port, nodePort }) => {
    /** @type {Pick<Goal, 'server' | 'service'>} */
    const whose = { server: { kind: 'port', spec, port: name }, service: spec.name };
    return [
      ...(clusterIP === 'None'
        ? []
        : [{ ...whose, kind: 'tcp', id: `${metadata.name}:${port}`, host: clusterIP, port }]),
      ...(nodePort
        ? [
            {
              ...whose,
              kind: 'tcp',
              id: `node port of ${spec.name}:${port}`,
              host: nodeAddress,
              port: nodePort,
              routedOutside: true,
            },
          ]
        : []),
    ];
  });
}

/**
 * @param {Outside} outside
 * @returns {Goal[]}
 */
function elsewhere({ internet, intranet }) {
  const name = `tars-postgres.${namespace}.svc.cluster.local`;
  return [
    { kind: 'dns-udp', id: 'DNS by UDP', host: dnsAddress, port: 53, name, server: { kind: 'dns' } },
    { kind: 'dns-tcp', id: 'DNS by TCP', host: dnsAddress, port: 53, name, server: { kind: 'dns' } },
    { kind: 'tcp', id: 'internet:443', host: internet, port: webPort, server: { kind: 'internet' } },
    { kind: 'tcp', id: 'internet:8443', host: internet, port: otherPort, server: { kind: 'elsewhere' } },
    { kind: 'tcp', id: 'intranet:443', host: intranet, port: webPort, server: { kind: 'elsewhere' } },
    { kind: 'tcp', id: 'API server', host: nodeAddress, port: 6443, server: { kind: 'elsewhere' } },
    { kind: 'tcp', id: 'kubelet', host: nodeAddress, port: 10250, server: { kind: 'elsewhere' } },
  ];
}
