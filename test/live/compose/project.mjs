// @ts-check
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The committed files alone, as somebody has them who has no Node: the application, compose/ and
 * docker/, without `.env`. The checkout stays as it is.
 *
 * @returns {{ directory: string, remove: () => void }}
 */
export function committedProject() {
  const directory = mkdtempSync(join(tmpdir(), 'tars-project-'));
  for (const folder of ['app', 'compose', 'docker']) {
    if (!existsSync(join(root, folder))) {
      throw new Error(`${folder}/ is not there: run "npm run synth"`);
    }
    cpSync(join(root, folder), join(directory, folder), {
      recursive: true,
      filter: (path) => !['node_modules', 'dist', '__pycache__', '.venv', '.env'].includes(basename(path)),
    });
  }
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** @param {string} directory of a project */
export function environmentFile(directory) {
  return join(directory, 'compose', '.env');
}

/** @param {string} directory of a project */
export function exampleOf(directory) {
  return readFileSync(join(directory, 'compose', '.env.example'), 'utf8');
}

/**
 * What a person does with `.env.example`: a value wherever one is needed.
 *
 * @param {string} example
 */
export function filledIn(example) {
  return example.replace(
    /^(# Read by .*\. Needs a value\.\n[A-Z_]+=)$/gm,
    (_, start) => `${start}${randomBytes(16).toString('hex')}`,
  );
}

/**
 * The committed files with `.env` made of its example: all that "up" needs.
 *
 * @returns {{ directory: string, remove: () => void }}
 */
export function filledInProject() {
  const project = committedProject();
  writeFileSync(environmentFile(project.directory), filledIn(exampleOf(project.directory)), { mode: 0o600 });
  return project;
}
