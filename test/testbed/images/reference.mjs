// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, idOf, imageFile, save } from './images.mjs';

/** @typedef {import('../engine/engine.mjs').EngineAccess} EngineAccess */

/**
 * The images of the reference application, and the target of a Dockerfile if it is not the last.
 *
 * @type {readonly { image: string, dockerfile: string, context: string, target?: string }[]}
 */
const images = [
  { image: 'tars-backend:0.1.0', dockerfile: 'Dockerfile', context: 'backend' },
  { image: 'tars-frontend:0.1.0', dockerfile: 'frontend.Dockerfile', context: 'frontend' },
  {
    image: 'tars-frontend:0.1.0-development',
    dockerfile: 'frontend.Dockerfile',
    context: 'frontend',
    target: 'development',
  },
];

/**
 * Builds the reference application by the generated Dockerfiles. BuildKit knows what has changed.
 *
 * @param {EngineAccess} engine that has the stand-ins
 * @param {string} project the folder with docker/ and app/
 * @param {(line: string) => void} [report]
 * @returns {Promise<Record<string, string>>} the file of each image, by the image's name
 */
export async function buildReference(engine, project, report = () => {}) {
  /** @type {Record<string, string>} */
  const files = {};
  for (const { image, dockerfile, context, target } of images) {
    const path = join(project, 'docker', dockerfile);
    if (!existsSync(path)) {
      throw new Error(`${path} is not there: run "npm run synth"`);
    }
    const startedAt = Date.now();
    const targetArgs = target ? ['--target', target] : [];
    await buildImage(engine, join(project, 'app', context), ['--file', path, '--tag', image, ...targetArgs]);
    const file = imageFile(image.replace(/[:/]/g, '-'), await idOf(engine, image));
    if (!existsSync(file)) {
      await save(engine, image, file);
    }
    files[image] = file;
    report(`${image.padEnd(32)} built (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  }
  return files;
}
