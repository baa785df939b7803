// @ts-check
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * The model of the stack: what the engine is compared with. It comes from the constructs and not from
 * the Compose file, which is what is judged.
 *
 * @param {object} [props] of the chart; main.ts has none
 * @returns {any}
 */
export function stackModel(props = {}) {
  const { App } = require('cdk8s');
  const { TarsChart, systemsIn } = require('cdk8s-tars');
  const app = new App();
  new TarsChart(app, 'tars', props);
  const [model] = systemsIn(app);
  return model;
}

/**
 * Who has to wait for whom, by the links.
 *
 * @param {any} model
 * @returns {{ client: string, server: string }[]} names on Compose; the server has a health check
 */
export function waits(model) {
  const links = model.links
    .filter((/** @type {any} */ { target, wait }) => target.kind === 'service' && wait === 'healthy')
    .map((/** @type {any} */ { client, target }) => ({ client: client.composeName, server: target.spec.composeName }));
  const routes = model.exposures.flatMap((/** @type {any} */ exposure) => exposure.routes);
  const exposed = new Set(routes.map((/** @type {any} */ { endpoint }) => endpoint.service));
  const behindGateway = model.services.filter((/** @type {any} */ { name }) => exposed.has(name));
  return [
    ...links,
    ...behindGateway.map((/** @type {any} */ { composeName }) => ({ client: 'gateway', server: composeName })),
  ];
}

/**
 * What runs to its end before its service starts.
 *
 * @param {any} model
 * @returns {{ task: string, service: string }[]} names on Compose
 */
export function blockingTasks(model) {
  return model.services.flatMap((/** @type {any} */ { composeName, tasks }) =>
    tasks
      .filter((/** @type {any} */ { blocksStart }) => blocksStart)
      .map((/** @type {any} */ { name }) => ({ task: `${composeName}-${name}`, service: composeName })),
  );
}

/**
 * Ports that the machine is to have, whoever publishes them.
 *
 * @param {any} model
 * @returns {string[]} address and port, sorted
 */
export function publishedPorts(model) {
  const own = model.services.flatMap((/** @type {any} */ { ports }) =>
    ports.flatMap((/** @type {any} */ { publish }) => (publish ? [`${publish.address}:${publish.hostPort}`] : [])),
  );
  const sites = model.exposures.map((/** @type {any} */ { composePort }) => `127.0.0.1:${composePort}`);
  return [...new Set([...own, ...sites])].sort();
}

/**
 * Whom the processes of each service run as, and whether its root is read-only.
 *
 * @param {any} model
 * @returns {Map<string, { uid: number, gid: number, readOnlyRoot: boolean }>} by name on Compose
 */
export function runProfiles(model) {
  const entries = model.services.map((/** @type {any} */ { composeName, runAs }) => {
    const [uid, gid] = runAs.composeUser.split(':').map(Number);
    return [composeName, { uid, gid, readOnlyRoot: runAs.readOnlyRoot }];
  });
  // The gateway is no service of the model: it runs as the official image's own user.
  return new Map([...entries, ['gateway', { uid: 101, gid: 101, readOnlyRoot: true }]]);
}
