// @ts-check
// Who may connect to whom, said by the model alone: its links, its exposure, its monitoring. It knows
// nothing of policies.

/** @typedef {import('cdk8s-tars').SystemModel} SystemModel */
/** @typedef {import('cdk8s-tars').ServiceSpec} ServiceSpec */

/**
 * Whoever tries to connect: a component of the system, one of its tasks, a pod that is not of the system in
 * some namespace, or somebody who is no pod.
 *
 * @typedef {{ kind: 'component', spec: ServiceSpec } | { kind: 'task', spec: ServiceSpec, task: string }
 *   | { kind: 'pod', namespace: string, address: string } | { kind: 'confined' } | { kind: 'outside', address: string }} Client
 */

/**
 * Whatever is connected to: a port of a component, the cluster's DNS, a host of the internet on the port that
 * links to the internet speak of, or anything else that is there.
 *
 * @typedef {{ kind: 'port', spec: ServiceSpec, port: string } | { kind: 'dns' } | { kind: 'internet' }
 *   | { kind: 'elsewhere' }} Server
 */

/**
 * @param {SystemModel} model
 * @param {Client} client
 * @param {Server} server
 * @returns {boolean}
 */
export function mayConnect(model, client, server) {
  if (client.kind === 'confined') {
    return false; // a pod that carries the system's label and is none of its components
  }
  if (server.kind === 'port') {
    return mayConnectToPort(model, client, server);
  }
  if (client.kind === 'pod' || client.kind === 'outside') {
    return true; // what others do among themselves is not ours to forbid
  }
  if (server.kind === 'dns') {
    return true;
  }
  if (server.kind === 'elsewhere') {
    return false;
  }
  const { spec } = client;
  return client.kind === 'component'
    ? spec.internet
    : spec.tasks.some((task) => task.name === client.task && task.internet);
}

/**
 * @param {SystemModel} model
 * @param {Exclude<Client, { kind: 'confined' }>} client
 * @param {{ spec: ServiceSpec, port: string }} server
 */
function mayConnectToPort(model, client, { spec, port: name }) {
  if (client.kind === 'component' || client.kind === 'task') {
    const sharesLinks =
      client.kind === 'component' || client.spec.tasks.some((task) => task.name === client.task && task.sharesLinks);
    return sharesLinks && model.links.some((link) => link.client.path === client.spec.path && leadsTo(link));
  }
  const port = spec.ports.find((one) => one.name === name);
  const isPublic =
    port?.openTo === 'load-balancer' &&
    (spec.access.allowedCidrs.length === 0 || spec.access.allowedCidrs.some((cidr) => isWithin(client.address, cidr)));
  return isPublic || (client.kind === 'pod' && (isController(client.namespace) || isMonitor(client.namespace)));

  /** @param {SystemModel['links'][number]} link */
  function leadsTo({ target }) {
    return target.kind === 'service' && target.spec.path === spec.path && target.port.name === name;
  }

  /** @param {string} namespace */
  function isController(namespace) {
    return model.exposures.some(
      ({ controllerNamespaces, routes }) =>
        controllerNamespaces.includes(namespace) &&
        routes.some(({ endpoint }) => endpoint.service === spec.name && endpoint.port === name),
    );
  }

  /** @param {string} namespace */
  function isMonitor(namespace) {
    return spec.metrics?.port === name && model.settings.network.monitoringNamespaces.includes(namespace);
  }
}

/**
 * @param {string} address IPv4
 * @param {string} cidr
 */
function isWithin(address, cidr) {
  const [network = '', bits = '32'] = cidr.split('/');
  const shift = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / shift) === Math.floor(numberOf(network) / shift);
}

/** @param {string} address */
function numberOf(address) {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
