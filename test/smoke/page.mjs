// @ts-check
import { chromium } from 'playwright-core';

/** @typedef {import('./client.mjs').Target} Target */

/**
 * Loads the page in a real browser and asks something there.
 *
 * @param {Target} target
 * @param {string} executablePath of the browser
 * @param {string | undefined} picture
 * @returns {Promise<{ badge: string | null, answer: string, problems: string[] }>}
 */
export async function chatInBrowser({ page: url, address, insecure }, executablePath, picture) {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', ...(address ? [`--host-resolver-rules=MAP ${new URL(url).hostname} ${address}`] : [])],
  });
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: insecure, viewport: { width: 1100, height: 700 } });
    /** @type {string[]} */
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(url, { waitUntil: 'load' });
    const badge = page.getByRole('status').first();
    await page.locator('.badge[data-state=open]').waitFor({ timeout: 30_000 });
    await page.getByLabel('Message', { exact: true }).fill('What do you see?');
    await page.getByRole('button', { name: 'Send' }).click();
    const turn = page.getByRole('log').locator('article[aria-busy=false]').last();
    await turn.waitFor({ timeout: 30_000 });
    const answer = turn.locator('.answer > p');
    if (picture) {
      await page.screenshot({ path: picture });
    }
    return { badge: await badge.getAttribute('data-state'), answer: (await answer.textContent()) ?? '', problems };
  } finally {
    await browser.close();
  }
}
