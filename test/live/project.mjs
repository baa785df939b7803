// @ts-check
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the library; ends the process if it does not build. */
export function build() {
  const { status } = spawnSync(process.execPath, [join(root, '.ci', 'build.mjs'), '--quiet'], { stdio: 'inherit' });
  if (status !== 0) {
    console.error('the library does not build');
    process.exit(1);
  }
}

/**
 * A project as its user has it: main.ts, the application, and what `tars synth` makes of them, secrets
 * of its own included. The checkout stays as it is.
 *
 * @typedef {object} Project
 * @property {string} directory
 * @property {(props?: string) => void} synth writes the outputs; `props` is the source text of the
 *   chart's properties, and with none main.ts is as shipped
 * @property {(main: string) => void} synthFrom writes the outputs of this main.ts
 * @property {() => void} remove
 */

/**
 * @param {string} [props]
 * @returns {Project} synthesized, in a directory of its own
 */
export function makeProject(props) {
  if (!existsSync(join(root, 'build', 'lib', 'cli', 'main.js'))) {
    throw new Error('the library is not built: run "npm run build"');
  }
  const directory = mkdtempSync(join(tmpdir(), 'tars-project-'));
  const project = projectAt(directory);
  try {
    for (const file of ['package.json', 'cdk8s.yaml']) {
      cpSync(join(root, file), join(directory, file));
    }
    cpSync(join(root, 'app'), join(directory, 'app'), {
      recursive: true,
      filter: (path) => !['node_modules', 'dist', '__pycache__'].includes(basename(path)),
    });
    for (const folder of ['build', 'node_modules']) {
      symlinkSync(join(root, folder), join(directory, folder));
    }
    project.synth(props);
    return project;
  } catch (error) {
    project.remove();
    throw error;
  }
}

/**
 * @param {string} directory that `makeProject` made
 * @returns {Project}
 */
export function projectAt(directory) {
  return {
    directory,
    synth(props) {
      this.synthFrom(mainWith(props));
    },
    synthFrom(main) {
      writeFileSync(join(directory, 'main.ts'), main);
      execFileSync(process.execPath, [join('build', 'lib', 'cli', 'main.js'), 'synth'], {
        cwd: directory,
        stdio: ['ignore', 'ignore', 'pipe'], // its remarks are shown if it fails
      });
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** @param {string | undefined} props */
function mainWith(props) {
  const shipped = readFileSync(join(root, 'main.ts'), 'utf8');
  if (props === undefined) {
    return shipped;
  }
  const chosen = shipped.replace(/new TarsChart\(app, 'tars'\)/, () => `new TarsChart(app, 'tars', ${props})`);
  if (chosen === shipped) {
    throw new Error('main.ts makes its chart in another way than the tests know');
  }
  return chosen;
}
