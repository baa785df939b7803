// The gateway's configuration before a real nginx and a name server of ours: whoever waits for a replica that is gone is
// answered by another one, also when the list of replicas changes meanwhile, and nothing is done twice that may not be.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../testbed/wait.mjs';
import { startNameServer } from './name-server.mjs';
import { startNginx } from './nginx.mjs';

const require = createRequire(import.meta.url);
const { App, Chart } = require('cdk8s');
const { Service, subjectOf } = require('cdk8s-tars');

const [ALIVE, GONE] = ['127.0.0.1', '127.0.0.2'];
/** What the replica was asked. @type {string[]} */
const asked = [];
const backend = createServer((incoming, response) => {
  asked.push(`${incoming.method} ${incoming.url}`);
  incoming.resume().once('end', () => {
    if (incoming.url === '/cut') incoming.socket.destroy();
    else if (incoming.url !== '/silent') response.end('answered');
  });
});
/** @type {import('node:child_process').ChildProcess} */
let gone;
/** In its queue, or waiting for a place there. @type {import('node:net').Socket[]} */
const queue = [];
let port = 0;

before(async () => {
  backend.listen(0, ALIVE);
  await once(backend, 'listening');
  ({ port } = backend.address());
  gone = await startGone();
});
after(() => {
  for (const socket of queue) socket.destroy();
  gone?.kill('SIGKILL');
  backend.closeAllConnections();
  backend.close();
});

test('a list that changes while somebody waits costs no request', async (context) => {
  const { nginx, names, known, stop } = await startGateway();
  /** What it is told now is what it goes by from then on. */
  const listed = async (addresses) => {
    known.set('web', addresses);
    const questions = names.asked();
    await until('the list is asked for again', () => names.asked() > questions);
  };
  try {
    for (const method of ['GET', 'POST']) {
      // One that came anew has failed nobody yet.
      await listed([ALIVE]);
      await listed([ALIVE, GONE]);
      known.set('web', [ALIVE]);
      // It asks again after some six seconds. Whoever chooses the one that is gone before that waits for a second.
      await wait(4_700);
      const outcomes = await Promise.all(
        Array.from({ length: 80 }, async (_, index) => {
          await wait(Math.floor(index / 4) * 50);
          const began = performance.now();
          return { answer: await ask(nginx.port, method, '/'), ms: performance.now() - began };
        }),
      );
      const waited = outcomes.filter(({ ms }) => ms > 900).length;
      context.diagnostic(`${method}: ${waited} of ${outcomes.length} waited for the one that is gone`);
      assert.deepEqual([...new Set(outcomes.map(({ answer }) => answer))], ['200 answered']);
      assert.ok(waited > 0, 'nobody chose the one that is gone: nothing was tested');
    }
  } finally {
    await stop();
  }
});

test('what was sent is not sent twice, unless it only reads', async () => {
  const { nginx, stop } = await startGateway();
  try {
    await until('the list is known', async () => (await ask(nginx.port, 'GET', '/')) === '200 answered');
    for (const [method, path, status, times] of [
      ['POST', '/cut', '502', 1],
      ['GET', '/cut', '502', 2],
      ['POST', '/silent', '504', 1],
      ['GET', '/silent', '504', 1],
    ]) {
      asked.length = 0;
      assert.match(await ask(nginx.port, method, path), new RegExp(`^${status} `), `${method} ${path}`);
      assert.deepEqual(asked, Array(times).fill(`${method} ${path}`));
    }
  } finally {
    await stop();
  }
});

/** Its name server knows the replica that answers. */
async function startGateway() {
  const known = new Map([['web', [ALIVE]]]);
  const names = await startNameServer(known);
  const nginx = await startNginx((listen) =>
    configuration()
      .replace(/resolver \S+/, `resolver 127.0.0.1:${names.port}`)
      .replaceAll('web:80 ', `web:${port} `)
      .replace('listen 8000;', `listen 127.0.0.1:${listen};`)
      .replaceAll(/proxy_read_timeout \w+/g, 'proxy_read_timeout 2s'),
  );
  const stop = async () => {
    await nginx.stop();
    await names.stop();
  };
  return { nginx, names, known, stop };
}

/**
 * What stands inside `http { }` for one service that the gateway publishes, without logs, folders and its health check.
 * By round robin the one that is gone is chosen again and again until somebody has waited in vain.
 */
function configuration() {
  const app = new App();
  const ports = [{ name: 'http', port: 80, publish: 8000, publishVia: 'gateway' }];
  new Service(new Chart(app, 'app', { namespace: 'app' }), 'web', {
    ...{ image: 'web:1', ports },
    access: { balancing: 'round-robin' },
  });
  const text = subjectOf(app).emitted.compose[0].files['gateway/nginx.conf'];
  const inside = text.slice(text.indexOf('http {') + 6, text.lastIndexOf('}'));
  return inside
    .replaceAll(/^ {2}(\w+_temp_path|log_format|access_log) .*\n/gm, '')
    .replace(/ {2}server \{\n {4}listen 127\.0\.0\.1:\d+;\n[^]*?\n {2}\}\n/, '');
}

/**
 * @param {number} through
 * @param {string} method
 * @param {string} path
 * @returns {Promise<string>} status and text
 */
function ask(through, method, path) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: through, method, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data) => (text += data));
      response.once('end', () => resolve(`${response.statusCode} ${text}`));
    });
    outgoing.once('error', reject);
    outgoing.end(method === 'POST' ? 'a body' : undefined);
  });
}

/** An address that takes no connection and refuses none, as that of a container which is gone: its queue is full. */
async function startGone() {
  const script = `require('net').createServer().listen({ host: '${GONE}', port: ${port}, backlog: 1 }, () => console.log('listens'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  await until('its queue is full', async () => !(await connects()));
  return child;
}

/** Whether somebody more finds a place in the queue, which is kept. */
function connects() {
  return new Promise((resolve) => {
    const socket = connect(port, GONE);
    queue.push(socket);
    socket.on('error', () => {});
    socket.once('connect', () => resolve(true));
    setTimeout(() => resolve(false), 1_000);
  });
}
