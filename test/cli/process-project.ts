import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './fake-io';
import { Project } from './fake-io';

const ROOT = join(__dirname, '..', '..');
export const PROGRAM = join(ROOT, 'build', 'lib', 'cli', 'main.js');
const PACKAGES = ['cdk8s', 'cdk8s-plus-27', 'constructs'];

/** A project of somebody else, who has installed this package, and the tool as a real process in it. */
export class ProcessProject extends Project {
  public constructor(
    type: 'commonjs' | 'module' = 'commonjs',
    public env: Readonly<Record<string, string>> = {},
  ) {
    super();
    mkdirSync(this.path('node_modules'));
    for (const name of PACKAGES) symlinkSync(join(ROOT, 'node_modules', name), this.path('node_modules', name), 'dir');
    symlinkSync(ROOT, this.path('node_modules', 'cdk8s-tars'), 'dir');
    this.write('package.json', JSON.stringify({ name: 'theirs', private: true, type }));
  }

  /** Runs the built program, its output in pipes. */
  public spawn(argv: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Outcome {
    const options = {
      cwd: this.directory,
      encoding: 'utf8',
      env: { ...process.env, ...this.env, ...env },
      input,
    } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], options);
    return { exitCode: status ?? -1, stdout, stderr, ran: [] };
  }

  /** Names in the cache of bundles. */
  public cached(): string[] {
    return [...this.files().keys()].filter((file) => file.startsWith('node_modules/.cache/cdk8s-tars/')).sort();
  }
}
