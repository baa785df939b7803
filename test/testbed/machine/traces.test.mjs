// @ts-check
// Whether a machine leaves anything behind, however it ends. It takes the place of the node and of
// the engine that run, so stop those before:
//   node --test --test-concurrency=1 test/testbed/machine/traces.test.mjs
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../cache.mjs';
import { isAlive } from '../process.mjs';
import { run } from '../run.mjs';
import { until } from '../wait.mjs';

const program = fileURLToPath(new URL('../main.mjs', import.meta.url));
const isPossible = process.platform === 'linux' && process.getuid?.() === 0;

/** Settings that a kubelet or an engine likes to change. */
const settings = [
  'kernel/panic',
  'kernel/panic_on_oops',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'net/ipv4/ip_forward',
];

/** What is to be the same before and after. */
function snapshot() {
  return {
    foreign: readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isAlive(Number(pid)) && isForeign(pid)),
    mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n').sort(),
    interfaces: readdirSync('/sys/class/net').sort(),
    rules: execFileSync('iptables-save', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter((line) => line.startsWith('-A')),
    cgroups: readdirSync('/sys/fs/cgroup').flatMap((name) => below(join('/sys/fs/cgroup', name))),
    settings: settings.map((name) => [name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()]),
  };
}

/**
 * Whether the process is in another process tree than ours: a machine is one, with trees in it.
 *
 * @param {string} pid
 */
function isForeign(pid) {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) !== readlinkSync('/proc/self/ns/pid');
  } catch {
    return false; // it has ended
  }
}

/** @param {string} directory */
function below(directory) {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(directory, name));
  } catch {
    return [];
  }
}

for (const name of ['engine', 'node']) {
  describe(`the ${name}`, { skip: !isPossible && 'it needs Linux and root' }, () => {
    /** @type {string} */
    let cache;
    /** @type {ReturnType<typeof snapshot>} */
    let clean;

    /** @param {readonly string[]} args */
    const main = (...args) =>
      run(process.execPath, [program, name, ...args], {
        env: /** @type {Record<string, string>} */ ({ ...process.env, TARS_TESTBED_CACHE: cache }),
      });

    const stateFile = () => {
      const running = join(cache, 'running');
      const spaces = existsSync(running) ? readdirSync(running) : [];
      return spaces.map((space) => join(running, space, name, 'machine.json')).find((file) => existsSync(file));
    };

    /** @returns {any} */
    const state = () => {
      const file = stateFile();
      return file ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    };

    before(() => {
      assert.equal(existsSync(`/sys/class/net/tars-${name}`), false, `stop the ${name} that runs`);
      cache = mkdtempSync(join(tmpdir(), 'tars-traces-'));
      for (const shared of ['parts', 'images']) {
        mkdirSync(join(cacheDirectory(), shared), { recursive: true });
        symlinkSync(join(cacheDirectory(), shared), join(cache, shared));
      }
      clean = snapshot();
    });

    after(async () => {
      if (cache) {
        await main('down');
        rmSync(cache, { recursive: true, force: true });
      }
    });

    test('is not up before', async () => {
      const { code, stdout } = await main('status');
      assert.equal(code, 1);
      assert.equal(stdout, 'not running\n');
    });

    test('comes up once, whoever asks', async () => {
      const [first, second] = await Promise.all([main('up'), main('up')]);
      assert.equal(first.code, 0, first.stderr);
      assert.deepEqual(second, first);
      assert.equal((await main('status')).code, 0);
      assert.notDeepEqual(snapshot(), clean);
    });

    test('is started anew after it was killed', async () => {
      const { holder } = state();
      process.kill(holder.pid, 'SIGKILL');
      await until('it is down', async () => (await main('status')).code === 1);
      const { code, stderr } = await main('up');
      assert.equal(code, 0, stderr);
      assert.notEqual(state().holder.pid, holder.pid);
      assert.equal((await main('status')).code, 0);
    });

    test('leaves nothing when it is stopped', async () => {
      assert.equal((await main('down')).stdout, 'stopped\n');
      assert.deepEqual(snapshot(), clean);
      assert.equal(stateFile(), undefined);
      assert.equal((await main('down')).stdout, 'was not running\n');
    });

    test('leaves nothing when its start is killed, and then it is stopped', async () => {
      const env = { ...process.env, TARS_TESTBED_CACHE: cache };
      const starting = spawn(process.execPath, [program, name, 'up'], { env, stdio: 'ignore' });
      const ended = once(starting, 'exit');
      await until('it has started something', () => state()?.processes.length > 0, { intervalMs: 5 });
      starting.kill('SIGKILL');
      await ended;
      assert.notDeepEqual(snapshot(), clean);
      assert.equal((await main('down')).stdout, 'stopped\n');
      assert.deepEqual(snapshot(), clean);
    });
  });
}
