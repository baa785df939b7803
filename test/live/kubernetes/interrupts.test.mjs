// @ts-check
// Ctrl-C, at whatever `tars` does: it leaves with 130, and nothing is half done.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { settings } from '../settings.mjs';
import { deployment, echo, place, podSpec } from './ops-objects.mjs';
import { apply, kubeconfigWith, managerOf, placeDown, placeUp, readyPod } from './ops-place.mjs';
import { startTars, tars } from './tars.mjs';

const cwd = settings.project;
/** Pods that run and never serve, so that whoever waits for them waits. */
const neverReady = podSpec(`print('begun')\n${echo}`, {
  readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 },
});

/** @type {any} */
let manager;

before(async () => {
  await placeUp();
  manager = await managerOf();
  await apply(deployment('server', podSpec(`print('begun')\n${echo}`)), deployment('never', neverReady));
  await readyPod(manager, 'server');
});
after(async () => {
  manager?.close();
  await placeDown();
});

/** What is interrupted, and once it has said what. @type {readonly (readonly [string[], RegExp])[]} */
const commands = [
  [['logs', 'server', '-f'], /begun/],
  [['exec', 'server', '--yes', '--', 'sh', '-c', 'echo begun; sleep 60'], /^begun/m],
  [['rollout', 'status', 'never'], /replicas/],
  [['restart', 'never', '--yes'], /done/],
  [['scale', 'never', '2', '--yes', '--wait'], /done/],
  [['forward', 'server', '0:7000'], /leads to port/],
  [['debug', 'server', '--yes', '--image', 'no-such-image:0.0.0'], /add a container/],
  [['top', '--watch'], /POD/],
  [['pods', '--watch'], /server-/],
  [['status', '--watch'], /server/],
  [['events', '--watch'], /server/],
];

/** @param {readonly string[]} args */
function inPlace(args) {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return [...args.slice(0, end), '-n', place, ...args.slice(end)];
}

describe('Ctrl-C', () => {
  for (const [args, said] of commands) {
    test(`tars ${args.join(' ')}`, async () => {
      let isInterrupted = false;
      const { code, text } = await startTars(inPlace(args), {
        cwd,
        onText(text, running) {
          if (isInterrupted || !said.test(text)) return;
          isInterrupted = true;
          running.interrupt();
        },
      }).ended;
      assert.equal(code, 130, text);
      assert.match(text, /^aborted(: debug-1 stays in pod .+)?$/m);
      assert.doesNotMatch(text, /^error|TARS\d/m);
    });
  }

  for (const args of [
    ['pods'],
    ['rollout', 'undo', 'never', '--yes'],
    ['autoscale', 'explain'],
    ['autoscale', 'run', 'backend', '--target', 'kubernetes', '--yes'],
    ['doctor', '--target', 'kubernetes'],
    ['diff', '--against', 'cluster'],
  ]) {
    test(`tars ${args.join(' ')}, while the server says nothing`, async () => {
      /** @type {import('node:net').Socket[]} */
      const sockets = [];
      const silent = createServer((socket) => void sockets.push(socket.on('error', () => {}).resume()));
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      try {
        const { port } = /** @type {import('node:net').AddressInfo} */ (silent.address());
        const file = await kubeconfigWith(({ cluster }) => (cluster.server = `https://127.0.0.1:${port}`));
        const running = startTars([...args, '--kubeconfig', file], { cwd });
        // A command that ends by itself has asked nobody.
        const ended = running.ended.then(({ code, text }) => assert.fail(`it ended with ${code}: ${text}`));
        await Promise.race([once(silent, 'connection'), ended]);
        running.interrupt();
        const { code, text } = await running.ended;
        assert.equal(code, 130, text);
        // Whoever asked, kubectl or tars itself, is gone as well.
        await until('nobody is connected', () => sockets.every(({ closed }) => closed));
      } finally {
        for (const socket of sockets) socket.destroy();
        silent.close();
      }
    });
  }

  test('at any moment of a scale: it has the old number of replicas or the new, and the next scale works', async () => {
    const outcomes = { interrupted: 0, scaled: 0 };
    for (let ms = 0; ; ms += settings.full ? 50 : 200) {
      const { desired: old } = await manager.getDeploymentStatus('server');
      const wanted = old === 1 ? 2 : 1;
      const running = startTars(['scale', 'server', `${wanted}`, '--yes', '-n', place], { cwd });
      await sleep(ms);
      running.interrupt();
      const { code, signal, text } = await running.ended;
      // Before it listens to Ctrl-C it is ended by it, which a shell calls 130 as well.
      assert.ok(code === 130 || code === 0 || signal === 'SIGINT', `${code} ${signal} ${text}`);
      const { desired } = await manager.getDeploymentStatus('server');
      assert.ok(desired === old || desired === wanted, `from ${old} to ${wanted}, and it has ${desired}`);
      outcomes[desired === old ? 'interrupted' : 'scaled'] += 1;
      if (code === 0) {
        assert.equal(desired, wanted, 'who says that it is done has done it');
        break;
      }
    }
    figure('scales called off before and after the change', outcomes.interrupted + outcomes.scaled, 'scales');
    assert.ok(outcomes.interrupted > 0);
    const next = await tars(['scale', 'server', '3', '--yes', '--wait', '-n', place], cwd);
    assert.equal(next.code, 0, next.text);
    assert.equal((await manager.getDeploymentStatus('server')).available, 3);
    const back = await tars(['scale', 'server', '1', '--yes', '-n', place], cwd);
    assert.equal(back.code, 0, back.text);
  });
});
