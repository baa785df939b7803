// @ts-check
// Every verb of `tars` on the running stack, by the engine's API.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { settings } from '../settings.mjs';
import { containerOf, containers, isHealthy, projectName, startOf } from './containers.mjs';
import { compose, docker, interruptedCompose } from './docker.mjs';
import { environmentFile } from './project.mjs';
import { up } from './stack.mjs';
import { openProxy, startTars, tars } from './tars.mjs';
import { provideTools, toolsImage } from './tools-image.mjs';

const { ComposeManager, EngineClient } = createRequire(import.meta.url)('cdk8s-tars/ops');

/** A service that is not of the file: what it says is known to the last line. */
const counter = `${projectName}-counter-1`;
const scratch = mkdtempSync(join(tmpdir(), 'tars-operations-'));
/** @type {Awaited<ReturnType<typeof openProxy>>} */
let proxy;

before(async () => {
  await up();
  await provideTools();
  proxy = await openProxy(scratch);
});
after(async () => {
  proxy?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** @param {{ stdout: string }} run */
const data = ({ stdout }) => JSON.parse(stdout);

describe('what there is', () => {
  test('status: every service, and 0 while all is well', async () => {
    const run = await tars(['status', '-o', 'json']);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    const { workloads, engine } = data(run);
    assert.equal(engine.project, projectName);
    const running = (await containers()).filter(({ facts }) => facts.State.Running);
    assert.deepEqual(
      workloads.map((/** @type {any} */ one) => [one.name, one.desired, one.ready, one.updated]),
      running.map(({ service }) => [service, 1, 1, 1]),
    );
  });

  test('status: a service that is stopped is not well, and the exit code says so', async () => {
    await docker(['stop', '--time', '1', (await containerOf('prometheus')).id]);
    const run = await tars(['status']);
    await docker(['start', (await containerOf('prometheus')).id]);
    await until('it is healthy again', async () => isHealthy(await containerOf('prometheus')));
    assert.equal(run.code, 1);
    assert.match(run.stdout, /service\/prometheus +0\/1 +1 .*not yet/);
    assert.match(run.stdout, /prometheus: tars-prometheus-1: /);
  });

  test('pods: every container, those that did their work as well', async () => {
    const { pods } = data(await tars(['pods', '-o', 'json']));
    const all = await containers();
    assert.deepEqual(
      pods.map((/** @type {any} */ one) => [one.name, one.uid]).sort(),
      all.map(({ name, id }) => [name, id]).sort(),
    );
    const task = pods.find((/** @type {any} */ one) => one.owner === 'Service/backend-migrate');
    assert.equal(task.status, 'Completed');
  });

  test('top: what runs, and as much memory as the engine’s own tool says', async () => {
    const { pods } = data(await tars(['top', '-o', 'json']));
    const running = (await containers()).filter(({ facts }) => facts.State.Running);
    assert.deepEqual(pods.map((/** @type {any} */ one) => one.pod).sort(), running.map(({ name }) => name).sort());
    // Between the two it may take or give back a good deal.
    await until('both say the same', async () => {
      const of = data(await tars(['top', '-o', 'json'])).pods.find((/** @type {any} */ one) => one.pod === 'tars-ollama-1');
      const [said = ''] = (await docker(['stats', '--no-stream', '--format', '{{.MemUsage}}', 'tars-ollama-1'])).split('MiB');
      assert.ok(Math.abs(of.memoryBytes / 2 ** 20 - Number(said)) < 0.2 * Number(said), `${of.memoryBytes} and ${said} MiB`);
      return true;
    });
  });

  test('what is not there is 4, and what belongs to the other target is 2', async () => {
    assert.equal((await tars(['logs', 'nothing'])).code, 4);
    assert.equal((await tars(['pods', '--context', 'x'])).code, 2);
    const { code, stderr } = await tars(['pods'], { host: `unix://${scratch}/none.sock` });
    assert.equal(code, 1);
    assert.match(stderr, /TARS7016 engine: .*no engine answers/);
  });
});

describe('logs', () => {
  after(() => docker(['rm', '--force', counter]).catch(() => undefined));

  test('each line once, in spite of cut connections and a restart in the middle', async () => {
    const words = 'i=0; while :; do i=$((i+1)); echo "$r $i"; [ $((i % 200)) = 9 ] && head -c 40000 /dev/zero | tr "\\\\0" x && echo; done';
    await runCounter(`r=$(cat /proc/uptime | cut -d" " -f1); (${words}) | while read -r line; do echo "$line"; usleep 2000; done`);
    const follow = startTars(['logs', 'counter', '-f', '-o', 'json'], { host: proxy.host });
    let cuts = 0;
    // Each comes when lines have come since the one before, the long one among them.
    let seen = 0;
    const count = () => follow.out().split('\n').length;
    const goesOn = () => until('there are more lines', () => count() > seen + 100, { intervalMs: 100 });
    for (const step of ['cut', 'restart', 'cut', 'restart', 'cut']) {
      await goesOn();
      if (step === 'cut') cuts += proxy.cut();
      else await docker(['restart', '--time', '0', counter]);
      seen = count();
    }
    await goesOn();
    await docker(['stop', '--time', '0', counter]);
    const truth = (await docker(['logs', counter])).split('\n').slice(0, -1);
    await until('all lines are there', async () => follow.out().split('\n').length > truth.length);
    follow.interrupt();
    const { code, stdout } = await follow.done;
    assert.equal(code, 130);
    const got = stdout.split('\n').slice(0, -1).map((line) => JSON.parse(line).text);
    assert.ok(cuts >= 3, `${cuts} connections were cut`);
    assert.ok(truth.some((line) => line.length === 40_000), 'a long line was among them');
    assert.equal(new Set(truth.map((line) => line.split(' ')[0])).size >= 3, true);
    assert.deepEqual(got, truth);
    figure('lines followed over 3 cuts and 2 restarts, none lost or doubled', got.length, 'lines');
  });

  test('of a service, and of its replicas', async () => {
    const ownLines = async () => (await docker(['logs', '--tail', '3', 'tars-backend-1'])).trim();
    const { own, stdout } = await until('it says nothing between two looks', async () => {
      const before = await ownLines();
      const run = await tars(['logs', 'backend', '--tail', '3', '-o', 'json']);
      return (await ownLines()) === before && { own: before, stdout: run.stdout };
    });
    const lines = stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, 3);
    assert.equal(lines[0].pod, 'tars-backend-1');
    assert.equal(lines.map(({ text }) => text).join('\n'), own);
  });
});

describe('exec', () => {
  for (const code of [0, 3, 143]) {
    test(`ends with ${code} as the command does`, async () => {
      assert.equal((await tars(['exec', 'backend', '--yes', '--', 'sh', '-c', `exit ${code}`])).code, code);
    });
  }

  test('streams come apart, and input goes in to its end', async () => {
    const input = Buffer.alloc(3 << 20, 'abc\n');
    const words = ['sh', '-c', 'sha256sum; echo oops >&2'];
    const { code, stdout, stderr } = await tars(['exec', '-i', 'backend', '--yes', '--', ...words], { input });
    assert.deepEqual([code, stdout.split(' ')[0]], [0, createHash('sha256').update(input).digest('hex')]);
    assert.match(stderr, /oops/);
    assert.doesNotMatch(stdout, /oops/);
  });

  test('100 MB of output in the memory of a small one', async () => {
    const run = (/** @type {number} */ bytes) =>
      tars(['exec', 'backend', '--yes', '--', 'head', '-c', `${bytes}`, '/dev/zero'], { keep: false });
    const small = await run(1000);
    const big = await run(100_000_000);
    assert.deepEqual([small.bytes, big.bytes, big.code], [1000, 100_000_000, 0]);
    const more = (big.peakKiB - small.peakKiB) / 1024;
    assert.ok(more < 64, `${more} MiB more`);
    figure('100 MB of output: memory beside that of 1 kB', more, 'MiB');
  });

  test('a program that is not there, and a container that does not run', async () => {
    const { code, stderr, stdout } = await tars(['exec', 'backend', '--yes', '--', 'no-such-program']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /TARS7020 engine: exec in tars-backend-1: .*no-such-program/);
    const task = await tars(['exec', 'pod/tars-backend-migrate-1', '--yes', '--', 'true']);
    assert.match(task.stderr, /TARS7019 engine/);
  });

  test('a connection that is cut midway is said to be lost', async () => {
    const run = startTars(['exec', 'backend', '--yes', '--', 'sh', '-c', 'echo be$((0))gun; sleep 30'], { host: proxy.host });
    await run.says('be0gun');
    proxy.cut();
    const { code, stderr } = await run.done;
    assert.equal(code, 1);
    assert.match(stderr, /TARS7017 engine/);
  });
});

describe('changes', () => {
  test('nothing is changed without a yes, or by a dry run', async () => {
    const before = startOf(await containerOf('cache'));
    const unconfirmed = await tars(['restart', 'cache']);
    assert.equal(unconfirmed.code, 2);
    assert.match(unconfirmed.stderr, new RegExp(`in engine ${process.env.DOCKER_HOST ?? ''}.*, project ${projectName}`));
    for (const words of [['restart', 'cache'], ['scale', 'backend', '3'], ['debug', 'cache'], ['exec', 'cache', '--', 'false']]) {
      const [verb = '', target = '', ...rest] = words;
      const run = await tars([verb, target, '--dry-run', ...rest]);
      assert.equal(run.code, 0, `${words.join(' ')}: ${run.stderr}`);
    }
    assert.equal(startOf(await containerOf('cache')), before);
    assert.equal((await containers('backend')).length, 1);
  });

  test('restart of a service and of a container, healthy afterwards', async () => {
    for (const target of ['pod/tars-cache-1', 'cache']) {
      const before = await containerOf('cache');
      const { code, stderr } = await tars(['restart', target, '--yes']);
      assert.equal(code, 0, stderr);
      const now = await containerOf('cache');
      assert.equal(now.id, before.id);
      assert.notEqual(startOf(now), startOf(before));
    }
    assert.ok(isHealthy(await containerOf('cache')));
    assert.equal((await tars(['rollout', 'status', 'cache', '--no-wait'])).code, 0);
  });

  test('scale up and down; the others are left alone', async () => {
    const others = async () => (await containers()).filter(({ service }) => service !== 'backend').map(startOf);
    const before = await others();
    const upwards = await tars(['scale', 'backend', '3', '--yes', '--wait']);
    assert.match(upwards.stdout, /done: scaled backend from 1 to 3\n3 serve/, upwards.stderr);
    assert.deepEqual((await containers('backend')).map(isHealthy), [true, true, true]);
    const { workloads } = data(await tars(['status', '-o', 'json']));
    const backend = workloads.find((/** @type {any} */ one) => one.name === 'backend');
    assert.deepEqual([backend.desired, backend.ready, backend.updated], [3, 3, 3]);
    assert.equal((await tars(['scale', 'backend', '1', '--yes', '--current-replicas', '2'])).code, 5);
    assert.match((await tars(['scale', 'backend', '1', '--yes'])).stdout, /from 3 to 1/);
    assert.equal((await containers('backend')).length, 1);
    assert.deepEqual(await others(), before);
  });

  test('scale of what publishes a port is refused, and of what is not there', async () => {
    const { code, stderr } = await tars(['scale', 'postgres', '2', '--yes']);
    assert.equal(code, 1);
    assert.match(stderr, /postgres cannot have 2 containers: it publishes port 5432/);
    assert.equal((await tars(['scale', 'nothing', '2', '--yes'])).code, 4);
  });

  test('Ctrl-C in a scale is 130: the count is the one before or the one that was wanted, and all of them run', async () => {
    /** @type {number[]} */
    const counts = [];
    let midway = 0;
    for (let milliseconds = 200; milliseconds <= 3000; milliseconds += settings.full ? 100 : 400) {
      const before = await containers('backend');
      const wanted = before.length === 1 ? 3 : 1;
      const run = startTars(['scale', 'backend', `${wanted}`, '--yes', '--wait']);
      await sleep(milliseconds);
      run.interrupt();
      const { code, stdout, stderr } = await run.done;
      const now = await containers('backend');
      assert.ok(now.every(({ facts }) => facts.State.Running), `after ${milliseconds} ms all run`);
      if (code === 0) {
        // It was faster.
        assert.match(stdout, /done: scaled/, `after ${milliseconds} ms: ${stderr}`);
        assert.equal(now.length, wanted);
        continue;
      }
      assert.equal(code, 130, `after ${milliseconds} ms: ${stderr}`);
      assert.ok([before.length, wanted].includes(now.length), `${now.length} after ${milliseconds} ms: ${stderr}`);
      if (/aborted: backend has been scaled/.test(stderr)) midway += 1;
      counts.push(now.length);
    }
    assert.ok(counts.length > 0, 'none was called off');
    assert.equal((await tars(['scale', 'backend', '1', '--yes', '--wait'])).code, 0);
    figure('scales that were called off, none of them half done', counts.length, 'scales');
    figure('of these called off while Compose was at work', midway, 'scales');
  });

  test('Compose itself stops in the middle when it is interrupted, and says 130', async () => {
    // What a process of another group is spared; else tars would have to mend what is left.
    const words = ['up', '--detach', '--no-deps', '--no-recreate', '--scale', 'backend=4', 'backend'];
    const code = await interruptedCompose(words);
    const made = await containers('backend');
    assert.equal(code, 130);
    const running = made.filter(({ facts }) => facts.State.Running);
    figure('of 4 containers made when Compose itself is interrupted', made.length, 'containers');
    figure('of these running', running.length, 'containers');
    assert.equal((await tars(['scale', 'backend', '1', '--yes', '--wait'])).code, 0);
    assert.equal((await containers('backend')).length, 1);
  });

  test('Ctrl-C in a restart is 130, and what was stopped is started again', async () => {
    for (const milliseconds of [300, 600, 900, 1500]) {
      const run = startTars(['restart', 'cache', '--yes']);
      await sleep(milliseconds);
      run.interrupt();
      const { code, stdout, stderr } = await run.done;
      assert.ok(code === 130 || (code === 0 && /done/.test(stdout)), `${code}: ${stderr}`);
      await until('it is healthy', async () => isHealthy(await containerOf('cache')));
    }
  });

  test('rollout status knows an earlier configuration from the present one', async () => {
    const file = environmentFile(settings.project);
    const before = readFileSync(file, 'utf8');
    try {
      writeFileSync(file, `${before}\nTARS_CPUS_GRAFANA=0.9\n`);
      const old = await tars(['rollout', 'status', 'grafana', '--timeout', '10s']);
      assert.equal(old.code, 3);
      assert.match(old.stdout, /1 of 1 containers are of an earlier configuration/);
      const waiting = startTars(['rollout', 'status', 'grafana']);
      await waiting.says('earlier configuration');
      await compose(['up', '--detach', '--no-deps', 'grafana']);
      const { code, stdout, stderr } = await waiting.done;
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /all 1 serve\n$/);
    } finally {
      writeFileSync(file, before);
      await up();
    }
  });

  test('what Compose keeps nowhere is an error with a remedy', async () => {
    for (const words of [['rollout', 'history'], ['rollout', 'undo'], ['scale', '--pin', '2', '--yes']]) {
      const { code, stderr } = await tars([...words, 'backend']);
      assert.equal(code, 2, words.join(' '));
      assert.match(stderr, /TARS7025 engine: .*\n +remedy: /);
    }
  });
});

describe('inside', () => {
  test('debug: the network and the processes of the target, no rights, and gone afterwards', async () => {
    const words = 'nslookup postgres; ps; id; cat /proc/self/status; touch /x';
    const run = await tars(['debug', 'backend', '--yes', '--', 'sh', '-c', words]);
    const address = (await containerOf('postgres')).facts.NetworkSettings.Networks['tars_backend_postgres'].IPAddress;
    assert.ok(run.stdout.includes(address), run.stdout + run.stderr);
    assert.match(run.stdout, /api\/main\.py/);
    assert.match(run.stdout, /uid=1000 gid=1000/);
    assert.match(run.stdout, /CapEff:\s+0+\n/);
    assert.match(run.stdout, /NoNewPrivs:\s+1\n/);
    assert.match(run.stderr, /touch: \/x: Read-only file system/);
    assert.equal(run.code, 1);
    assert.equal(await helpers(), '');
  });

  test('debug: Ctrl-C leaves with 130, and removes it', async () => {
    const run = startTars(['debug', 'backend', '--yes', '--', 'sh', '-c', 'echo be$((0))gun; sleep 60']);
    await run.says('be0gun');
    run.interrupt();
    assert.equal((await run.done).code, 130);
    assert.equal(await helpers(), '');
  });

  test('forward: real data both ways, over a restart, and nothing left', async () => {
    const password = /^REDIS_PASSWORD=(.*)$/m.exec(readFileSync(environmentFile(settings.project), 'utf8'))?.[1] ?? '';
    const run = startTars(['forward', 'cache', '0:6379']);
    await run.says('leads to port 6379 of cache');
    const port = Number(/:(\d+) leads/.exec(run.out())?.[1]);
    const value = Buffer.alloc(2 << 20, 'tars ');
    assert.deepEqual(await redis(port, password, value), value);
    const all = await Promise.all(Array.from({ length: 5 }, () => redis(port, password, value)));
    assert.ok(all.every((one) => one.equals(value)));
    await docker(['restart', `${projectName}-cache-1`]);
    await until('it is healthy again', async () => isHealthy(await containerOf('cache')));
    assert.deepEqual(await redis(port, password, value), value);
    run.interrupt();
    assert.equal((await run.done).code, 130);
    assert.equal(await helpers(), '');
  });

  test('forward: a port on which nobody listens', async () => {
    const run = startTars(['forward', 'backend', '0:9999']);
    await run.says('leads to port 9999');
    const port = Number(/:(\d+) leads/.exec(run.out())?.[1]);
    await new Promise((resolve) => createConnection(port, '127.0.0.1').once('close', resolve).resume());
    await run.says('refused');
    run.interrupt();
    await run.done;
  });
});

describe('events', () => {
  test('what happened, and what happens', async () => {
    // The engine's memory of events is short: one of now.
    await runCounter('true');
    await docker(['rm', '--force', counter]);
    const follow = startTars(['events', '--watch', '-o', 'json']);
    await follow.says('"create"');
    await docker(['restart', '--time', '0', 'tars-gateway-1']);
    const seen = () => follow.out().split('\n').slice(0, -1).map((line) => JSON.parse(line));
    await until('it starts again', async () =>
      seen().some(({ object, reason }) => object === 'Container/tars-gateway-1' && reason === 'restart'),
    );
    follow.interrupt();
    assert.equal((await follow.done).code, 130);
    const keys = seen().map(({ at, object, reason }) => `${at} ${object} ${reason}`);
    assert.equal(new Set(keys).size, keys.length, 'none is told twice');
    const { stdout } = await tars(['events', 'gateway']);
    assert.match(stdout, / die +Container\/tars-gateway-1 .*ended/);
    assert.doesNotMatch(stdout, /tars-cache/);
    await until('it is healthy', async () => isHealthy(await containerOf('gateway')));
  });

  test('a table is followed until Ctrl-C', async () => {
    const run = startTars(['status', '--watch']);
    await run.says('service/backend');
    run.interrupt();
    assert.equal((await run.done).code, 130);
  });
});

test('sessions leave nothing behind', async () => {
  const count = settings.full ? 10_000 : 300;
  const client = new EngineClient({ host: process.env.DOCKER_HOST });
  const manager = new ComposeManager(client, { project: projectName });
  const session = async (/** @type {number} */ i) => {
    if (i % 2 === 0) {
      const { exitCode, stdout } = await manager.executeInPod('tars-cache-1', ['echo', 'x']);
      assert.deepEqual([exitCode, stdout], [0, 'x\n']);
      return;
    }
    // Readers stop in the middle, half of them of a log that goes on.
    const lines = manager.monitorPodLogs({ pod: 'tars-cache-1', tailLines: 5, follow: i % 4 === 1 });
    assert.equal((await lines.next()).done, false);
    await lines.return();
  };
  const sessions = async (/** @type {number} */ count) => {
    const next = Array.from({ length: count }, (_, i) => i).values();
    const worker = async () => {
      for (const i of next) await session(i);
    };
    await Promise.all(Array.from({ length: 5 }, worker));
    await sleep(500);
  };
  await sessions(40);
  const first = held();
  await sessions(count);
  // Sockets are closed a moment after their sessions.
  await until('they are closed', () => held().files <= first.files + 2).catch(() => {}); // said below, by number
  const last = held();
  manager.close();
  figure('log and exec sessions', count, 'sessions');
  figure('files and sockets more than after the first 40', last.files - first.files, 'files');
  figure('memory more than after the first 40', last.mebibytes - first.mebibytes, 'MiB');
  assert.ok(last.files - first.files <= 2, `${first.files} files before, ${last.files} after`);
  assert.ok(last.mebibytes - first.mebibytes < 8, `${first.mebibytes} MiB before, ${last.mebibytes} after`);
});

/** Files and sockets that this process has open, and the memory that it cannot give back. */
function held() {
  collectGarbage();
  return { files: readdirSync('/proc/self/fd').length, mebibytes: process.memoryUsage().heapUsed / 2 ** 20 };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** Containers that were added to others. */
async function helpers() {
  return docker(['ps', '--all', '--quiet', '--filter', 'label=cdk8s-tars.added-to']);
}

/** @param {string} script */
async function runCounter(script) {
  const labels = { project: projectName, service: 'counter', 'container-number': '1', oneoff: 'False' };
  const words = Object.entries(labels).flatMap(([key, value]) => ['--label', `com.docker.compose.${key}=${value}`]);
  const how = ['--detach', '--restart', 'unless-stopped', '--network', 'none', '--name', counter, ...words];
  await docker(['run', ...how, toolsImage, 'sh', '-c', script]);
}

/**
 * Puts a value into Redis and takes it out again, by a connection of its own.
 *
 * @param {number} port
 * @param {string} password
 * @param {Buffer} value
 * @returns {Promise<Buffer>}
 */
async function redis(port, password, value) {
  const word = (/** @type {string | Buffer} */ text) =>
    Buffer.concat([Buffer.from(`$${Buffer.byteLength(text)}\r\n`), Buffer.from(text), Buffer.from('\r\n')]);
  const command = (/** @type {(string | Buffer)[]} */ ...words) =>
    Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...words.map(word)]);
  const key = `operations-${Math.random()}`;
  const expected = Buffer.concat([Buffer.from('+OK\r\n+OK\r\n'), word(value), Buffer.from(':1\r\n')]);
  const socket = createConnection(port, '127.0.0.1');
  socket.write(Buffer.concat([command('AUTH', password), command('SET', key, value), command('GET', key), command('DEL', key)]));
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  for await (const chunk of socket) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= expected.length) break;
  }
  socket.destroy();
  const got = Buffer.concat(chunks);
  return got.equals(expected) ? value : got;
}
