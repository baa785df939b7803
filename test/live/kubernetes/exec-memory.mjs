// @ts-check
// Reads a large output of a command in a pod, slowly at first, and says what this process needed for it.
//   node --expose-gc exec-memory.mjs KUBECONFIG NAMESPACE POD BYTES
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const { ClusterManager } = createRequire(import.meta.url)('cdk8s-tars/ops');
const [kubeconfig, namespace, pod = '', size = '0'] = process.argv.slice(2);

const manager = await ClusterManager.connect({ kubeconfig, namespace });
await manager.executeInPod(pod, ['head', '-c', '1000000', '/dev/zero'], { onOutput: () => {} });
globalThis.gc?.();
const baseline = process.memoryUsage().rss;
let peak = baseline;
const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
let bytes = 0;
let isFirst = true;
const began = performance.now();
const { exitCode } = await manager.executeInPod(pod, ['head', '-c', size, '/dev/zero'], {
  /** @param {string} _ @param {Buffer} chunk */
  async onOutput(_, chunk) {
    bytes += chunk.length;
    if (isFirst) {
      isFirst = false;
      await sleep(2_000); // the container has to wait as well
    }
  },
});
clearInterval(look);
manager.close();
process.stdout.write(JSON.stringify({ exitCode, bytes, growth: peak - baseline, ms: performance.now() - began }));
