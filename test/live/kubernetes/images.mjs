// @ts-check
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineUp } from '../../testbed/engine/engine.mjs';
import { buildImage, idOf, imageFile, save } from '../../testbed/images/images.mjs';
import { readMachine } from '../../testbed/machine/state.mjs';
import { ctr, importImages } from '../../testbed/node/node.mjs';

/** What main.ts ships. */
const shippedTag = '0.1.0';

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
 * Puts the next version of the application into the node: its backend has one migration more.
 *
 * @param {string} tag
 * @param {string} statements
 */
export async function withMigration(tag, statements) {
  const engine = await engineUp();
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
  await importImages({ [image]: file });
  await tagOnNode('tars-frontend', tag);
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
