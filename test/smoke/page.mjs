// @ts-check
import { patienceMs, withBrowser } from './browser.mjs';

/** @typedef {import('./client.mjs').Target} Target */

/**
 * Loads the page in a real browser and asks something there.
 *
 * @param {Target} target
 * @param {string | undefined} picture
 * @returns {Promise<{ badge: string | null, answer: string, problems: string[] }>}
 */
export function chatInBrowser(target, picture) {
  return withBrowser(target, async (browser) => {
    const page = await browser.newPage({
      ignoreHTTPSErrors: target.insecure ?? false,
      viewport: { width: 1100, height: 700 },
    });
    page.setDefaultTimeout(patienceMs);
    /** @type {string[]} */
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(target.page, { waitUntil: 'load' });
    const badge = page.getByRole('status').first();
    await page.locator('.badge[data-state=open]').waitFor();
    await page.getByLabel('Message', { exact: true }).fill('What do you see?');
    await page.getByRole('button', { name: 'Send' }).click();
    const turn = page.getByRole('log').locator('article[aria-busy=false]').last();
    await turn.waitFor();
    const answer = turn.locator('.answer > p');
    if (picture) {
      await page.screenshot({ path: picture });
    }
    return { badge: await badge.getAttribute('data-state'), answer: (await answer.textContent()) ?? '', problems };
  });
}
