// @ts-check
// Commands in containers and forwarded ports of a real kubelet, also when the connection breaks midway.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../testbed/run.mjs';
import { figure } from '../figures.mjs';
import { kubectl } from './cluster.mjs';
import { deployment, echo, place, podSpec } from './ops-objects.mjs';
import { apply, fails, kubeconfigWith, managerOf, placeDown, placeUp, readyPod, throughProxy } from './ops-place.mjs';

/** @type {any} */
let manager;
/** One whose connections can be cut. @type {any} */
let shaky;
/** @type {import('./cut-proxy.mjs').CutProxy} */
let proxy;

before(async () => {
  await placeUp();
  manager = await managerOf();
  const way = await throughProxy();
  proxy = way.proxy;
  shaky = await managerOf({ kubeconfig: way.kubeconfig });
});
after(async () => {
  manager?.close();
  shaky?.close();
  await proxy?.close();
  await placeDown();
});

describe('commands', () => {
  /** @type {string} */
  let tools;
  /** @param {readonly string[]} command @param {object} [options] */
  const exec = (command, options) => manager.executeInPod(tools, command, options);
  /** @param {string} script @param {object} [options] */
  const sh = (script, options) => exec(['sh', '-c', script], options);

  before(async () => {
    await apply(deployment('tools', podSpec(echo)));
    tools = await readyPod(manager, 'tools');
  });

  for (const [script, code] of /** @type {const} */ ([
    ['exit 0', 0],
    ['exit 3', 3],
    ['kill -9 $$', 137],
    ['/etc/passwd', 126],
    ['no-such-program', 127],
  ])) {
    test(`\`${script}\` ends with ${code}`, async () => {
      assert.equal((await sh(script)).exitCode, code);
    });
  }

  test('standard output and standard error are apart', async () => {
    const { stdout, stderr } = await sh('for i in 1 2 3; do echo out$i; echo err$i >&2; done');
    assert.equal(stdout, 'out1\nout2\nout3\n');
    assert.equal(stderr, 'err1\nerr2\nerr3\n');
  });

  test('standard input: 8 MB, and its end', async () => {
    const input = randomBytes(8 << 20);
    const { stdout } = await exec(['sha256sum'], { stdin: input });
    assert.equal(stdout.split(' ')[0], createHash('sha256').update(input).digest('hex'));
  });

  test('a time-out, and a call-off', async () => {
    await fails(sh('sleep 60', { timeoutMs: 500 }), 'Timeout');
    const abort = new AbortController();
    const running = sh('echo begun; sleep 60', { signal: abort.signal, onOutput: () => abort.abort() });
    await fails(running, 'Aborted');
  });

  test('more output than is kept is dropped, and the result says so', async () => {
    const { stdout, isTruncated, exitCode } = await sh('yes | head -c 3000000');
    assert.deepEqual([exitCode, isTruncated, stdout.length], [0, true, 1 << 20]);
    const small = await sh('yes | head -c 1000', { maxOutputBytes: 1000 });
    assert.equal(small.isTruncated, false);
  });

  test('100 MB of output need a bounded memory', async () => {
    const bytes = 100 << 20;
    const kubeconfig = await kubeconfigWith(() => {});
    const script = fileURLToPath(new URL('exec-memory.mjs', import.meta.url));
    const args = ['--expose-gc', script, kubeconfig, place, tools, `${bytes}`];
    const { code, stdout, stderr } = await run(process.execPath, args);
    assert.equal(code, 0, stderr);
    const { growth, ...rest } = JSON.parse(stdout);
    assert.deepEqual([rest.exitCode, rest.bytes], [0, bytes]);
    figure('memory for 100 MiB of output', growth / 2 ** 20, 'MiB');
    figure('output of a command', bytes / 2 ** 20 / (rest.ms / 1000 - 2), 'MiB/s');
    assert.ok(growth < bytes / 2, `it grew by ${growth} bytes`);
  });

  test('a connection that is cut is lost, and nothing hangs', async () => {
    const quiet = ['sh', '-c', 'echo begun; sleep 60'];
    await fails(shaky.executeInPod(tools, quiet, { onOutput: () => void proxy.cut() }), 'ConnectionLost');
    // In the middle of output, and of input.
    await fails(shaky.executeInPod(tools, ['yes'], { onOutput: () => void proxy.cut() }), 'ConnectionLost');
    await fails(
      shaky.executeInPod(tools, ['cat'], { stdin: endless(), onOutput: () => void proxy.cut() }),
      'ConnectionLost',
    );
  });

  test('a command that cannot be started', () => fails(exec(['/no/such/program']), 'ExecFailed'));

  test('a pod that ends meanwhile', async () => {
    await apply(deployment('brief', podSpec(echo)));
    const brief = await readyPod(manager, 'brief');
    /** @type {Promise<string> | undefined} */
    let deletion;
    const ended = await manager
      .executeInPod(brief, ['sh', '-c', 'echo begun; sleep 60'], {
        onOutput: () => void (deletion ??= kubectl(['delete', 'deployment', 'brief', '-n', place])),
      })
      .then(
        (/** @type {any} */ { exitCode }) => exitCode,
        (/** @type {any} */ { code }) => code,
      );
    await deletion;
    assert.ok([137, 143, 'ConnectionLost', 'ExecFailed'].includes(ended), `it ended with ${ended}`);
  });
});

describe('forwarded ports', () => {
  const target = { kind: 'Deployment', name: 'server', port: 7000 };
  /** @type {any} */
  let forward;
  /** @type {any[]} */
  let errors = [];

  before(async () => {
    await apply(
      deployment('server', podSpec(echo, { readinessProbe: { tcpSocket: { port: 7000 }, periodSeconds: 1 } })),
    );
    await readyPod(manager, 'server');
    forward = await manager.portForward(target, { onError: (/** @type {any} */ error) => errors.push(error) });
  });
  after(() => forward?.close());

  test('10 MB there and back', async () => {
    const began = performance.now();
    const sent = randomBytes(10 << 20);
    assert.ok((await echoed(sent)).equals(sent));
    figure('10 MiB through a forwarded port and back', (performance.now() - began) / 1000, 's');
  });

  test('fifty connections at once', async () => {
    const pieces = Array.from({ length: 50 }, () => randomBytes(200_000));
    const answers = await Promise.all(pieces.map(echoed));
    assert.ok(answers.every((answer, i) => answer.equals(pieces[i] ?? Buffer.alloc(0))));
    assert.deepEqual(errors, []);
  });

  test('a pod that goes ends its connections; the next ones reach another', async () => {
    const pod = await readyPod(manager, 'server');
    const closed = once(await opened(), 'close');
    await manager.restartPod(pod, { delete: true });
    await closed;
    await manager.waitFor({ kind: 'Pod', name: pod }, 'deleted');
    await readyPod(manager, 'server');
    assert.equal(String(await echoed(Buffer.from('hello'))), 'hello');
  });

  test('a port where nobody listens is refused', async () => {
    errors = [];
    const pod = await readyPod(manager, 'server');
    const other = await manager.portForward(
      { name: pod, port: 7999 },
      { onError: (/** @type {any} */ e) => errors.push(e) },
    );
    const socket = connect(other.port, other.host);
    socket.on('error', () => {}).resume();
    await once(socket, 'close');
    await other.close();
    assert.equal(errors[0]?.code, 'Refused', errors[0]?.stack);
  });

  test('a connection that is cut ends, and says so', async () => {
    errors = [];
    const other = await shaky.portForward(target, { onError: (/** @type {any} */ error) => errors.push(error) });
    const socket = await opened(other);
    proxy.cut();
    await once(socket, 'close');
    await other.close();
    assert.equal(errors[0]?.code, 'ConnectionLost', errors[0]?.stack);
  });

  test('closed, it ends every connection and gives the port back', async () => {
    const socket = await opened();
    const closed = once(socket, 'close');
    await forward.close();
    await closed;
    const refused = connect(forward.port, forward.host);
    const [error] = await once(refused, 'error');
    assert.equal(error.code, 'ECONNREFUSED');
  });

  /** A connection that has carried something. @param {any} [way] */
  async function opened(way = forward) {
    const socket = connect(way.port, way.host);
    socket.on('error', () => {});
    socket.write('x');
    await once(socket, 'data');
    socket.resume();
    return socket;
  }

  /** @param {Buffer} sent @returns {Promise<Buffer>} */
  async function echoed(sent) {
    const socket = connect(forward.port, forward.host);
    socket.write(sent);
    /** @type {Buffer[]} */
    const chunks = [];
    let size = 0;
    for await (const chunk of socket) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= sent.length) break;
    }
    return Buffer.concat(chunks);
  }
});

async function* endless() {
  for (;;) {
    yield Buffer.alloc(1000, 'x');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
