// @ts-check
// Working on the code under a plain "up": an edit is served, and what is on the page stays.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { before, describe, test } from 'node:test';
import { browserPath, patienceMs, withBrowser } from '../../smoke/browser.mjs';
import { ask } from '../../smoke/client.mjs';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { settings } from '../settings.mjs';
import { containers, startOf } from './containers.mjs';
import { places, target, up } from './stack.mjs';

/** Longer than the gateway keeps a silent connection of the page's routes. */
const idleSeconds = 75;

describe('an edit', () => {
  /** @type {string[]} */
  let started = [];
  const starts = async () => (await containers()).filter(({ facts }) => facts.State.Running).map(startOf);

  before(async () => {
    await up();
    started = await starts();
  });

  test('of a backend file is served, and no request fails meanwhile', async (t) => {
    const file = edit(t, 'app/backend/tars/__init__.py', /__version__ = ".*"/, '__version__ = "9.9.9"');
    /** @type {string[]} */
    const failures = [];
    const version = async () => {
      try {
        const { status, body } = await ask(target, `${places.backend}/api/info`);
        if (status === 200) return JSON.parse(body).version;
        failures.push(`${status} ${body}`);
      } catch (error) {
        failures.push(String(error));
      }
      return undefined;
    };
    const old = await version();
    const began = performance.now();
    file.write();
    await until('the edit is served', async () => (await version()) === '9.9.9');
    figure('edit of a backend file until it is served', (performance.now() - began) / 1000, 's');
    file.restore();
    await until('the old version is served again', async () => (await version()) === old);
    assert.deepEqual(failures, []);
  });

  for (const [how, url] of Object.entries({ 'on its own port': places.devServer, 'through the gateway': places.page })) {
    test(`of a React component is shown ${how}, and the page’s state is kept`, { skip: !browserPath && 'there is no Chromium' }, async (t) => {
      const words = `Linked ${how}`;
      const file = edit(t, 'app/frontend/src/components/ConnectionBadge.tsx', /'Connected'/, `'${words}'`);
      await withBrowser({ ...target, page: places.page }, async (browser) => {
        const page = await browser.newPage();
        page.setDefaultTimeout(patienceMs);
        await page.goto(url, { waitUntil: 'load' });
        await page.locator('.badge[data-state=open]').waitFor();
        const message = page.getByLabel('Message', { exact: true });
        await message.fill('not yet sent');
        await page.evaluate('window.untouched = true');
        if (settings.full) {
          await sleep(idleSeconds * 1000); // somebody reads for a while
        }
        const began = performance.now();
        file.write();
        await page.getByRole('status').getByText(words).waitFor();
        figure(`edit of a React component until it is shown, ${how}`, (performance.now() - began) / 1000, 's');
        assert.equal(await message.inputValue(), 'not yet sent');
        assert.equal(await page.evaluate('window.untouched'), true, 'the page was not loaded again');
      });
    });
  }

  test('restarts no container', async () => {
    assert.deepEqual(await starts(), started);
  });
});

/**
 * An edit of the project's source, taken back at the end of the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} path
 * @param {RegExp} old
 * @param {string} replacement
 */
function edit(t, path, old, replacement) {
  const file = join(settings.project, path);
  const before = readFileSync(file, 'utf8');
  const edited = before.replace(old, replacement);
  assert.notEqual(edited, before);
  const restore = () => writeFileSync(file, before);
  t.after(restore);
  return { write: () => writeFileSync(file, edited), restore };
}
