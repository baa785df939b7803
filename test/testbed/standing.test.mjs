// @ts-check
// Whether the control plane that stays does: node --test test/testbed/standing.test.mjs
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from './cache.mjs';
import { kubectlFor } from './control-plane.mjs';
import { isAlive } from './process.mjs';
import { run } from './run.mjs';
import { until } from './wait.mjs';

const program = fileURLToPath(new URL('./main.mjs', import.meta.url));

describe('main.mjs', () => {
  // a cache with a state of its own, for the one that a person has up must stay
  const cache = mkdtempSync(join(tmpdir(), 'tars-standing-'));

  /** @param {readonly string[]} args */
  const main = (...args) =>
    run(process.execPath, [program, ...args], {
      env: /** @type {Record<string, string>} */ ({ ...process.env, TARS_TESTBED_CACHE: cache }),
    });

  let kubeconfig = '';

  /** What it says once it is ready: a server that is busy is not, for a moment. */
  const ready = () =>
    until('it is ready', async () => {
      const { code, stdout } = await main('status');
      return code === 0 && stdout;
    });

  before(() => {
    const parts = join(cacheDirectory(), 'parts');
    mkdirSync(parts, { recursive: true });
    symlinkSync(parts, join(cache, 'parts'), 'junction');
  });

  after(async () => {
    await main('down');
    rmSync(cache, { recursive: true, force: true });
  });

  test('says that nothing runs', async () => {
    assert.deepEqual(await main('status'), { code: 1, stdout: 'not running\n', stderr: '' });
    assert.deepEqual(await main('down'), { code: 0, stdout: 'was not running\n', stderr: '' });
    assert.deepEqual(await main('logs'), { code: 1, stdout: '', stderr: 'error: not running, so there are no logs\n' });
  });

  test('starts one, once, that outlives it', async () => {
    const [first, second] = await Promise.all([main('up'), main('up')]);
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(second, first);
    kubeconfig = first.stdout.trim().replace('KUBECONFIG=', '');
    assert.ok(kubeconfig.startsWith(cache));
    const { stdout } = await kubectlFor(kubeconfig)(['get', 'namespace', 'default', '-o', 'name']);
    assert.equal(stdout, 'namespace/default\n');
    assert.deepEqual(await main('up'), first);
  });

  test('says that it runs, and shows its logs', async () => {
    assert.match(await ready(), /^ready: https:\/\/127\.0\.0\.1:\d+$/m);
    const logs = await main('logs', 'kube-apiserver');
    assert.equal(logs.code, 0, logs.stderr);
    assert.match(logs.stdout, /^==> kube-apiserver: .*\n/);
    assert.match(logs.stdout, /Serving securely on 127\.0\.0\.1/);
  });

  test('starts another when a process of it has died', async () => {
    const before = await ready();
    const etcd = Number(/^etcd \((\d+)\): running$/m.exec(before)?.[1]);
    process.kill(etcd, 'SIGKILL');
    await until('the process is gone', () => !isAlive(etcd));
    assert.equal((await main('status')).code, 1);
    const { code, stderr } = await main('up');
    assert.equal(code, 0, stderr);
    assert.notEqual(await ready(), before);
  });

  test('stops it', async () => {
    const pids = [...(await ready()).matchAll(/\((\d+)\): running/g)].map(([, pid]) => Number(pid));
    assert.equal(pids.length, 3);
    assert.deepEqual(await main('down'), { code: 0, stdout: 'stopped\n', stderr: '' });
    assert.deepEqual(
      pids.filter((pid) => isAlive(pid)),
      [],
    );
    assert.equal(existsSync(dirname(dirname(kubeconfig))), false);
    assert.equal((await main('status')).code, 1);
  });

  test('explains itself', async () => {
    const { code, stderr } = await main('start');
    assert.equal(code, 2);
    assert.match(stderr, /^usage: /);
  });
});
