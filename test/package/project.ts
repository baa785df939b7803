import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A `package.json`, as far as these tests look at it. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** What a program printed, and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * An empty project with the packed library in it. The library comes from the tarball; beside it are
 * the packages that its package.json names, and no others, as links to the installed ones: so what it
 * forgets to name is missing here as it would be for a user.
 */
export class EmptyProject {
  public readonly directory = mkdtempSync(join(tmpdir(), 'cdk8s-tars-package-'));
  public readonly packageJson: PackageJson;

  public constructor() {
    const library = join(this.directory, 'node_modules/cdk8s-tars');
    mkdirSync(library, { recursive: true });
    unpack(pack(this.directory), library);
    this.packageJson = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8')) as PackageJson;
    const { dependencies, peerDependencies, peerDependenciesMeta = {} } = this.packageJson;
    // Nobody has an optional one who has not asked for it.
    const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
    // A TypeScript project on Node has the types of Node; cdk8s wants them, too.
    for (const name of [...Object.keys(dependencies), ...peers, '@types/node']) this.link(name);
    this.write('package.json', JSON.stringify({ name: 'empty', private: true }));
  }

  /** Files of the library, as the tarball has them. */
  public libraryFiles(): string[] {
    return listFiles(join(this.directory, 'node_modules/cdk8s-tars'));
  }

  public write(file: string, text: string): void {
    const path = join(this.directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** The text of a file; empty where there is none. */
  public read(file: string): string {
    const path = join(this.directory, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Everything in a folder of the project. */
  public files(folder: string): string[] {
    return listFiles(join(this.directory, folder));
  }

  /** Runs a program, in the folder where it lies. */
  public node(file: string, ...args: string[]): Ended {
    const path = join(this.directory, file);
    return run(dirname(path), path, ...args);
  }

  /** A program of the library, in a folder of the project. */
  public program(name: string, folder: string, ...args: string[]): Ended {
    const file = join(this.directory, 'node_modules/cdk8s-tars', this.packageJson.bin[name] ?? '');
    return run(join(this.directory, folder), file, ...args);
  }

  /** The compiler of this repository, on files of the project. */
  public tsc(...args: string[]): Ended {
    return run(this.directory, join(ROOT, 'node_modules/typescript/bin/tsc'), ...args);
  }

  public remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private link(name: string): void {
    const path = join(this.directory, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    // A junction needs no rights on Windows; elsewhere the type is ignored.
    symlinkSync(join(ROOT, 'node_modules', name), path, 'junction');
  }
}

function run(cwd: string, ...args: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** `npm pack`, declarations and all. */
function pack(folder: string): string {
  const program = process.env['npm_execpath'];
  const [command, ...before] = program === undefined ? ['npm'] : [process.execPath, program];
  const args = [...before, 'pack', '--silent', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    shell: program === undefined,
  });
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (status !== 0 || tarball === undefined) throw new Error(`npm pack made no tarball:\n${stdout}${stderr}`);
  return join(folder, tarball);
}

function unpack(tarball: string, folder: string): void {
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], { stdio: 'inherit' });
  rmSync(tarball);
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
