// @ts-check
// Logs of a real kubelet, and watches, while the connection breaks again and again.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { kubectl } from './cluster.mjs';
import { cannotStart, deployment, echo, place, pod, podSpec } from './ops-objects.mjs';
import { apply, fails, managerOf, placeDown, placeUp, readyPod, throughProxy } from './ops-place.mjs';

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

/** @param {string} run @param {number} lines @param {number} perSecond @param {string} end */
const writer = (run, lines, perSecond, end) => `
import sys, time
began = time.monotonic()
for i in range(${lines}):
    print(${run}, i)
    if i % 50 == 0:
        time.sleep(max(0, began + i / ${perSecond} - time.monotonic()))
${end}
`;

/** @param {number} count */
const numbers = (count) => Array.from({ length: count }, (_, i) => i);

describe('logs', () => {
  test('of a stream that is cut again and again: each line once, in order', async () => {
    const count = 20_000;
    await apply(pod('fast', { ...podSpec(writer('"line"', count, 3_000, '')), restartPolicy: 'Never' }));
    // It may have said all by the time at which the kubelet says that it runs.
    await until('it writes', async () => (await manager.getPodInfo('fast')).phase !== 'Pending');
    const abort = new AbortController();
    /** @type {number[]} */
    const seen = [];
    const cuts = proxy.cutEvery(abort.signal, 400, () => seen.length);
    for await (const { text } of shaky.monitorPodLogs({ pod: 'fast' })) {
      seen.push(Number(text.split(' ')[1]));
    }
    abort.abort();
    figure('log streams cut', await cuts, 'connections');
    assert.deepEqual(seen, numbers(count));
  });

  test('go on when the container is started again, also then cut', async () => {
    // Each run says which it is: the volume lives as long as the pod.
    const named = `open('/runs/n', 'a').write('x'); name = 'run' + str(len(open('/runs/n').read()))`;
    const program = `${named}\n${writer('name', 2_000, 2_000, 'sys.exit(3 if name == "run1" else time.sleep(3600))')}`;
    const spec = podSpec(program, { volumeMounts: [{ name: 'runs', mountPath: '/runs' }] });
    await apply(pod('twice', { ...spec, volumes: [{ name: 'runs', emptyDir: {} }] }));
    await until('it writes', async () => (await manager.getPodInfo('twice')).phase === 'Running');
    const abort = new AbortController();
    /** @type {string[]} */
    const seen = [];
    const cuts = proxy.cutEvery(abort.signal, 400, () => seen.length);
    for await (const { text } of shaky.monitorPodLogs({ pod: 'twice' })) {
      seen.push(text);
      if (text === 'run2 1999') break;
    }
    abort.abort();
    await cuts;
    assert.deepEqual(
      seen,
      ['run1', 'run2'].flatMap((name) => numbers(2_000).map((i) => `${name} ${i}`)),
    );
  });

  test('`previous`: what the run before said', async () => {
    /** @type {string[]} */
    const seen = [];
    for await (const { text } of manager.monitorPodLogs({ pod: 'twice', previous: true, follow: false })) {
      seen.push(text);
    }
    assert.deepEqual(
      seen,
      numbers(2_000).map((i) => `run1 ${i}`),
    );
    await fails(first(manager.monitorPodLogs({ pod: 'fast', previous: true, follow: false })), 'ContainerNotReady');
  });

  test('of a container that crashes again and again: its last run, while it waits', async () => {
    const program = `import sys\nprint('no DATABASE_URL')\nsys.exit(1)`;
    await apply(pod('crashing', podSpec(program)));
    const state = async () => {
      const { status, containers } = await manager.getPodInfo('crashing');
      return { status, restarts: containers[0].restarts };
    };
    for (const query of [{ pod: 'crashing', follow: false }, { follow: false }, {}]) {
      const seen = await until('it is read while it waits, and is not started meanwhile', async () => {
        const before = await state();
        // As long as a kubelet has nothing else to write, it says how the last run ended and not that it waits.
        if (!['CrashLoopBackOff', 'Error'].includes(before.status)) return false;
        const read = await linesOfCrashing(query);
        return isDeepStrictEqual(await state(), before) && read;
      });
      assert.deepEqual(seen, ['no DATABASE_URL']);
    }
    await kubectl(['delete', 'pod', 'crashing', '-n', place, '--wait=false']);
  });

  /** @param {{ pod?: string, follow?: boolean }} query @returns {Promise<string[]>} */
  async function linesOfCrashing(query) {
    const seen = [];
    for await (const { pod: name, text } of manager.monitorPodLogs(query)) {
      if (name !== 'crashing') continue;
      seen.push(text);
      if (query.follow !== false) break;
    }
    return seen;
  }

  test('of a selector: pods that come later are read from their beginning', async () => {
    const spec = podSpec(writer('"line"', 500, 500, 'time.sleep(3600)'));
    await apply(deployment('many', spec));
    await readyPod(manager, 'many');
    const abort = new AbortController();
    /** @type {Map<string, number[]>} */
    const seen = new Map();
    const cuts = proxy.cutEvery(abort.signal, 400, () => [...seen.values()].flat().length);
    let isScaled = false;
    for await (const { pod: name, text } of shaky.monitorPodLogs({ labelSelector: 'app=many' })) {
      seen.set(name, [...(seen.get(name) ?? []), Number(text.split(' ')[1])]);
      if (!isScaled) {
        isScaled = true;
        await manager.scaleDeployment('many', 3);
      }
      const lasts = [...seen.values()].filter((lines) => lines.at(-1) === 499);
      if (lasts.length === 3) break;
    }
    abort.abort();
    await cuts;
    for (const [name, lines] of seen) {
      assert.deepEqual(lines, numbers(500), name);
    }
    await kubectl(['delete', 'deployment', 'many', '-n', place, '--wait=false']);
  });

  test('a line that the runtime has cut into pieces is one line', async () => {
    const program = `for size in (10, 16_383, 16_384, 200_000): print('x' * size)`;
    await apply(pod('wide', { ...podSpec(program), restartPolicy: 'Never' }));
    /** @type {number[]} */
    const sizes = [];
    for await (const { text } of manager.monitorPodLogs({ pod: 'wide' })) sizes.push(text.length);
    assert.deepEqual(sizes, [10, 16_383, 16_384, 200_000]);
  });

  test('of a container that is not there yet: the server’s own words', async () => {
    await apply(pod('stuck', cannotStart));
    await until('it has a node', async () => (await manager.getPodInfo('stuck')).node !== undefined);
    await until('it is being made', async () => (await manager.getPodInfo('stuck')).status === 'ContainerCreating');
    await fails(
      first(manager.monitorPodLogs({ pod: 'stuck', follow: false })),
      'ContainerNotReady',
      /container "app" in pod "stuck" is waiting to start: ContainerCreating/,
    );
    await fails(manager.executeInPod('stuck', ['true']), 'ContainerNotReady');
  });
});

describe('watches that are cut again and again', () => {
  test('a rollout, a wait and events come to their end', async () => {
    const abort = new AbortController();
    const cuts = proxy.cutEvery(abort.signal, 500);
    try {
      await apply(
        deployment('watched', podSpec(echo, { readinessProbe: { tcpSocket: { port: 7000 }, periodSeconds: 1 } })),
      );
      const gone = shaky.waitFor({ kind: 'Deployment', name: 'watched' }, 'deleted', { timeoutMs: 600_000 });
      assert.equal((await shaky.waitForRollout({ name: 'watched' }, { timeoutMs: 300_000 })).state, 'done');
      // What changes something is sent once, so whoever writes has a connection that holds.
      await manager.scaleDeployment('watched', 2);
      const { isChanged } = await shaky.scaleDeployment('watched', 2, { wait: true, timeoutMs: 300_000 });
      assert.equal(isChanged, false);
      assert.equal((await manager.getDeploymentStatus('watched')).available, 2);
      const end = new AbortController();
      for await (const { reason } of shaky.followEvents({ name: 'watched', signal: end.signal })) {
        if (reason === 'ScalingReplicaSet') break;
      }
      await kubectl(['delete', 'deployment', 'watched', '-n', place, '--wait=false']);
      assert.equal(await gone, undefined);
    } finally {
      abort.abort();
      figure('watches cut', await cuts, 'connections');
    }
  });
});

/** @param {AsyncIterable<unknown>} source */
async function first(source) {
  for await (const one of source) return one;
  return undefined;
}
