// Names in an upstream as it is compiled, before a real nginx and a name server of ours: it starts when a name has no
// address, and follows the addresses that come and go, without a restart.
import assert from 'node:assert/strict';
import { createServer, get } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startNameServer } from './name-server.mjs';
import { nginxVersion, startNginx } from './nginx.mjs';

const require = createRequire(import.meta.url);
const { compileBalancing } = require('cdk8s-tars/ops');

const NAME = 'backend.test';
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
const STRATEGIES = ['round-robin', 'weighted', 'least-connections', 'random', 'ip-hash'];

/** @type {import('node:http').Server[]} */
const backends = [];
let port = 0;

before(async () => {
  const [first, ...others] = ADDRESSES;
  backends.push(await startBackend(first));
  port = backends[0].address().port;
  for (const address of others) backends.push(await startBackend(address));
  console.log(`nginx ${nginxVersion()}`);
});
after(() => {
  for (const backend of backends) {
    backend.closeAllConnections();
    backend.close();
  }
});

// Most of the time is waiting for names to be asked for again.
describe('names', { concurrency: true }, () => {
  for (const strategy of STRATEGIES) {
    test(`${strategy}: the address of a name may change`, async () => {
      /** @type {Map<string, readonly string[]>} */
      const known = new Map();
      const names = await startNameServer(known);
      const { output } = compileBalancing(strategy, 'nginx', {
        name: 'api',
        backends: [{ name: NAME, port, weight: 2 }],
        resolver: `127.0.0.1:${names.port}`,
      });
      const nginx = await startNginx(
        (listen) => `${output}server { listen 127.0.0.1:${listen}; location / { proxy_pass http://api; } }`,
      );
      const since = performance.now();
      try {
        // Nobody is there yet: it says so, and runs.
        await until(nginx.port, ['502']);
        known.set(NAME, ['127.0.0.1']);
        await until(nginx.port, ['127.0.0.1']);
        known.set(NAME, ['127.0.0.2']);
        await until(nginx.port, ['127.0.0.2']);
        if (strategy !== 'ip-hash') {
          known.set(NAME, ['127.0.0.2', '127.0.0.3']);
          await until(nginx.port, ['127.0.0.2', '127.0.0.3']);
        }
        known.set(NAME, ['127.0.0.3']);
        await until(nginx.port, ['127.0.0.3']);
        console.log(`${strategy}: ${Math.round((performance.now() - since) / 1000)} s, ${names.asked()} questions`);
      } finally {
        await nginx.stop();
        await names.stop();
      }
    });
  }
});

/** @param {string} address */
async function startBackend(address) {
  const server = createServer((_, response) => response.end(address));
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve(undefined));
  });
  return server;
}

/**
 * Asks until a row of answers comes from these, all of them and nobody else.
 * @param {number} through
 * @param {readonly string[]} expected
 */
async function until(through, expected) {
  let heard = [];
  for (let tries = 0; tries < 240; tries++) {
    heard = [];
    for (let n = 0; n < 20; n++) heard.push(await ask(through));
    const distinct = [...new Set(heard)].sort();
    if (distinct.join() === expected.join()) return;
    await wait(250);
  }
  assert.deepEqual([...new Set(heard)].sort(), expected);
}

/**
 * @param {number} through
 * @returns {Promise<string>} what the backend says; the status of what is no success
 */
function ask(through) {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: through, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (data) => (text += data));
      response.once('end', () => resolve(response.statusCode === 200 ? text : String(response.statusCode)));
    }).once('error', reject);
  });
}
