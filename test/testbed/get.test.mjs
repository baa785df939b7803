// @ts-check
// Whether the programs are found, built whole, and asked for aloud: node --test test/testbed/get.test.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binaryPath } from './binaries.mjs';
import { buildKey, cacheDirectory, removePartial, writeWhole } from './cache.mjs';
import { linkerFlags, sourceDirectory, versionOf } from './go.mjs';
import { partNamed, parts } from './parts.mjs';
import { run } from './run.mjs';

const program = fileURLToPath(new URL('./get.mjs', import.meta.url));

/** @type {string} */
let directory;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'tars-get-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

/**
 * @param {Readonly<Record<string, string>>} env
 * @param {readonly string[]} args
 */
function get(env, ...args) {
  const inherited = /** @type {Record<string, string>} */ (process.env);
  return run(process.execPath, [program, ...args], { env: { ...inherited, KUBEBUILDER_ASSETS: '', ...env } });
}

describe('get.mjs', () => {
  test('builds a part once', async () => {
    const env = { TARS_TESTBED_CACHE: join(directory, 'cache') };
    const first = await get(env, 'kubeconform');
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^kubeconform +v0\.7\.0 +built in \d+\.\d s\n$/);
    const second = await get(env, 'kubeconform');
    assert.match(second.stdout, /^kubeconform +v0\.7\.0 +in the cache \(\d+\.\d s\)\n$/);
    const [folder = ''] = readdirSync(join(directory, 'cache', 'parts'));
    const { stdout } = await run(join(directory, 'cache', 'parts', folder, executable('kubeconform')), ['-v']);
    assert.equal(stdout, 'v0.7.0\n');
  });

  test('leaves nothing half built when it is killed, and builds it the next time', async () => {
    const cache = join(directory, 'killed');
    const env = { ...process.env, TARS_TESTBED_CACHE: cache, GOFLAGS: '-a' }; // -a: long enough to be killed
    const child = spawn(process.execPath, [program, 'kubeconform'], { env, stdio: 'ignore', detached: true });
    const ended = once(child, 'exit');
    while (!existsSync(join(cache, 'parts')) || readdirSync(join(cache, 'parts')).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.kill(-Number(child.pid), 'SIGKILL'); // the Go processes below it, too
    await ended;
    assert.match(readdirSync(join(cache, 'parts')).join(), /\.partial$/);
    const { code, stdout } = await get({ TARS_TESTBED_CACHE: cache }, 'kubeconform');
    assert.equal(code, 0);
    assert.match(stdout, / built in /);
    assert.match(readdirSync(join(cache, 'parts')).join(), /^kubeconform-[0-9a-f]{16}$/);
  });

  test('says that Go is missing', async () => {
    const path = (process.env.PATH ?? '')
      .split(delimiter)
      .filter((folder) => !existsSync(join(folder, executable('go'))));
    const { code, stderr } = await get({ PATH: path.join(delimiter) });
    assert.equal(code, 1);
    assert.match(stderr, /^error: the testbed is built with Go, and there is no "go" in PATH: install/);
  });

  test('says which parts there are', async () => {
    const { code, stderr } = await get({}, 'kubernetis');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: no such part: "kubernetis"; there are etcd, kubernetes, compose, kubeconform, kube-score, trivy, hpa-oracle, containerd, /,
    );
  });
});

describe('KUBEBUILDER_ASSETS', () => {
  /** @param {readonly string[]} binaries */
  const folderWith = (...binaries) => {
    const folder = mkdtempSync(join(directory, 'assets-'));
    binaries.forEach((name) => writeFileSync(join(folder, executable(name)), ''));
    return folder;
  };

  /**
   * @template T
   * @param {string} assets
   * @param {() => T} body
   */
  const withAssets = (assets, body) => {
    const before = process.env.KUBEBUILDER_ASSETS;
    process.env.KUBEBUILDER_ASSETS = assets;
    try {
      return body();
    } finally {
      if (before === undefined) delete process.env.KUBEBUILDER_ASSETS;
      else process.env.KUBEBUILDER_ASSETS = before;
    }
  };

  test('takes the place of what we build', async () => {
    const assets = folderWith('etcd', 'kube-apiserver', 'kubectl');
    withAssets(assets, () => {
      for (const name of ['etcd', 'kube-apiserver', 'kubectl']) {
        assert.equal(binaryPath(name), join(assets, executable(name)));
      }
      assert.equal(dirname(dirname(binaryPath('kube-controller-manager'))), join(cacheDirectory(), 'parts'));
      assert.equal(dirname(dirname(binaryPath('docker-compose'))), join(cacheDirectory(), 'parts'));
    });
    const { stdout } = await get({ KUBEBUILDER_ASSETS: assets }, 'etcd');
    assert.match(stdout, /^etcd +from KUBEBUILDER_ASSETS/);
  });

  test('may bring its own kube-controller-manager', () => {
    const assets = folderWith('etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager');
    withAssets(assets, () => assert.equal(dirname(binaryPath('kube-controller-manager')), assets));
  });

  test('is refused when it lacks a program', () => {
    withAssets(folderWith('etcd', 'kubectl'), () =>
      assert.throws(
        () => binaryPath('kube-apiserver'),
        /^Error: KUBEBUILDER_ASSETS is .*, which holds no kube-apiserver:/,
      ),
    );
  });
});

describe('binaryPath', () => {
  test('says how to get what is not built', () => {
    const before = process.env.TARS_TESTBED_CACHE;
    process.env.TARS_TESTBED_CACHE = join(directory, 'empty');
    try {
      assert.throws(() => binaryPath('docker-compose'), {
        message: 'docker-compose is not built: run "node test/testbed/get.mjs compose"',
      });
    } finally {
      if (before === undefined) delete process.env.TARS_TESTBED_CACHE;
      else process.env.TARS_TESTBED_CACHE = before;
    }
  });
});

describe('a part', () => {
  for (const part of parts) {
    test(`${part.name} has the version that its go.mod requires, and stamps it`, () => {
      assert.match(versionOf(part), /^v\d+\.\d+\.\d+(-beta\.\d+|\+incompatible)?$/);
      assert.match(readFileSync(join(sourceDirectory(part), 'go.mod'), 'utf8'), new RegExp(`${part.module} v`));
      assert.equal(linkerFlags(part).includes('undefined'), false);
    });
  }

  test('kubernetes stamps both packages that report a version', () => {
    assert.equal(
      linkerFlags(partNamed('kubernetes')),
      '-s -w' +
        ' -X k8s.io/component-base/version.gitVersion=v1.37.2' +
        ' -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=37' +
        ' -X k8s.io/client-go/pkg/version.gitVersion=v1.37.2' +
        ' -X k8s.io/client-go/pkg/version.gitMajor=1 -X k8s.io/client-go/pkg/version.gitMinor=37',
    );
  });
});

describe('the cache', () => {
  test('has another key for other sources, other names and other facts', () => {
    const sources = join(directory, 'sources');
    mkdirSync(sources);
    writeFileSync(join(sources, 'go.mod'), 'module a\n');
    const keys = [buildKey(sources, ['go1.26'])];
    assert.equal(buildKey(sources, ['go1.26']), keys[0]);
    keys.push(buildKey(sources, ['go1.27']));
    writeFileSync(join(sources, 'go.mod'), 'module b\n');
    keys.push(buildKey(sources, ['go1.26']));
    writeFileSync(join(sources, 'go.sum'), '');
    keys.push(buildKey(sources, ['go1.26']));
    assert.equal(new Set(keys).size, 4);
  });

  test('keeps nothing of what failed, and the first of two', () => {
    const folder = join(directory, 'whole');
    mkdirSync(folder);
    const destination = join(folder, 'part');
    assert.throws(
      () =>
        writeWhole(destination, (temporary) => {
          writeFileSync(join(temporary, 'half'), '');
          throw new Error('on purpose');
        }),
      { message: 'on purpose' },
    );
    assert.deepEqual(readdirSync(folder), []);
    for (const content of ['first', 'second']) {
      writeWhole(destination, (temporary) => writeFileSync(join(temporary, 'file'), content));
    }
    assert.equal(readFileSync(join(destination, 'file'), 'utf8'), 'first');
    assert.deepEqual(readdirSync(folder), ['part']);
  });

  test('removes the halves of dead runs only', () => {
    const folder = join(directory, 'halves');
    const mine = `part.${process.pid}.partial`;
    const dead = `part.${2 ** 30}.partial`; // above any process id
    [mine, dead, 'part'].forEach((name) => mkdirSync(join(folder, name), { recursive: true }));
    removePartial(folder);
    assert.deepEqual(readdirSync(folder).sort(), ['part', mine].sort());
  });
});

/** @param {string} name */
function executable(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}
