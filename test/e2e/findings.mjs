// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './support.mjs';

const require = createRequire(import.meta.url);
const { readWaivers } = require('../../build/lib/synth/read-waivers.js');
const { isWithin } = require('../../build/lib/verify/waivers.js');

const FILE = 'tars.waivers.yaml';

/** The committed manifests of this repository. */
export const MANIFESTS = readdirSync(join(ROOT, 'dist'))
  .filter((name) => name.endsWith('.k8s.yaml') && !name.endsWith('.secrets.k8s.yaml'))
  .map((name) => join(ROOT, 'dist', name));

/** The committed Dockerfiles of this repository. */
export const DOCKERFILES = readdirSync(join(ROOT, 'docker'))
  .filter((name) => name.endsWith('Dockerfile'))
  .map((name) => join(ROOT, 'docker', name));

/**
 * Something that a linter says.
 *
 * @typedef {object} Finding
 * @property {string} rule the linter's name of it
 * @property {string} object `Kind/name`
 * @property {string} text
 */

/**
 * What remains when the findings of a linter are held against the waivers: findings that nobody
 * explained, and waivers that explain nothing. Both lists are empty, or the linter has failed.
 *
 * @param {string} tool
 * @param {readonly Finding[]} findings
 * @returns {{ unexplained: string[], stale: string[] }}
 */
export function unexplained(tool, findings) {
  const all = readWaivers(readFileSync(join(ROOT, FILE), 'utf8'), FILE);
  /** @type {{ tool: string, rule: string, object: string }[]} */
  const waivers = all.filter((/** @type {{ tool: string }} */ waiver) => waiver.tool === tool);
  const matches = (/** @type {{ rule: string, object: string }} */ waiver, /** @type {Finding} */ finding) =>
    waiver.rule === finding.rule && isWithin(finding.object, waiver.object);
  return {
    unexplained: findings
      .filter((finding) => !waivers.some((waiver) => matches(waiver, finding)))
      .map(({ rule, object, text }) => `${rule} ${object}: ${text}`),
    stale: waivers
      .filter((waiver) => !findings.some((finding) => matches(waiver, finding)))
      .map(({ rule, object }) => `${rule} ${object}`),
  };
}
