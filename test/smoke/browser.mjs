// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** @typedef {import('./client.mjs').Target} Target */

/** For whatever a browser does on a machine that is busy with other work. */
export const patienceMs = 180_000;

/** Debian's, or what else there is. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/**
 * Runs `use` with a real browser, which finds the target's hosts at its address, and trusts its authority
 * as one that the user has added. A page is to get `patienceMs` as its default time-out.
 *
 * @template T
 * @param {Target} target
 * @param {(browser: import('playwright-core').Browser) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withBrowser({ page, address, authority }, use) {
  const home = mkdtempSync(join(tmpdir(), 'tars-browser-'));
  try {
    if (authority) {
      trust(home, authority);
    }
    const host = new URL(page).hostname;
    const browser = await chromium.launch({
      timeout: patienceMs,
      ...(browserPath && { executablePath: browserPath }),
      args: [
        '--no-sandbox',
        ...(address ? [`--host-resolver-rules=MAP ${host} ${address},MAP *.${host} ${address}`] : []),
      ],
      env: { ...process.env, HOME: home },
    });
    try {
      return await use(browser);
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * Chromium on Linux reads this database.
 *
 * @param {string} home
 * @param {string} authority
 * @see https://chromium.googlesource.com/chromium/src/+/main/docs/linux/cert_management.md
 */
function trust(home, authority) {
  const database = join(home, '.pki', 'nssdb');
  const file = join(home, 'authority.crt');
  mkdirSync(database, { recursive: true });
  writeFileSync(file, authority);
  const where = ['-d', `sql:${database}`];
  execFileSync('certutil', [...where, '-N', '--empty-password']);
  execFileSync('certutil', [...where, '-A', '-t', 'C,,', '-n', 'development', '-i', file]);
}
