import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { composeConfig } from '../testbed/compose.mjs';
import { SECRETS, stack, synthesized, tars, Chart, TRICKY } from './support.mjs';

const VARIANTS = {
  'as shipped': {},
  'Gateway API': { exposure: 'gateway' },
  production: { environment: 'production' },
  'optional services off': { adminer: false, monitoring: false },
  'models and a GPU': { models: ['llama3.2:1b'], gpu: {} },
  'Ollama elsewhere': { ollamaHost: 'host.docker.internal' },
  'self-signed certificate': { tls: { selfSigned: true } },
};

describe('docker compose config', () => {
  for (const [name, props] of Object.entries(VARIANTS)) {
    test(`takes the file: ${name}`, async (t) => {
      const { composeFile, env, root } = synthesized(t, stack(props));
      for (const profiles of [[], ['*'], ['adminer'], ['monitoring']]) {
        // In .env all profiles are on: the shell's variable counts more.
        const { code, stderr } = await composeConfig(composeFile, {
          profiles,
          env: { COMPOSE_PROFILES: '' },
          envFile: env,
        });
        assert.equal(code, 0, `profiles ${profiles.join()}: ${stderr}`);
        assert.equal(stderr, '');
      }
      const both = await composeConfig([composeFile, join(root, 'compose', 'compose.dev.yml')], {
        profiles: ['*'],
        envFile: env,
      });
      assert.equal(both.code, 0, both.stderr);
    });
  }

  test('has every service of the contract with all profiles on', async (t) => {
    const { composeFile, env } = synthesized(t, stack({}));
    const { stdout } = await composeConfig(composeFile, { profiles: ['*'], envFile: env, format: 'json' });
    assert.deepEqual(Object.keys(JSON.parse(stdout).services).sort(), [
      ...[
        'adminer',
        'backend',
        'backend-migrate',
        'cache',
        'frontend',
        'gateway',
        'grafana',
        'ollama',
        'postgres',
        'prometheus',
      ],
    ]);
  });

  test('refuses to run without .env, and says which variable is missing', async (t) => {
    const { composeFile, env } = synthesized(t, stack({}));
    rmSync(env);
    const { code, stderr } = await composeConfig(composeFile, {});
    assert.notEqual(code, 0);
    assert.match(stderr, /required variable \w+ is missing a value: copy compose\/\.env\.example to compose\/\.env/);
  });

  test('refuses each key that is missing, and lets OPENAI_API_KEY be empty', async (t) => {
    const { composeFile, env } = synthesized(t, stack({}));
    for (const missing of Object.keys(SECRETS)) {
      const lines = Object.entries(SECRETS).filter(([key]) => key !== missing);
      writeFileSync(
        env,
        ['COMPOSE_PROFILES=adminer,monitoring', ...lines.map(([key, value]) => `${key}=${value}`), ''].join('\n'),
      );
      const { code, stderr } = await composeConfig(composeFile, { envFile: env });
      assert.notEqual(code, 0, `${missing} is missing and nothing was said`);
      assert.ok(stderr.includes(missing), stderr);
    }
  });

  test('hands every text on unchanged', async (t) => {
    const values = Object.fromEntries(TRICKY.map((text, i) => [`V${i}`, text]));
    const { composeFile, env } = synthesized(
      t,
      (app) => {
        const variables = Object.entries(values).map(([key, text]) => [key, tars.EnvValue.fromValue(text)]);
        new tars.Service(new Chart(app, 'odd'), 'one', { image: 'one:1', env: Object.fromEntries(variables) });
      },
      { keys: {} },
    );
    const { code, stdout, stderr } = await composeConfig(composeFile, { envFile: env, format: 'json' });
    assert.equal(code, 0, stderr);
    // `config` writes a dollar twice, so that its output can be read again.
    const got = Object.entries(JSON.parse(stdout).services.one.environment).map(([k, v]) => [
      k,
      v.replaceAll('$$', '$'),
    ]);
    assert.deepEqual(Object.fromEntries(got), values);
  });
});
