// @ts-check
// What Compose says when something is missing, before it starts anything.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { leftovers } from './containers.mjs';
import { tryCompose } from './docker.mjs';
import { stackModel } from './model.mjs';
import { committedProject, environmentFile, exampleOf, filledIn } from './project.mjs';

const project = committedProject();
const example = exampleOf(project.directory);
const file = environmentFile(project.directory);

/** @type {{ key: string, mayBeEmpty: boolean }[]} */
const keys = stackModel().secrets.flatMap((/** @type {any} */ secret) => secret.keys);

describe('docker compose up', () => {
  /** @type {string[]} */
  let found = [];

  before(async () => {
    found = await leftovers();
  });

  after(() => project.remove());

  /** @param {string | undefined} environment */
  async function refusal(environment) {
    rmSync(file, { force: true });
    if (environment !== undefined) {
      writeFileSync(file, environment, { mode: 0o600 });
    }
    const { code, stderr } = await tryCompose(['up', '--detach'], { project: project.directory });
    assert.notEqual(code, 0, 'it was not refused');
    assert.deepEqual(await leftovers(), found, 'something was started');
    return stderr;
  }

  /** @param {string} key */
  const words = (key) =>
    `required variable ${key} is missing a value: copy compose/.env.example to compose/.env and set ${key} there`;

  test('is refused without .env, with what is to be done', async () => {
    assert.match(await refusal(undefined), /copy compose\/\.env\.example to compose\/\.env and set \w+ there/);
  });

  test('is refused with .env.example as it is', async () => {
    assert.match(await refusal(example), /copy compose\/\.env\.example to compose\/\.env and set \w+ there/);
  });

  for (const { key, mayBeEmpty } of keys) {
    test(`is refused without ${key}`, async () => {
      const without = filledIn(example).replace(new RegExp(`^${key}=.*\n`, 'm'), '');
      const said = await refusal(without);
      assert.ok(said.includes(words(key)), said);
    });

    test(`${mayBeEmpty ? 'takes' : 'is refused with'} an empty ${key}`, async () => {
      const empty = filledIn(example).replace(new RegExp(`^${key}=.*$`, 'm'), `${key}=`);
      if (mayBeEmpty) {
        writeFileSync(file, empty, { mode: 0o600 });
        const { code, stderr } = await tryCompose(['config', '--quiet'], { project: project.directory });
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      } else {
        const said = await refusal(empty);
        assert.ok(said.includes(words(key)), said);
      }
    });
  }
});
