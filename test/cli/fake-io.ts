import * as nodeFs from 'node:fs';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { App } from 'cdk8s';
import type { Io, Output, ProgramResult, StartProgram } from '../../lib/cli/io';
import { Aborted } from '../../lib/cli/io';
import type { LoadApp } from '../../lib/cli/load-app';
import { run } from '../../lib/cli/run';
import { seededRandom } from '../secrets/sources';

/** What differs from the usual world of a test. */
export interface World {
  /** Gets what presses Ctrl-C, as soon as somebody listens for it. */
  readonly onReady?: (press: () => void) => void;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  /** What is typed at a hidden question; undefined: Ctrl-C. */
  readonly typed?: string;
  readonly stdin?: string;
  readonly now?: Date;
  readonly platform?: NodeJS.Platform;
  /** Answers of other programs, by the start of their command line; a program without one is not there. */
  /** What is answered to a question that everybody sees; undefined: Ctrl-C, as the terminal itself tells of it. */
  readonly answer?: string;
  /** Who is asked does this, and answers nothing. */
  readonly onQuestion?: () => void;
  readonly programs?: Readonly<Record<string, Partial<ProgramResult>>>;
  /** What a program does that is not waited for at once; undefined: as in `programs`. */
  readonly onStart?: (
    line: string,
    result: Awaited<ReturnType<StartProgram>>,
    signal: AbortSignal,
  ) => ReturnType<StartProgram> | undefined;
  readonly fs?: Partial<Io['fs']>;
  readonly crypto?: Io['crypto'];
}

/** What a command line did. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Command lines of other programs. */
  readonly ran: readonly string[];
}

/** The apps that a main file would export. */
export interface Exported {
  readonly app: App;
  readonly environments?: Readonly<Record<string, App>>;
}

/** A project's directory, and the tool inside of it. */
export class Project {
  public readonly directory = nodeFs.realpathSync(mkdtempSync(join(tmpdir(), 'tars-cli-')));
  private seed = 0;

  /** Runs `tars …` on apps that are made afresh, as each process makes them. */
  public async tars(make: () => Exported, argv: readonly string[], world: World = {}): Promise<Outcome> {
    const loadApp: LoadApp = () => {
      const { app, environments = {} } = make();
      return Promise.resolve({ file: 'main.ts', app, environments: new Map(Object.entries(environments)) });
    };
    return this.run(argv, world, loadApp);
  }

  /** Runs `tars …` with the app that it finds by itself. */
  public async run(argv: readonly string[], world: World = {}, loadApp?: LoadApp): Promise<Outcome> {
    const stdout = new Capture(world.isTTY ?? false);
    const stderr = new Capture(world.isTTY ?? false);
    const ran: string[] = [];
    const io = this.io(world, stdout, stderr, ran);
    const exitCode = await run(argv, io, loadApp);
    return { exitCode, stdout: stdout.text, stderr: stderr.text, ran };
  }

  public path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  public read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  public write(path: string, text: string, mode?: number): void {
    nodeFs.mkdirSync(join(this.path(path), '..'), { recursive: true });
    nodeFs.writeFileSync(this.path(path), text, { mode });
  }

  /** Permissions of a file or directory, in octal digits. */
  public mode(path: string): string {
    return (statSync(this.path(path)).mode & 0o777).toString(8);
  }

  /** All files, by path from the project's root. */
  public files(): ReadonlyMap<string, string> {
    const entries = readdirSync(this.directory, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const name = (path: string): string => relative(this.directory, path).split(sep).join('/');
    return new Map(paths.sort().map((path) => [name(path), readFileSync(path, 'utf8')]));
  }

  public remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private io(world: World, stdout: Output, stderr: Output, ran: string[]): Io {
    const listeners = new Set<() => void>();
    return {
      stdout,
      stderr,
      stdin: {
        isTTY: world.stdin === undefined,
        readAll: () => Promise.resolve(world.stdin ?? ''),
        askHidden: (question) => {
          stderr.write(question);
          return world.typed === undefined ? Promise.reject(new Aborted()) : Promise.resolve(world.typed);
        },
        ask: (question, signal) => {
          stderr.write(question);
          if (world.onQuestion !== undefined) {
            const { onQuestion } = world;
            return new Promise((_, reject) => {
              signal?.addEventListener('abort', () => {
                reject(new Aborted());
              });
              onQuestion();
            });
          }
          return world.answer === undefined ? Promise.reject(new Aborted()) : Promise.resolve(world.answer);
        },
        chunks: () => Readable.from([Buffer.from(world.stdin ?? '')]),
        raw: () => undefined,
      },
      env: world.env ?? {},
      cwd: this.directory,
      platform: world.platform ?? 'linux',
      fs: { ...nodeFs, ...world.fs },
      random: seededRandom(++this.seed),
      now: () => world.now ?? new Date('2025-11-25T12:00:00Z'),
      onInterrupt: (listener) => {
        listeners.add(listener);
        if (listeners.size === 1) {
          world.onReady?.(() => {
            for (const one of listeners) one();
          });
        }
        return () => {
          listeners.delete(listener);
        };
      },
      endUnread: () => undefined,
      crypto: world.crypto ?? globalThis.crypto,
      runProgram: (command, args) => {
        const line = [command, ...args].join(' ');
        ran.push(line);
        const answer = Object.entries(world.programs ?? {}).find(([start]) => line.startsWith(start))?.[1];
        if (answer === undefined) return { status: undefined, errorCode: 'ENOENT', stdout: '', stderr: '' };
        return { status: 0, errorCode: undefined, stdout: '', stderr: '', ...answer };
      },
      startProgram: (command, args, { signal }) => {
        const line = [command, ...args].join(' ');
        ran.push(line);
        const answer = Object.entries(world.programs ?? {}).find(([start]) => line.startsWith(start))?.[1];
        const errorCode = answer === undefined ? 'ENOENT' : undefined;
        const status = answer === undefined ? undefined : 0;
        const result = { status, errorCode, signal: undefined, stdout: '', stderr: '', ...answer };
        return world.onStart?.(line, result, signal) ?? Promise.resolve(result);
      },
    };
  }
}

class Capture implements Output {
  public text = '';
  public readonly columns: number | undefined;

  public constructor(public readonly isTTY: boolean) {
    this.columns = isTTY ? 100 : undefined;
  }

  public write(text: string): void {
    this.text += text;
  }

  public send(chunk: Uint8Array): Promise<void> {
    this.text += Buffer.from(chunk).toString('utf8');
    return Promise.resolve();
  }
}

/** A project that is removed after each test. */
export function useProject(): () => Project {
  let project: Project | undefined;
  beforeEach(() => {
    project = new Project();
  });
  afterEach(() => {
    project?.remove();
  });
  return () => {
    if (project === undefined) throw new Error('there is a project inside of tests only');
    return project;
  };
}
