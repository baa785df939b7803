// @ts-check
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineUp } from '../../testbed/engine/engine.mjs';
import { buildImage, idOf, imageFile, provideStandIns, save } from '../../testbed/images/images.mjs';
import { buildReference } from '../../testbed/images/reference.mjs';
import { readMachine } from '../../testbed/machine/state.mjs';
import { ctr } from '../../testbed/node/node.mjs';

/** What main.ts ships. */
const shippedTag = '0.1.0';

/**
 * The next versions of the application: each has one migration more, and these are its statements.
 *
 * @type {Readonly<Record<string, string>>}
 */
const nextVersions = {
  '0.2.0': `SELECT nextval('migration_runs');\nSELECT pg_sleep(3);\n`,
  '0.2.0-failing': 'CREATE TABLE half_of_it (id int);\nSELECT 1 / 0;\n',
};

/**
 * Every image that the node needs: those that TARS_LIVE_IMAGES names (prepare.mjs wrote it), else built now.
 *
 * @param {string} project
 * @param {(line: string) => void} report
 * @returns {Promise<Record<string, string>>} the file of each, by the image's name
 */
export async function nodeImages(project, report) {
  const prepared = process.env.TARS_LIVE_IMAGES;
  if (prepared !== undefined && existsSync(prepared)) {
    return JSON.parse(readFileSync(prepared, 'utf8'));
  }
  const engine = await engineUp();
  const files = { ...(await provideStandIns(engine, report)), ...(await buildReference(engine, project, report)) };
  for (const [tag, statements] of Object.entries(nextVersions)) {
    files[`tars-backend:${tag}`] = await withMigration(engine, tag, statements);
  }
  return files;
}

/**
 * Puts the application's images into the node under another tag.
 *
 * @param {string} tag
 */
export async function retagged(tag) {
  await tagOnNode('tars-backend', tag);
  await tagOnNode('tars-frontend', tag);
}

/**
 * Lets the next version of the application be applied: its backend is on the node, its frontend is as it was.
 *
 * @param {string} tag of nextVersions
 */
export async function nextVersion(tag) {
  assert.ok(tag in nextVersions, `${tag} is built`);
  await tagOnNode('tars-frontend', tag);
}

/**
 * @param {import('../../testbed/engine/engine.mjs').EngineAccess} engine
 * @param {string} tag
 * @param {string} statements
 * @returns {Promise<string>} the image's file
 */
async function withMigration(engine, tag, statements) {
  const image = `tars-backend:${tag}`;
  const context = mkdtempSync(join(tmpdir(), 'tars-image-'));
  try {
    writeFileSync(join(context, '0002_next.sql'), statements, { mode: 0o644 });
    writeFileSync(join(context, 'Dockerfile'), `FROM tars-backend:${shippedTag}\nCOPY 0002_next.sql migrations/\n`);
    await buildImage(engine, context, ['--tag', image]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  const file = imageFile(`tars-backend-${tag}`, await idOf(engine, image));
  if (!existsSync(file)) {
    await save(engine, image, file);
  }
  return file;
}

/**
 * @param {string} name
 * @param {string} tag
 */
async function tagOnNode(name, tag) {
  const node = readMachine('node');
  assert.ok(node, 'the node runs');
  const [given, wanted] = [shippedTag, tag].map((one) => `docker.io/library/${name}:${one}`);
  const { code, stderr } = await ctr(node, ['images', 'tag', '--force', String(given), String(wanted)]);
  assert.equal(code, 0, stderr);
}
