// @ts-check
// Whether Compose is the real one: node --test test/testbed/compose.test.mjs
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binaryPath } from './binaries.mjs';
import { composeConfig } from './compose.mjs';
import { versionOf } from './go.mjs';
import { partNamed } from './parts.mjs';
import { run } from './run.mjs';

const composeFile = `
name: shop
services:
  web:
    image: "registry.example/web:\${TAG:?is not set}"
    ports: ["127.0.0.1:8080:80"]
    depends_on:
      store: { condition: service_healthy }
  store:
    image: registry.example/store:1.0.0
    healthcheck: { test: ["CMD", "true"], interval: 10s, start_interval: 1s, start_period: 5s }
  admin:
    image: registry.example/admin:1.0.0
    profiles: [tools]
`;

describe('composeConfig', () => {
  /** @type {string} */
  let directory;
  /** @type {string} */
  let file;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'tars-compose-'));
    file = join(directory, 'docker-compose.yml');
    writeFileSync(file, composeFile);
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  /** @param {Parameters<typeof composeConfig>[1]} options */
  const configOf = async (options) => {
    const { code, stdout, stderr } = await composeConfig(file, options);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };

  test('is of the version that go.mod names', async () => {
    const { stdout } = await run(binaryPath('docker-compose'), ['version', '--short']);
    assert.equal(`v${stdout.trim().replace(/^v/, '')}`, versionOf(partNamed('compose')));
  });

  test('interpolates, and fills in the defaults', async () => {
    const { services } = await configOf({ env: { TAG: '2.0.0' } });
    assert.deepEqual(Object.keys(services).sort(), ['store', 'web']);
    assert.equal(services.web.image, 'registry.example/web:2.0.0');
    assert.deepEqual(services.web.depends_on, { store: { condition: 'service_healthy', required: true } });
    assert.deepEqual(services.web.ports, [
      { mode: 'ingress', host_ip: '127.0.0.1', target: 80, published: '8080', protocol: 'tcp' },
    ]);
  });

  test('activates profiles', async () => {
    const { services } = await configOf({ env: { TAG: '2.0.0' }, profiles: ['tools'] });
    assert.deepEqual(Object.keys(services).sort(), ['admin', 'store', 'web']);
  });

  test('reads an environment file, and doubles the dollar on output', async () => {
    const envFile = join(directory, 'other.env');
    writeFileSync(envFile, "TAG='3$0'\n");
    const { services } = await configOf({ envFile });
    assert.equal(services.web.image, 'registry.example/web:3$$0');
  });

  test('writes YAML', async () => {
    const { code, stdout } = await composeConfig(file, { env: { TAG: '2.0.0' }, format: 'yaml' });
    assert.equal(code, 0);
    assert.match(stdout, /^name: shop\nservices:\n/);
  });

  test('knows no variable of ours', async () => {
    process.env.TAG = 'ours';
    try {
      const { code, stderr } = await composeConfig(file);
      assert.notEqual(code, 0);
      assert.match(stderr, /required variable TAG is missing a value: is not set/);
    } finally {
      delete process.env.TAG;
    }
  });

  test('refuses what is no property of a service', async () => {
    const wrong = join(directory, 'wrong.yml');
    writeFileSync(wrong, 'services: { web: { image: "a:1", helthcheck: {} } }\n');
    const { code, stderr } = await composeConfig(wrong);
    assert.notEqual(code, 0);
    assert.match(stderr, /additional properties 'helthcheck' not allowed/);
  });

  test('merges several files', async () => {
    const override = join(directory, 'override.yml');
    writeFileSync(override, 'services: { store: { image: "registry.example/store:9.0.0" } }\n');
    const { code, stdout, stderr } = await composeConfig([file, override], { env: { TAG: '2.0.0' } });
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).services.store.image, 'registry.example/store:9.0.0');
  });
});
