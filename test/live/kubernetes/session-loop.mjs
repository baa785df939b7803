// @ts-check
// Opens and closes sessions to a pod, and says what this process holds early and late: every log that is
// followed and left, every log that is read to its end, every command. As JSON, a line a sample.
//   node --expose-gc session-loop.mjs KUBECONFIG NAMESPACE POD SESSIONS
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const { ClusterManager } = createRequire(import.meta.url)('cdk8s-tars/ops');
const [kubeconfig, namespace, pod = '', count = '0'] = process.argv.slice(2);
const sessions = Number(count);
const width = 12;

const manager = await ClusterManager.connect({ kubeconfig, namespace });

const kinds = [
  async () => {
    const { exitCode, stdout } = await manager.executeInPod(pod, ['echo', 'here']);
    assert.deepEqual([exitCode, stdout], [0, 'here\n']);
  },
  async () => {
    for await (const { text } of manager.monitorPodLogs({ pod, tailLines: 1 })) {
      assert.notEqual(text, '');
      break; // it would go on
    }
  },
  async () => {
    let lines = 0;
    for await (const { text } of manager.monitorPodLogs({ pod, follow: false, tailLines: 5 })) lines += text ? 1 : 0;
    assert.equal(lines, 5);
  },
  async () => {
    const abort = new AbortController();
    const lines = manager.monitorPodLogs({ pod, tailLines: 1, signal: abort.signal });
    await lines.next();
    abort.abort();
    await assert.rejects(lines.next(), { code: 'Aborted' });
  },
];

let begun = 0;
let next = 0;
const marks = [0.1, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * sessions));
for (const mark of marks) {
  next = mark;
  await Promise.all(Array.from({ length: width }, work));
  await sample();
}
manager.close();

async function work() {
  while (begun < next) {
    const kind = kinds[begun++ % kinds.length];
    await kind?.();
  }
}

/** Sockets are closed a moment after their sessions. */
async function sample() {
  let sockets = openSockets();
  for (let i = 0; i < 600 && sockets > 8; i++) {
    await sleep(100);
    sockets = openSockets();
  }
  globalThis.gc?.();
  await sleep(50);
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo().length;
  process.stdout.write(`${JSON.stringify({ sessions: begun, sockets, rss, heapUsed, external, resources })}\n`);
}

function openSockets() {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false; // that of the folder itself
    }
  }).length;
}
