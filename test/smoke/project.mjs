// @ts-check
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes a project as its user has it: main.ts, the application, and what `tars synth` makes of them,
 * secrets of its own included. The checkout stays as it is.
 *
 * @returns {{ directory: string, remove: () => void }}
 */
export function makeProject() {
  if (!existsSync(join(root, 'build', 'lib', 'cli', 'main.js'))) {
    throw new Error('the library is not built: run "npm run build"');
  }
  const directory = mkdtempSync(join(tmpdir(), 'tars-project-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    for (const file of ['main.ts', 'package.json', 'cdk8s.yaml']) {
      cpSync(join(root, file), join(directory, file));
    }
    cpSync(join(root, 'app'), join(directory, 'app'), {
      recursive: true,
      filter: (path) => !['node_modules', 'dist', '__pycache__'].includes(basename(path)),
    });
    for (const folder of ['build', 'node_modules']) {
      symlinkSync(join(root, folder), join(directory, folder));
    }
    execFileSync(process.execPath, [join('build', 'lib', 'cli', 'main.js'), 'synth'], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'], // its remarks are shown if it fails
    });
    return { directory, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
