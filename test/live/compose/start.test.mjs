// @ts-check
// The stack from nothing, by "up" alone: images are built, everything becomes healthy, in order, and
// runs as confined as the model says.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { containers, execute, isHealthy } from './containers.mjs';
import { compose, tryDocker } from './docker.mjs';
import { listen } from './events.mjs';
import { blockingTasks, publishedPorts, runProfiles, stackModel, waits } from './model.mjs';
import { processesOf } from './processes.mjs';
import { removeAll, up } from './stack.mjs';

/** @typedef {import('./containers.mjs').Container} Container */

const model = stackModel();
const tasks = blockingTasks(model);

describe('up --wait, from nothing', () => {
  /** @type {import('./events.mjs').Moment[]} */
  let moments = [];
  /** @type {Container[]} */
  let all = [];
  let stop = () => {};

  before(async () => {
    await removeAll();
    // What the project builds is not there either; the build's cache may be.
    await tryDocker(['image', 'rm', '--force', ...builtImages(await compose(['config', '--format', 'json']))]);
    ({ moments, stop } = await listen());
    const began = performance.now();
    await up();
    figure('docker compose up --wait from nothing, images built', (performance.now() - began) / 1000, 's');
    all = await containers();
    await until('the last event has come', () => all.filter(isHealthy).every(({ service }) => momentOf(service, 'healthy')));
  });

  after(() => stop());

  /**
   * @param {string} service
   * @param {'start' | 'die' | 'healthy'} what
   */
  function momentOf(service, what) {
    return moments.find((moment) => moment.service === service && moment.what === what);
  }

  /** The services that stay, of which there is one container each. */
  const staying = () => all.filter(({ service }) => !tasks.some(({ task }) => task === service));

  test('everything is there and healthy, and nothing has been restarted', () => {
    const expected = [
      ...model.services.map((/** @type {any} */ { composeName }) => composeName),
      ...tasks.map(({ task }) => task),
      'gateway',
    ];
    assert.deepEqual(all.map(({ service }) => service).sort(), expected.sort());
    for (const container of staying()) {
      assert.ok(isHealthy(container), `${container.name} is ${JSON.stringify(container.facts.State)}`);
    }
    assert.deepEqual(
      all.map(({ service, facts }) => [service, facts.RestartCount]),
      all.map(({ service }) => [service, 0]),
    );
    const times = moments.map(({ at }) => at).sort((a, b) => (a < b ? -1 : 1));
    figure('first container started to last one healthy', Number((times.at(-1) ?? 0n) - (times[0] ?? 0n)) / 1e9, 's');
  });

  test('clients start when their servers are healthy', () => {
    const pairs = waits(model);
    assert.ok(pairs.length > 5, 'the model has links');
    for (const { client, server } of pairs) {
      const healthy = momentOf(server, 'healthy');
      const start = momentOf(client, 'start');
      assert.ok(healthy && start, `${client} and ${server} have events`);
      assert.ok(healthy.at <= start.at, `${client} was started before ${server} was healthy`);
    }
    figure('links whose order was seen', pairs.length, 'links');
  });

  test('a migration has ended, once and well, before its service starts', () => {
    assert.ok(tasks.length > 0, 'the model has such a task');
    for (const { task, service } of tasks) {
      const ends = moments.filter((moment) => moment.service === task && moment.what === 'die');
      assert.deepEqual(
        ends.map(({ exitCode }) => exitCode),
        ['0'],
      );
      assert.ok((ends[0]?.at ?? 0n) <= (momentOf(service, 'start')?.at ?? 0n), `${service} did not wait for ${task}`);
    }
  });

  test('ports are published on 127.0.0.1 alone, those of the model', () => {
    const published = all.flatMap(({ facts }) =>
      Object.values(facts.NetworkSettings.Ports)
        .flat()
        .filter(Boolean)
        .map((/** @type {any} */ { HostIp, HostPort }) => `${HostIp}:${HostPort}`),
    );
    assert.deepEqual(published.sort(), publishedPorts(model));
    assert.ok(published.every((one) => one.startsWith('127.0.0.1:')));
  });

  test('ports answer on 127.0.0.1, and are refused on every other address', async () => {
    const ports = publishedPorts(model).map((one) => Number(one.split(':').at(-1)));
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
      .map(({ address }) => address);
    assert.ok(others.length > 0, 'there are other addresses to try');
    const found = await Promise.all(
      ['127.0.0.1', ...others].flatMap((address) =>
        ports.map(async (port) => ({ address, port, outcome: await knock(address, port) })),
      ),
    );
    assert.deepEqual(
      found.filter(({ address, outcome }) => (outcome === 'open') !== (address === '127.0.0.1')),
      [],
    );
    figure('connections tried to published ports', found.length, 'connections');
    figure('addresses other than 127.0.0.1, all refused', others.length, 'addresses');
  });

  test('root file systems are read-only where the model says so', async () => {
    const profiles = runProfiles(model);
    for (const container of staying()) {
      const { readOnlyRoot } = profiles.get(container.service) ?? {};
      assert.equal(container.facts.HostConfig.ReadonlyRootfs, readOnlyRoot, container.name);
      // root owns every folder, so that nothing but the file system itself is in the way
      const { code, stderr } = await execute(container, ['sh', '-c', 'echo x > /written'], { user: '0:0' });
      assert.equal(code !== 0, readOnlyRoot, `${container.name}: ${stderr}`);
      if (readOnlyRoot) {
        assert.match(stderr, /Read-only file system/, container.name);
      }
      const scratch = await execute(container, ['sh', '-c', 'echo x > /tmp/written && rm /tmp/written']);
      assert.equal(scratch.code, 0, `${container.name} cannot write to /tmp: ${scratch.stderr}`);
    }
  });

  test('no process has a capability or can get one, and each runs as its profile says', async () => {
    const profiles = runProfiles(model);
    let seen = 0;
    for (const container of staying()) {
      const processes = await processesOf(container);
      assert.ok(
        processes.some(({ pid }) => pid === 1),
        `${container.name}: the first process is seen`,
      );
      const { uid, gid } = profiles.get(container.service) ?? {};
      for (const { name, facts } of processes) {
        const who = `${name} in ${container.name}`;
        assert.deepEqual(facts.uids, Array(4).fill(uid), who);
        assert.deepEqual(facts.gids, Array(4).fill(gid), who);
        assert.deepEqual(facts.capabilities, { CapInh: 0n, CapPrm: 0n, CapEff: 0n, CapBnd: 0n, CapAmb: 0n }, who);
        assert.equal(facts.noNewPrivileges, true, who);
      }
      seen += processes.length;
    }
    figure('processes looked at', seen, 'processes');
  });
});

/** @param {string} config as JSON */
function builtImages(config) {
  return Object.values(JSON.parse(config).services)
    .filter(({ build }) => build)
    .map(({ image }) => image);
}

/**
 * @param {string} address
 * @param {number} port
 * @returns {Promise<string>} `open`, or why not
 */
function knock(address, port) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 30_000 });
    const end = (/** @type {string} */ outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('connect', () => end('open'));
    socket.on('timeout', () => end('no answer'));
    socket.on('error', (/** @type {NodeJS.ErrnoException} */ error) => end(error.code ?? error.message));
  });
}
